"""Whatever goes wrong with whichever request of a sync, one more sync ends as if nothing had been."""

from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatchcase

import pytest

from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.faults import Answer, Change
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline_tests.faults.endings import Ending, differences, ending_of
from fitness_pipeline_tests.faults.hevy_lives import Beginning, Life, Position, assert_all_is_here
from fitness_pipeline_tests.faults.hevy_stories import (
    BENCH_PRESS,
    FIRST,
    INCREMENTAL,
    ONE,
    ONE_TEMPLATE,
    WEEKLY,
    Story,
    id_of,
    session,
)
from fitness_pipeline_tests.faults.hevy_troubles import LASTING, PASSING
from fitness_pipeline_tests.faults.troubles import SHORT_PATIENCE
from fitness_pipeline_tests.hevy import EVENTS, LIST, TEMPLATES, stored
from fitness_pipeline_tests.moments import NOW

STORIES = {"the first sync": FIRST, "an incremental sync": INCREMENTAL, "a weekly sync": WEEKLY}
# What Hevy says then of a workout is believed for a while, and what it says of a template for some days.
DENIALS = ("a 404", "404s")
MISUNDERSTANDINGS = (*DENIALS, "an error that says 200")
BELIEVED = {ONE: DENIALS, ONE_TEMPLATE: MISUNDERSTANDINGS}

EndingOf = Callable[[Story], Ending]


@pytest.fixture(scope="module")
def known_endings() -> dict[int, Ending]:
    """What stories end with, so that each is told undisturbed only once."""
    return {}


@pytest.fixture
def undisturbed(begin_with_hevy: Beginning, known_endings: dict[int, Ending]) -> EndingOf:
    """A function that tells what a story ends with if nothing goes wrong."""

    def find(story: Story) -> Ending:
        if id(story) not in known_endings:
            with begin_with_hevy(story) as life:
                assert life.attempt(**story.wanted).error is None
                known_endings[id(story)] = ending_of(life.connection)
        return known_endings[id(story)]

    return find


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_makes_the_requests_that_are_struck_below(begin_with_hevy: Beginning, story: Story) -> None:
    with begin_with_hevy(story) as life:
        assert life.attempt(**story.wanted).error is None
        asked = [request.path for request in life.sandbox.log.requests]
        assert_all_is_here(life)
    assert len(asked) == len(story.requests)
    assert all(fnmatchcase(path, pattern) for path, pattern in zip(asked, story.requests, strict=True))


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("told", STORIES)
def test_a_sync_that_has_to_ask_for_everything_twice_ends_like_any_other(
    begin_with_hevy: Beginning, undisturbed: EndingOf, told: str, fault: str
) -> None:
    story = STORIES[told]
    expected = undisturbed(story)
    with begin_with_hevy(story) as life:
        if fault == "a silence":
            life.be_patient(SHORT_PATIENCE)
        life.sandbox.faults.order(PASSING[fault], when=is_no_repetition(), times=None)
        attempt = life.attempt(**story.wanted)
        assert attempt.error is None
        assert attempt.templates is not None
        assert attempt.templates.reason is None
        assert (life.sandbox.log.count() > len(story.requests)) == ("row" not in fault)
        assert_all_is_here(life)
        assert differences(ending_of(life.connection), expected) == {}


def is_no_repetition() -> Callable[[Request], bool]:
    """A condition that is not met by a request which is the same as the one before."""
    former: list[tuple[str, object]] = [("", None)]

    def is_new(request: Request) -> bool:
        asked = (request.path, request.query)
        is_repeated = asked == former[0]
        former[0] = ("", None) if is_repeated else asked
        return not is_repeated

    return is_new


@pytest.mark.parametrize("trouble", LASTING)
@pytest.mark.parametrize("told", STORIES)
def test_a_fault_of_any_request_leaves_no_trace(
    begin_with_hevy: Beginning, undisturbed: EndingOf, told: str, trouble: str
) -> None:
    story = STORIES[told]
    expected = undisturbed(story)
    with begin_with_hevy(story) as life:
        before = life.position
        if not story.is_first:
            life.attempt()
        with_news = life.position
    for number, path in enumerate(story.requests, 1):
        if trouble not in BELIEVED.get(path, ()):
            with begin_with_hevy(story) as life:
                # The news are there, all of them, when the rest is asked for.
                position = before if story.is_first or number <= story.news else with_news
                recover_from(trouble, life, story, number, expected, position)


def recover_from(
    name: str, life: Life, story: Story, number: int, expected: Ending, position: Position
) -> None:
    """Sync with trouble at a request, and once more without.

    Args:
        name: of the trouble.
        life: at the sync of the story.
        story: which one.
        number: of the request.
        expected: what it ends with if nothing goes wrong.
        position: how far Hevy is known to be read if it ends with an error.
    """
    trouble = LASTING[name]
    trouble.begin(life, number)
    attempt = life.attempt(**story.wanted)
    told = f"{name} at request {number}: {attempt!r}"
    assert life.sandbox.log.count() >= number, told
    if attempt.error is not None:
        assert life.position == position, told
    elif attempt.templates is not None and attempt.templates.reason is None:
        assert differences(ending_of(life.connection), expected) == {}, told

    trouble.is_over(life)
    again = life.attempt(**story.wanted)
    assert again.error is None, told
    assert_all_is_here(life)
    assert differences(ending_of(life.connection), expected) == {}, told


@pytest.mark.parametrize("told", STORIES)
def test_lifts_that_were_made_of_what_came_before_a_failure_end_the_same(
    begin_with_hevy: Beginning, undisturbed: EndingOf, told: str
) -> None:
    story = STORIES[told]
    expected = undisturbed(story)
    for number in range(1, len(story.requests) + 1):
        with begin_with_hevy(story) as life:
            LASTING["resets"].begin(life, number)
            life.attempt(**story.wanted)
            life.finish()
            LASTING["resets"].is_over(life)
            assert life.attempt(**story.wanted).error is None
            assert_all_is_here(life)
            assert differences(ending_of(life.connection), expected) == {}, number


# Changes during a sync


def appear(world: HevyWorld) -> None:
    world.workouts.add(session(NOW, BENCH_PRESS))


def vanish(world: HevyWorld) -> None:
    world.workouts.delete(id_of(0))


def change(world: HevyWorld) -> None:
    world.workouts.edit(id_of(16), title="Changed meanwhile")


@pytest.mark.parametrize("happen", [appear, vanish, change])
@pytest.mark.parametrize("told", STORIES)
def test_what_happens_during_a_sync_is_there_after_the_next_one(
    begin_with_hevy: Beginning, told: str, happen: Callable[[HevyWorld], None]
) -> None:
    story = STORIES[told]
    for number in range(1, len(story.requests) + 1):
        with begin_with_hevy(story) as life:
            life.sandbox.faults.order(Change(happen), at=number)
            assert life.attempt(**story.wanted).error is None
            assert life.attempt(**story.wanted).error is None
            assert_all_is_here(life)


# Answers that nobody can tell from the truth


@pytest.mark.parametrize("told", STORIES)
def test_an_empty_page_before_the_end_deletes_nothing_and_a_full_sync_finds_what_it_hid(
    begin_with_hevy: Beginning, told: str
) -> None:
    story = STORIES[told]
    names = {LIST: "workouts", EVENTS: "events", TEMPLATES: "exercise_templates"}
    for number, path in enumerate(story.requests, 1):
        if path in names:
            with begin_with_hevy(story) as life:
                page = story.requests[:number].count(path)
                body = {"page": page, "page_count": page, names[path]: []}
                life.sandbox.faults.order(Answer(json_reply(body)), at=number)
                life.attempt(**story.wanted)
                assert stored(life.connection, is_deleted=True).isdisjoint(life.world.workouts.ids())
                assert life.attempt(is_full=True).error is None
                assert_all_is_here(life)


@pytest.mark.parametrize("trouble", DENIALS)
@pytest.mark.parametrize("told", ["an incremental sync", "a weekly sync"])
def test_a_workout_that_hevy_denies_once_comes_back_with_the_next_weekly_sync(
    begin_with_hevy: Beginning, told: str, trouble: str
) -> None:
    story = STORIES[told]
    with begin_with_hevy(story) as life:
        LASTING[trouble].begin(life, story.requests.index(ONE) + 1)
        life.attempt(**story.wanted)
        denied = stored(life.connection, is_deleted=True) & set(life.world.workouts.ids())
        # The weekly sync counts, and finds out by itself if it is not lied to again.
        assert denied or (told, trouble) == ("a weekly sync", "a 404")
        LASTING[trouble].is_over(life)
        assert life.attempt(**WEEKLY.wanted).error is None
        assert_all_is_here(life)


@pytest.mark.parametrize("trouble", MISUNDERSTANDINGS)
def test_a_template_that_hevy_denies_once_is_asked_for_again_after_a_week(
    begin_with_hevy: Beginning, trouble: str
) -> None:
    with begin_with_hevy(INCREMENTAL) as life:
        LASTING[trouble].begin(life, INCREMENTAL.requests.index(ONE_TEMPLATE) + 1)
        templates = life.attempt().templates
        assert templates is not None
        assert templates.unreadable >= 1
        LASTING[trouble].is_over(life)
        life.clock.advance(timedelta(days=7, seconds=1))
        assert life.attempt().error is None
        assert_all_is_here(life)
