"""Gear is asked for once, now and then again, and never keeps anything else from being done."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.strava_gear import get_gear_names
from fitness_pipeline.errors import (
    ApplicationInactive,
    NeedsReauthorization,
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Reset
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.read_strava_gear import GearCounts, read_strava_gear
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline.steps.strava_quota import StravaQuota
from fitness_pipeline_tests.moments import NOW

GEAR = "/api/v3/gear/*"
GHOST = Gear(id="g1", brand="Brooks", model="Ghost 15")
FLY = Gear(id="g2", brand="Nike", model="Zoom Fly", is_retired=True)
BIKE = Gear(id="b3", brand="Trek", model="FX 3")


@pytest.fixture
def sandbox(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, connection: AnyConnection
) -> Iterator[StravaSandbox]:
    """A Strava with three pieces of gear, all of which activities have named."""
    with StravaSandbox(clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        for gear in (GHOST, FLY, BIKE):
            serving.world.gear.put(gear)
            connection.execute("insert into raw.strava_gear (gear_id) values (%s)", [gear.id])
        yield serving


@pytest.fixture
def api(sandbox: StravaSandbox, clock: SettableClock) -> Iterator[StravaApi]:
    """The real client, which does not wait before it tries again."""
    settings = load_settings()
    token = StravaAccess(settings, clock=clock).token
    with StravaApi(
        settings.strava_api_url, token, StravaQuota(), is_live=True, clock=clock, sleep=lambda _: None
    ) as asking:
        yield asking


class Scripted:
    """An API that answers each piece with what it is told."""

    def __init__(self, replies: Mapping[str, bytes | ProviderError | None]) -> None:
        self._replies = replies
        self.asked: list[str] = []

    def read_gear(self, gear_id: str) -> bytes | None:
        self.asked.append(gear_id)
        reply = self._replies[gear_id]
        if isinstance(reply, ProviderError):
            raise reply
        return reply


def stored(connection: AnyConnection, *columns: str) -> dict[str, tuple[Any, ...]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("select * from raw.strava_gear").fetchall()
    return {row["gear_id"]: tuple(row[column] for column in columns) for row in rows}


def test_gear_is_stored_as_it_was_sent(
    sandbox: StravaSandbox, api: StravaApi, clock: SettableClock, connection: AnyConnection
) -> None:
    counts = read_strava_gear(api, is_full=False, dagster_run_id="a run", clock=clock)
    assert counts == GearCounts(new=3)
    assert counts.asked == 3
    payloads = stored(connection, "payload")
    assert payloads["g1"] == (sandbox.world.gear_detail(GHOST),)
    assert payloads["b3"] == (sandbox.world.gear_detail(BIKE),)
    bookkeeping = stored(connection, "asked_at", "fetched_at", "dagster_run_id", "unreadable_reason")
    assert set(bookkeeping.values()) == {(NOW, NOW, "a run", None)}
    assert get_gear_names() == {"g1": "Brooks Ghost 15", "g2": "Nike Zoom Fly"}


def test_gear_is_asked_for_once(sandbox: StravaSandbox, api: StravaApi, clock: SettableClock) -> None:
    read_strava_gear(api, is_full=False, clock=clock)
    clock.advance(timedelta(days=30))
    assert read_strava_gear(api, is_full=False, clock=clock) == GearCounts()
    assert sandbox.log.count(GEAR) == 3


def test_a_full_sync_asks_again_after_some_days(
    sandbox: StravaSandbox, api: StravaApi, clock: SettableClock, connection: AnyConnection
) -> None:
    read_strava_gear(api, is_full=True, clock=clock)
    clock.advance(timedelta(days=6))
    assert read_strava_gear(api, is_full=True, clock=clock) == GearCounts()
    clock.advance(timedelta(hours=1))
    sandbox.world.gear.rename("g1", brand="Old", model="faithful")
    sandbox.world.gear.retire("b3")
    sandbox.world.gear.delete("g2")
    assert read_strava_gear(api, is_full=True, clock=clock) == GearCounts(changed=2, unreadable=1)
    names = stored(connection, "first_name")
    assert names == {"g1": ("Brooks Ghost 15",), "g2": ("Nike Zoom Fly",), "b3": ("Trek FX 3",)}
    assert stored(connection, "unreadable_reason")["g2"] == (
        "Strava does not have it any more, or does not show it.",
    )


def test_gear_that_is_as_it_was_is_unchanged(
    sandbox: StravaSandbox, api: StravaApi, clock: SettableClock, connection: AnyConnection
) -> None:
    read_strava_gear(api, is_full=True, clock=clock)
    clock.advance(timedelta(days=7))
    assert read_strava_gear(api, is_full=True, clock=clock) == GearCounts(unchanged=3)
    assert set(stored(connection, "asked_at", "fetched_at").values()) == {(NOW + timedelta(days=7), NOW)}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (errors.not_found(), "Strava does not have it any more"),
        (errors.record_not_found("Gear"), "Strava does not have it any more"),
        (Reply(200, b'{"id": "g1"}'), "no JSON with a name"),
        (Reply(200, b'{"name": "  "}'), "no JSON with a name"),
        (Reply(200, b'{"name": 7}'), "no JSON with a name"),
        (Reply(200, rb'{"name": "Ghost\u0000"}'), "characters that Postgres cannot store"),
        (Reply(200, rb'{"name": "Ghost\ud800"}'), "characters that Postgres cannot store"),
        (Reply(200, rb'{"name": "Ghost", "nickname": "\u0000"}'), "characters that Postgres cannot store"),
        (Reply(200, b'{"name": "Ghost", "distance": NaN}'), ""),
        (Reply(418, b"{}"), "Strava"),
    ],
)
def test_a_piece_that_cannot_be_read_is_noted_and_its_neighbours_are_read(
    sandbox: StravaSandbox,
    api: StravaApi,
    clock: SettableClock,
    connection: AnyConnection,
    answer: Reply,
    reason: str,
) -> None:
    sandbox.faults.order(Answer(answer), path="/api/v3/gear/g1", times=None)
    assert read_strava_gear(api, is_full=False, clock=clock) == GearCounts(new=2, unreadable=1)
    asked_at, name, told = stored(connection, "asked_at", "first_name", "unreadable_reason")["g1"]
    assert (asked_at, name) == (NOW, None)
    assert reason in told
    calls = sandbox.log.count(GEAR)
    assert read_strava_gear(api, is_full=False, clock=clock) == GearCounts()
    assert sandbox.log.count(GEAR) == calls


@pytest.mark.parametrize("answer", [errors.outage(), errors.server_error(), errors.rate_limited()])
def test_a_fault_that_passes_postpones_what_is_left(
    sandbox: StravaSandbox, api: StravaApi, clock: SettableClock, connection: AnyConnection, answer: Reply
) -> None:
    sandbox.faults.order(Answer(answer), path=GEAR, skip=1, times=None)
    counts = read_strava_gear(api, is_full=False, clock=clock)
    assert (counts.new, counts.asked, counts.postponed) == (1, 1, 2)
    assert counts.reason
    assert sorted(asked is not None for (asked,) in stored(connection, "asked_at").values()) == [
        False,
        False,
        True,
    ]


def test_what_was_postponed_is_asked_for_the_next_time(
    sandbox: StravaSandbox, api: StravaApi, clock: SettableClock
) -> None:
    sandbox.faults.order(Reset(), path=GEAR, times=4)
    counts = read_strava_gear(api, is_full=False, clock=clock)
    assert (counts.new, counts.postponed) == (0, 3)
    assert read_strava_gear(api, is_full=False, clock=clock) == GearCounts(new=3)


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailable("Strava does not answer. Try again later."),
        OutOfQuota("Until 14:15.", resets_at=NOW, is_daily=False),
        NeedsReauthorization("Run `fitness-pipeline auth strava`."),
        ApplicationInactive("Subscribe."),
    ],
)
def test_what_is_no_matter_of_one_piece_ends_the_asking_and_raises_nothing(
    connection: AnyConnection, clock: SettableClock, error: ProviderError
) -> None:
    for number in range(4):
        connection.execute("insert into raw.strava_gear (gear_id) values (%s)", [f"g{number}"])
    scripted = Scripted(dict.fromkeys((f"g{number}" for number in range(4)), error))
    assert read_strava_gear(scripted, is_full=False, clock=clock) == GearCounts(
        postponed=4, reason=str(error)
    )
    assert len(scripted.asked) == 1
    assert set(stored(connection, "asked_at", "unreadable_reason").values()) == {(None, None)}


@pytest.mark.parametrize(
    "error", [PermissionRefused("Not granted. Connect again."), UnexpectedReply("A teapot. Update.")]
)
def test_what_is_a_matter_of_one_piece_is_noted_with_its_sentence(
    connection: AnyConnection, clock: SettableClock, error: ProviderError
) -> None:
    connection.execute("insert into raw.strava_gear (gear_id) values ('g1'), ('g2')")
    scripted = Scripted({"g1": error, "g2": b'{"name": "Ghost"}'})
    assert read_strava_gear(scripted, is_full=False, clock=clock) == GearCounts(new=1, unreadable=1)
    assert stored(connection, "unreadable_reason")["g1"] == (str(error),)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"null", b'{"name": ["a"]}', b"[" * 100_000])
def test_a_body_that_is_no_gear_is_unreadable(
    connection: AnyConnection, clock: SettableClock, body: bytes
) -> None:
    connection.execute("insert into raw.strava_gear (gear_id) values ('g1')")
    assert read_strava_gear(Scripted({"g1": body}), is_full=False, clock=clock) == GearCounts(unreadable=1)


def test_each_piece_is_committed_as_it_arrives(connection: AnyConnection, clock: SettableClock) -> None:
    connection.execute("insert into raw.strava_gear (gear_id) values ('g1'), ('g2')")
    seen: list[int] = []

    class Watching(Scripted):
        def read_gear(self, gear_id: str) -> bytes | None:
            seen.append(len(get_gear_names(conn=connection)))
            return super().read_gear(gear_id)

    name = b'{"name": "Ghost"}'
    read_strava_gear(Watching({"g1": name, "g2": name}), is_full=False, clock=clock)
    assert seen == [0, 1]


def test_in_a_callers_transaction_it_is_the_callers_to_keep(
    connection: AnyConnection, database_url: str, clock: SettableClock
) -> None:
    connection.execute("insert into raw.strava_gear (gear_id) values ('g1')")
    with psycopg.connect(database_url) as caller:
        scripted = Scripted({"g1": b'{"name": "Ghost"}'})
        assert read_strava_gear(scripted, is_full=False, clock=clock, conn=caller) == GearCounts(new=1)
        caller.rollback()
    assert get_gear_names(conn=connection) == {}
