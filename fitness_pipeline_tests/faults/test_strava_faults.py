"""Whatever goes wrong with whichever request of a sync, one more sync ends as if nothing had been."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.errors import NeedsReauthorization
from fitness_pipeline.sandbox.serving.faults import Answer, Change
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.sandbox.strava.activities import start_seconds
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.rows import Row
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.faults.endings import Ending, assert_whole, differences, ending_of
from fitness_pipeline_tests.faults.strava_lives import Attempt, Beginning, Life
from fitness_pipeline_tests.faults.strava_stories import FIRST, FULL, INCREMENTAL, Story, id_of
from fitness_pipeline_tests.faults.strava_troubles import TROUBLES
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.strava import LIST, raw_rows

TOKEN = 1
STORIES = {"the first sync": FIRST, "a full sync": FULL, "an incremental sync": INCREMENTAL}
# These strike every request; the others one of each kind, since each case takes a third of a second.
EVERYWHERE = ("resets", "answers that end too early", "the limit of the quarter hour")
ELSEWHERE = sorted(TROUBLES.keys() - set(EVERYWHERE))
# Strava gives a new refresh token with the answer that gets lost, and the old one is dead.
LOSES_THE_REFRESH_TOKEN = (
    "a reset when the work is done",
    "half an answer",
    "answers that end too early",
    "answers of nothing",
)
# What Strava says of gear then is believed for some days.
COUNTS_FOR_GEAR = ("a scope that is not granted", "a 403", "a 404")

EndingOf = Callable[[Story], Ending]


@pytest.fixture(scope="module")
def known_endings() -> dict[int, Ending]:
    """What stories end with, so that each is told undisturbed only once."""
    return {}


@pytest.fixture
def undisturbed(begin: Beginning, known_endings: dict[int, Ending]) -> EndingOf:
    """A function that tells what a story ends with if nothing goes wrong."""

    def find(story: Story) -> Ending:
        if id(story) not in known_endings:
            with begin(story) as life:
                assert life.attempt(**story.wanted).error is None
                known_endings[id(story)] = ending_of(life.connection)
        return known_endings[id(story)]

    return find


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_makes_the_requests_that_are_struck_below(begin: Beginning, story: Story) -> None:
    with begin(story) as life:
        life.attempt(**story.wanted)
        requests = life.sandbox.log.requests
        assert_whole(life.connection)
    paths = {request.number: request.path for request in requests}
    assert len(paths) == story.requests
    assert paths[TOKEN] == "/oauth/token"
    assert {paths[number] for number in story.pages} == {LIST}
    assert all(paths[number].startswith(("/api/v3/activities/", LIST)) for number in story.confirmations)
    assert all(paths[number].startswith("/api/v3/gear/") for number in story.gear)


@pytest.mark.parametrize(
    ("told", "trouble"),
    [*itertools.product(("the first sync", "a full sync"), EVERYWHERE), ("an incremental sync", "resets")],
)
def test_a_fault_of_any_request_leaves_no_trace(
    begin: Beginning, undisturbed: EndingOf, told: str, trouble: str
) -> None:
    story = STORIES[told]
    expected = undisturbed(story)
    for number in range(1, story.requests + 1):
        with begin(story) as life:
            recover_from(trouble, life, story, number, expected)


@pytest.mark.parametrize("trouble", ELSEWHERE)
def test_any_fault_of_any_kind_of_request_leaves_no_trace(
    begin: Beginning, undisturbed: EndingOf, trouble: str
) -> None:
    first, middle, *_, empty = FULL.pages
    numbers = [TOKEN, first, middle, empty, FULL.confirmations[0], FULL.gear[1]]
    if trouble in COUNTS_FOR_GEAR:
        numbers.remove(FULL.gear[1])
    if trouble == "a silence":
        numbers.remove(TOKEN)  # how long that is waited for is not for us to say
    expected = undisturbed(FULL)
    for number in numbers:
        with begin(FULL) as life:
            recover_from(trouble, life, FULL, number, expected)


def recover_from(name: str, life: Life, story: Story, number: int, expected: Ending) -> None:
    """Sync with trouble at a request, and once more without."""
    trouble = TROUBLES[name]
    rows, watermark = life.rows(), get_last_sync_time("strava", conn=life.connection)
    trouble.begin(life, number)
    attempt = life.attempt(**story.wanted)
    told = f"{name} at request {number}: {attempt.error!r}"
    assert life.sandbox.log.count() >= number, told
    if number in story.pages:
        assert (attempt.error is not None) == trouble.ends_the_sync, told
    if number in story.gear:
        assert attempt.error is None, told
    assert_only_what_is_stored_is_claimed(life, attempt, rows, watermark)

    trouble.is_over(life)
    again = life.attempt(**story.wanted)
    if number == TOKEN and name in LOSES_THE_REFRESH_TOKEN:
        assert isinstance(again.error, NeedsReauthorization), told
        life.connect_again()
        again = life.attempt(**story.wanted)
    assert again.error is None, told
    assert_whole(life.connection)
    # Runs that were made before their shoe was known have a version more.
    has_all_shoes = attempt.gear is None or not (attempt.gear.postponed or attempt.gear.unreadable)
    assert differences(ending_of(life.connection), expected, with_steps=has_all_shoes) == {}, told


def test_runs_that_were_made_of_what_came_before_a_failure_end_the_same(
    begin: Beginning, undisturbed: EndingOf
) -> None:
    for story in (FIRST, FULL):
        expected = undisturbed(story)
        for number in range(TOKEN + 1, story.gear.start):
            with begin(story) as life:
                TROUBLES["resets"].begin(life, number)
                assert life.attempt(**story.wanted).error is not None
                life.sync.finish()
                TROUBLES["resets"].is_over(life)
                assert life.attempt(**story.wanted).error is None
                assert_whole(life.connection)
                found = ending_of(life.connection)
            assert differences(found, expected, with_steps=False) == {}, number


@pytest.mark.parametrize("trouble", COUNTS_FOR_GEAR)
def test_gear_that_strava_refuses_once_gets_its_name_with_the_next_weekly_sync(
    begin: Beginning, undisturbed: EndingOf, trouble: str
) -> None:
    expected = undisturbed(FULL)
    with begin(FULL) as life:
        TROUBLES[trouble].begin(life, FULL.gear[0])
        gear = life.attempt(**FULL.wanted).gear
        assert gear is not None
        assert gear.unreadable == 2  # with the one that is deleted
        life.clock.advance(timedelta(days=7))
        life.attempt(**FULL.wanted)
        assert_whole(life.connection)
        assert differences(ending_of(life.connection), expected, with_steps=False) == {}


# Changes between two pages


def appear(world: StravaWorld) -> None:
    world.activities.add(Outing(start=NOW + timedelta(hours=7)))


def appear_late(world: StravaWorld) -> None:
    world.activities.add(Outing(start=NOW - timedelta(days=100, minutes=1)))


def vanish(world: StravaWorld) -> None:
    world.activities.delete(id_of(11))


def move_back(world: StravaWorld) -> None:
    world.activities.edit(id_of(30), start=NOW - timedelta(days=250, minutes=1))


def move_forward(world: StravaWorld) -> None:
    world.activities.edit(id_of(250), start=NOW - timedelta(days=10, minutes=1))


@pytest.mark.parametrize("change", [appear, appear_late, vanish, move_back, move_forward])
def test_what_shifts_the_pages_between_two_of_them_is_there_after_the_next_sync(
    begin: Beginning, change: Callable[[StravaWorld], None]
) -> None:
    for story in (FULL, INCREMENTAL):
        with begin(story) as life:
            change(life.world)
            life.attempt(**FULL.wanted)
            expected = ending_of(life.connection)
        with begin(story) as life:
            rows, watermark = life.rows(), get_last_sync_time("strava", conn=life.connection)
            life.sandbox.faults.order(Change(change), at=story.pages[1])
            attempt = life.attempt(**story.wanted)
            assert attempt.error is None
            assert_only_what_is_stored_is_claimed(life, attempt, rows, watermark)
            life.attempt(**FULL.wanted)
            assert_whole(life.connection)
            assert differences(ending_of(life.connection), expected) == {}


def test_an_activity_that_vanishes_during_the_first_sync_is_the_only_trace_of_it(
    begin: Beginning,
) -> None:
    with begin(FIRST) as life:
        vanish(life.world)
        life.attempt()
        expected = ending_of(life.connection)
    with begin(FIRST) as life:
        rows = life.rows()
        life.sandbox.faults.order(Change(vanish), at=FIRST.pages[1])
        assert_only_what_is_stored_is_claimed(life, life.attempt(), rows, None)
        assert life.attempt(**FULL.wanted).error is None
        assert_whole(life.connection)
        found = differences(ending_of(life.connection), expected)
    assert all(missing == [] for _, missing in found.values())
    traces = [row for unexpected, _ in found.values() for row in unexpected]
    assert len(traces) >= 5  # in raw, normalized, as a run, and two versions of it
    assert all(str(id_of(11)) in row for row in traces)


# Answers that nobody can tell from the truth


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_an_empty_page_before_the_end_deletes_nothing_and_a_full_sync_finds_what_it_hid(
    begin: Beginning, story: Story
) -> None:
    with begin(story) as life:
        truly_deleted = {row[0] for row in raw_rows(life.connection)} - life.rows().keys()
        life.attempt(**FULL.wanted)
        expected = ending_of(life.connection)
    for number in story.pages[:-1]:
        with begin(story) as life:
            life.sandbox.faults.order(Answer(json_reply([])), at=number)
            assert life.attempt(**story.wanted).error is None
            assert deleted(life.connection) <= truly_deleted
            assert life.attempt(**FULL.wanted).error is None
            assert_whole(life.connection)
            assert differences(ending_of(life.connection), expected) == {}, number


def test_an_activity_that_strava_denies_once_comes_back_with_the_next_full_sync(
    begin: Beginning,
) -> None:
    with begin(INCREMENTAL) as life:
        life.attempt(**FULL.wanted)
        expected = ending_of(life.connection)
    with begin(INCREMENTAL) as life:
        TROUBLES["a 404"].begin(life, INCREMENTAL.confirmations[2])
        life.attempt(**INCREMENTAL.wanted)
        assert id_of(9) in deleted(life.connection)
        life.attempt(**FULL.wanted)
        assert_whole(life.connection)
        assert differences(ending_of(life.connection), expected, with_steps=False) == {}


def assert_only_what_is_stored_is_claimed(
    life: Life, attempt: Attempt, rows: dict[int, Row], before: datetime | None
) -> None:
    """Make sure that the watermark moves with a complete read only, and that it was one.

    Args:
        life: after the sync.
        attempt: how the sync ended.
        rows: what Strava had before it.
        before: the watermark then.
    """
    watermark = get_last_sync_time("strava", conn=life.connection)
    if attempt.read is None or watermark is None:
        assert watermark == before
        return
    assert watermark == life.clock()
    listed = {
        id
        for id in rows.keys() & life.rows().keys()
        if attempt.read.plan.after.timestamp() <= start_seconds(rows[id]) < watermark.timestamp()
    }
    stored = {row[0]: row[1] for row in raw_rows(life.connection)}
    with life.connection.cursor() as cursor:
        rejected = cursor.execute("select raw_key from raw.rejects where stage = 'extract'").fetchall()
    told = stored.keys() | {int(key.removeprefix("strava_")) for (key,) in rejected}
    assert listed <= told
    assert all(stored[id] in (rows[id], life.rows()[id]) for id in listed & stored.keys())


def deleted(connection: AnyConnection) -> set[int]:
    """The activities that Strava was found not to have any more."""
    return {row[0] for row in raw_rows(connection) if row[-1]}
