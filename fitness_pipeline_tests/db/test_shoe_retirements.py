"""A shoe that is retired on Strava retires here; what the runner decided since the last look stays."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import create_missing_shoes, merge_runs
from fitness_pipeline.db.shoe_aliases import add_shoe_alias
from fitness_pipeline.db.shoe_retirements import RetirementCounts, mirror_retirements
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.models import Shoe
from fitness_pipeline_tests.builders import create_runs, new_run, row_versions, say_upstream
from fitness_pipeline_tests.strava_raw import FETCHED, put_gear

GHOST = "ghost_15"
LAST_RUN = datetime(2025, 5, 6, 12, 30, tzinfo=UTC)
OWN_DAY = date(2024, 1, 1)


@pytest.fixture
def worn(scratch: AnyConnection) -> AnyConnection:
    """A shoe that was worn on two days, and its gear, which is in use."""
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=scratch)
    for number, day in enumerate((LAST_RUN, LAST_RUN - timedelta(days=9))):
        create_runs(scratch, new_run(f"strava_{number}", datetime_utc=day, shoe_id=GHOST))
    put_gear(scratch, "g1", "Ghost 15")
    return scratch


def the_shoe(connection: AnyConnection, id: str = GHOST) -> Shoe:
    shoe = db.shoes.get_shoe_by_id(id, conn=connection)
    assert shoe is not None
    return shoe


def mirror(connection: AnyConnection, *, is_retired: bool | None = None) -> RetirementCounts:
    """Look at what Strava says, after it said something of the one gear."""
    if is_retired is not None:
        put_gear(connection, "g1", "Ghost 15", is_retired=is_retired)
    return mirror_retirements(conn=connection)


def retire(connection: AnyConnection, day: date = OWN_DAY) -> None:
    db.shoes.retire_shoe_by_id(GHOST, day, conn=connection)


def unretire(connection: AnyConnection) -> None:
    db.shoes.unretire_shoe_by_id(GHOST, conn=connection)


def test_a_shoe_that_is_retired_on_strava_retires_with_its_last_run(worn: AnyConnection) -> None:
    db.shoes.retire_shoe_by_id(GHOST, OWN_DAY, "Squeaks", conn=worn)
    unretire(worn)
    assert mirror(worn, is_retired=True) == RetirementCounts(retired=1)
    assert the_shoe(worn).retired_at == LAST_RUN.date()
    assert the_shoe(worn).retirement_notes == "Squeaks"


def test_a_shoe_in_use_is_left_alone(worn: AnyConnection) -> None:
    before = row_versions(worn)
    assert mirror(worn) == RetirementCounts()
    assert row_versions(worn) == before


def test_looking_again_writes_nothing(worn: AnyConnection) -> None:
    mirror(worn, is_retired=True)
    before = row_versions(worn)
    assert mirror(worn) == RetirementCounts()
    assert row_versions(worn) == before


def test_a_shoe_that_strava_takes_back_into_use_is_in_use_here(worn: AnyConnection) -> None:
    mirror(worn, is_retired=True)
    assert mirror(worn, is_retired=False) == RetirementCounts(unretired=1)
    assert the_shoe(worn).retired_at is None
    assert mirror(worn, is_retired=True) == RetirementCounts(retired=1)


def test_a_shoe_that_the_runner_retired_before_keeps_the_runners_day(worn: AnyConnection) -> None:
    retire(worn)
    assert mirror(worn, is_retired=True) == RetirementCounts()
    assert the_shoe(worn).retired_at == OWN_DAY
    assert mirror(worn, is_retired=False) == RetirementCounts()
    assert the_shoe(worn).retired_at == OWN_DAY


def test_a_shoe_that_the_runner_took_back_into_use_stays_in_use(worn: AnyConnection) -> None:
    mirror(worn, is_retired=True)
    unretire(worn)
    assert mirror(worn) == RetirementCounts()
    assert the_shoe(worn).retired_at is None


def test_a_shoe_that_the_runner_dated_otherwise_stays_retired(worn: AnyConnection) -> None:
    mirror(worn, is_retired=True)
    retire(worn)
    assert mirror(worn, is_retired=False) == RetirementCounts()
    assert the_shoe(worn).retired_at == OWN_DAY


def test_a_new_word_of_stravas_counts_again_for_a_shoe_that_is_as_it_was_left(worn: AnyConnection) -> None:
    mirror(worn, is_retired=True)
    unretire(worn)
    mirror(worn, is_retired=False)
    assert mirror(worn, is_retired=True) == RetirementCounts(retired=1)


def test_a_shoe_is_retired_when_all_gear_of_its_name_is(worn: AnyConnection) -> None:
    put_gear(worn, "g2", "ghost-15")
    assert mirror(worn, is_retired=True) == RetirementCounts()
    put_gear(worn, "g2", "ghost-15", is_retired=True)
    assert mirror(worn) == RetirementCounts(retired=1)
    put_gear(worn, "g3", "Ghost 15")
    assert mirror(worn) == RetirementCounts(unretired=1)


def test_a_renamed_gear_is_the_same_shoe(worn: AnyConnection) -> None:
    put_gear(worn, "g1", "Old faithful", is_retired=True)
    assert mirror(worn) == RetirementCounts(retired=1)
    assert the_shoe(worn).retired_at is not None


def test_an_alias_leads_to_the_shoe(worn: AnyConnection) -> None:
    add_shoe_alias("Ghosties", "Ghost 15", conn=worn)
    put_gear(worn, "g2", "Ghosties")
    assert mirror(worn, is_retired=True) == RetirementCounts()
    put_gear(worn, "g2", "Ghosties", is_retired=True)
    assert mirror(worn) == RetirementCounts(retired=1)


def test_a_bike_retires_no_shoe(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Trek FX 3"], conn=scratch)
    put_gear(scratch, "b1", "Trek FX 3", is_retired=True)
    assert mirror(scratch) == RetirementCounts()


def test_gear_that_no_run_was_made_in_makes_no_shoe(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15", is_retired=True)
    assert mirror(scratch) == RetirementCounts()
    assert db.shoes.get_shoes(conn=scratch) == []


def test_a_deleted_shoe_is_left_alone(worn: AnyConnection) -> None:
    worn.execute("update shoes set deleted_at = now()")
    before = row_versions(worn, "raw.strava_gear")
    assert mirror(worn, is_retired=True) == RetirementCounts()
    assert row_versions(worn, "raw.strava_gear") == before


def test_a_deleted_run_does_not_date_a_retirement(worn: AnyConnection) -> None:
    db.runs_history.soft_delete_run("strava_0", "Ada", conn=worn)
    mirror(worn, is_retired=True)
    assert the_shoe(worn).retired_at == (LAST_RUN - timedelta(days=9)).date()


def test_a_shoe_without_runs_retires_on_the_day_on_which_strava_said_so(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=scratch)
    mirror(scratch, is_retired=True)
    assert the_shoe(scratch).retired_at == FETCHED.date()


def test_the_day_is_that_of_a_time_zone(worn: AnyConnection) -> None:
    put_gear(worn, "g1", "Ghost 15", is_retired=True)
    mirror_retirements(time_zone="Pacific/Kiritimati", conn=worn)
    assert the_shoe(worn).retired_at == LAST_RUN.date() + timedelta(days=1)


def test_a_time_zone_that_does_not_exist_is_an_error(worn: AnyConnection) -> None:
    with pytest.raises(UnknownTimeZone):
        mirror_retirements(time_zone="Mars/Olympus", conn=worn)


def test_runs_that_are_yet_to_be_merged_date_a_retirement(scratch: AnyConnection) -> None:
    """As in the first sync, in which shoes come before runs."""
    say_upstream(scratch, new_run("strava_1", datetime_utc=LAST_RUN, shoe_id=GHOST), provider="strava")
    create_missing_shoes("strava", conn=scratch)
    mirror(scratch, is_retired=True)
    assert the_shoe(scratch).retired_at == LAST_RUN.date()


def test_runs_that_have_just_got_their_shoe_date_a_retirement(scratch: AnyConnection) -> None:
    early, late = LAST_RUN - timedelta(days=9), LAST_RUN
    runs = [new_run("strava_1", datetime_utc=early), new_run("strava_2", datetime_utc=late)]
    say_upstream(scratch, *runs, provider="strava")
    merge_runs("strava", conn=scratch)
    db.shoes.bulk_create_shoes_by_names(["Mine"], conn=scratch)
    db.runs_history.update_run_with_history("strava_2", {"shoe_id": "mine"}, "Ada", conn=scratch)
    with_shoes = [
        new_run("strava_1", datetime_utc=early, shoe_id=GHOST),
        new_run("strava_2", datetime_utc=late, shoe_id=GHOST),
    ]
    say_upstream(scratch, *with_shoes, provider="strava")
    create_missing_shoes("strava", conn=scratch)
    mirror(scratch, is_retired=True)
    assert the_shoe(scratch).retired_at == early.date()


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=connection)
    put_gear(connection, "g1", "Ghost 15", is_retired=True)
    assert mirror_retirements() == RetirementCounts(retired=1)
    assert the_shoe(connection).retired_at == FETCHED.date()


Step = tuple[str, Callable[[AnyConnection], object]]
STEPS: list[Step] = [
    ("Strava retires", lambda connection: put_gear(connection, "g1", "Ghost 15", is_retired=True)),
    ("Strava unretires", lambda connection: put_gear(connection, "g1", "Ghost 15")),
    ("runner retires", retire),
    ("runner unretires", unretire),
    ("look", mirror),
    ("look", mirror),
]


@given(st.lists(st.sampled_from(STEPS), max_size=12))
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_story_ends_as_three_way_merging_says(worn: AnyConnection, steps: list[Step]) -> None:
    """What Strava said at the last look is the base; what the runner touched, only the runner touches."""
    said, said_before = False, False
    here: date | None = None
    left: date | None = None
    with ExitStack() as cleanup:
        cleanup.enter_context(worn.transaction(force_rollback=True))
        for name, take in steps:
            take(worn)
            match name:
                case "Strava retires" | "Strava unretires":
                    said = name == "Strava retires"
                case "runner retires" | "runner unretires":
                    here = OWN_DAY if name == "runner retires" else None
                case _ if said != said_before:
                    if here == left:
                        here = LAST_RUN.date() if said else None
                    left, said_before = here if here == LAST_RUN.date() else None, said
            assert the_shoe(worn).retired_at == here, name


def test_what_the_runner_says_through_an_edit_counts_as_any_other_word_of_theirs(worn: AnyConnection) -> None:
    mirror(worn, is_retired=True)
    db.shoes.edit_shoe(GHOST, {"notes": "Half a size up"}, conn=worn)
    assert mirror(worn, is_retired=False) == RetirementCounts(unretired=1)
    mirror(worn, is_retired=True)
    db.shoes.edit_shoe(GHOST, {"retired_at": None}, conn=worn)
    assert mirror(worn) == RetirementCounts()
    assert the_shoe(worn).retired_at is None
