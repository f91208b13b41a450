"""Asking Strava's API over a real socket: what comes is handed over as it came."""

import gzip
import json
from datetime import timedelta

import pytest

from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.faults import Answer, DuplicateRow
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.oauth import READING
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.providers.strava.askers import GrantedTokens
from fitness_pipeline_tests.providers.strava.asking import WINDOW, listed
from fitness_pipeline_tests.providers.strava.conftest import Opens
from fitness_pipeline_tests.sandbox.strava.callers import fill

SHOE = Gear(id="g1", brand="Brooks", model="Ghost")


def test_a_page_is_asked_for_with_both_bounds(api: StravaApi, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 5)
    page = api.list_activities(after=10, before=WINDOW["before"], page=2, per_page=2)
    assert page.activity_ids == [ids[2], ids[1]]
    assert page.athlete_ids == {ATHLETE_ID}
    (request,) = sandbox.log.requests
    assert request.query == {"after": "10", "before": str(WINDOW["before"]), "page": "2", "per_page": "2"}


def test_a_page_has_200_activities_unless_said_otherwise(api: StravaApi, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 201, apart=timedelta(hours=1))
    assert listed(api) == ids[:0:-1]
    assert listed(api, page=2) == ids[:1]
    assert api.list_activities(**WINDOW, page=3).is_empty
    assert api.calls == sandbox.log.count() == 3


def test_a_row_that_repeats_is_one_activity(api: StravaApi, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 2)
    sandbox.faults.order(DuplicateRow())
    page = api.list_activities(**WINDOW, page=1)
    assert (page.activity_ids, page.size) == (ids[::-1], 3)


def test_an_activity_that_is_there_tells_when_it_starts(api: StravaApi, sandbox: StravaSandbox) -> None:
    (activity_id,) = fill(sandbox.world, 1)
    assert api.find_activity(activity_id) == NOW - timedelta(days=1)


@pytest.mark.parametrize("reply", [errors.not_found(), errors.record_not_found("Activity")])
def test_an_activity_that_is_gone_is_no_error(api: StravaApi, sandbox: StravaSandbox, reply: Reply) -> None:
    sandbox.faults.order(Answer(reply))
    assert api.find_activity(1) is None
    assert api.find_activity(2) is None
    assert api.calls == 2


def test_an_activity_that_only_its_owner_sees_is_not_there_without_the_scope(
    opened: Opens, sandbox: StravaSandbox
) -> None:
    (activity_id,) = fill(sandbox.world, 1)
    sandbox.world.activities.make_private(activity_id)
    everything = opened(token=GrantedTokens(sandbox))
    assert everything.find_activity(activity_id) is not None
    some = opened(token=GrantedTokens(sandbox, READING - {"activity:read_all"}))
    assert some.find_activity(activity_id) is None


def test_gear_comes_as_it_was_sent(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.world.gear.put(SHOE)
    body = api.read_gear("g1")
    assert body is not None
    assert json.loads(body) == sandbox.world.gear_detail(SHOE)


def test_gear_that_is_gone_is_no_error(api: StravaApi) -> None:
    assert api.read_gear("g404") is None
    assert api.calls == 1


@pytest.mark.parametrize(
    "gear_id", ["", ".", "..", "../athlete", "g1/..", "g1?x=1", "g1#", "g 1", "g1\n", "ü"]
)
def test_what_is_no_id_of_gear_asks_for_nothing_else(api: StravaApi, gear_id: str) -> None:
    assert api.read_gear(gear_id) is None
    assert api.calls == 0


def test_a_list_that_is_compressed_is_unpacked(api: StravaApi, sandbox: StravaSandbox) -> None:
    (activity_id,) = fill(sandbox.world, 1)
    body = gzip.compress(json.dumps(sandbox.world.activities.rows()).encode())
    sandbox.faults.order(Answer(Reply(200, body, (("Content-Encoding", "gzip"),))))
    assert listed(api) == [activity_id]
