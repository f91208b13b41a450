"""From Strava's rows in `raw` to `runs`: what changes there ends here, with history."""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import (
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.db.shoe_aliases import add_shoe_alias
from fitness_pipeline.identity import shoe_id
from fitness_pipeline.normalize.strava.activities import GONE
from fitness_pipeline.sandbox.strava.athlete import generated_world
from fitness_pipeline.steps.normalize import is_behind, normalize, normalized_batches
from fitness_pipeline_tests.builders import Importer, Workout, history, row_versions, settings_in, the_run
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_activities, put_gear
from fitness_pipeline_tests.strava_reference import cells_of, outcome_of

TODAY = date(2026, 3, 10)
NOTHING = MergeCounts()


class Strava:
    """Takes rows all the way from `raw` to `runs`, on one connection."""

    def __init__(self, connection: AnyConnection) -> None:
        self.connection = connection

    def normalize(self) -> NormalizedCounts:
        """Bring what is in `raw` as far as `normalized`."""
        return normalize("strava", settings_in(), today=TODAY, conn=self.connection)

    def merge(self) -> MergeCounts:
        """Bring what is in `normalized` as far as `runs`."""
        return merge_runs("strava", conn=self.connection)

    def say(self, *rows: dict[str, Any]) -> MergeCounts:
        """Have Strava list activities, and bring them all the way."""
        put_activities(self.connection, rows)
        self.normalize()
        return self.merge()

    def lose(self, *ids: int) -> MergeCounts:
        """Have Strava not list activities any more, and bring that all the way."""
        delete_activities(self.connection, *ids)
        self.normalize()
        return self.merge()

    def live(self) -> set[str]:
        """The ids of the runs that count."""
        return {run.id for run in db.runs.get_all_runs(conn=self.connection)}

    def story(self, id: int = 1) -> list[tuple[str, str | None, str | None]]:
        """What happened to a run, through whom and why."""
        return [
            (version.change_type, version.changed_by, version.change_reason)
            for version in history(self.connection, f"strava_{id}")
        ]


@pytest.fixture
def strava(scratch: AnyConnection) -> Strava:
    return Strava(scratch)


def test_ten_years_of_an_athlete_become_runs_as_the_reference_says(
    scratch: AnyConnection, strava: Strava
) -> None:
    world = generated_world(today=TODAY)
    rows = world.activities.rows()
    put_activities(scratch, rows)
    names = {gear.id: gear.name for gear in world.gear.all()}
    for id, name in names.items():
        put_gear(scratch, id, name)
    add_shoe_alias("Brooks Ghost 14 second pair", "Brooks Ghost 14", conn=scratch)
    aliases = {shoe_id("Brooks Ghost 14 second pair"): "Brooks Ghost 14"}
    outcomes = [outcome_of(cells_of(row), names, aliases, TODAY) for row in rows]
    expected = {values["run_id"]: values for kind, values in outcomes if kind == "run"}
    others = Counter(sport for kind, sport in outcomes if kind == "other")
    assert len(expected) > 900
    assert len(others) > 5
    assert strava.normalize() == NormalizedCounts(new=len(expected), others_by_type=dict(others))
    assert strava.merge() == MergeCounts(inserted=len(expected))

    runs = db.runs.get_all_runs(conn=scratch)
    assert {run.id for run in runs} == expected.keys()
    for run in runs:
        wanted = expected[run.id]
        for field in ("datetime_utc", "type", "distance", "duration", "avg_heart_rate", "shoe_id", "source"):
            assert getattr(run, field) == wanted[field], (run.id, field)
    shoes = {shoe.id: shoe.name for shoe in db.shoes.get_shoes(conn=scratch)}
    assert shoes == {
        values["shoe_id"]: values["shoe_name"] for values in expected.values() if values["shoe_id"]
    }
    for check in (runs_unlike_their_newest_version, runs_with_foreign_ids, runs_with_impossible_values):
        assert check(conn=scratch).count == 0
    before = row_versions(scratch)
    assert strava.normalize() == NormalizedCounts()
    assert strava.merge() == NOTHING
    assert row_versions(scratch) == before


def test_a_deleted_activity_is_deleted_softly_with_the_reason(strava: Strava) -> None:
    strava.say(activity(1), activity(2))
    assert strava.lose(1) == MergeCounts(deleted=1)
    assert strava.live() == {"strava_2"}
    assert strava.story()[-1] == ("deletion", "strava", GONE)


def test_an_activity_that_is_back_is_a_run_again_with_what_changed_meanwhile(
    scratch: AnyConnection, strava: Strava
) -> None:
    strava.say(activity(1))
    for _ in range(2):
        strava.lose(1)
        assert strava.say(activity(1)) == MergeCounts(revived=1)
    strava.lose(1)
    assert strava.say(activity(1, elapsed_time=3000)) == MergeCounts(revived=1)
    assert the_run(scratch, "strava_1").duration == 3000
    assert strava.story()[-1] == (
        "edit",
        "strava",
        "It is listed as a run again; Changed at the source: duration",
    )
    assert len(strava.story()) == 7


def test_an_activity_that_is_back_before_anybody_looked_is_as_if_it_had_never_been_away(
    scratch: AnyConnection, strava: Strava
) -> None:
    strava.say(activity(1))
    delete_activities(scratch, 1)
    strava.normalize()
    assert strava.say(activity(1)) == NOTHING
    assert len(strava.story()) == 1


def test_an_activity_that_turns_from_ride_to_run_and_back_comes_and_goes(strava: Strava) -> None:
    ride, run = activity(1, sport_type="Ride"), activity(1)
    assert strava.say(ride) == NOTHING
    assert strava.say(run) == MergeCounts(inserted=1)
    assert strava.say(ride) == MergeCounts(deleted=1)
    assert strava.say(run) == MergeCounts(revived=1)
    assert strava.say(ride) == MergeCounts(deleted=1)
    assert strava.lose(1) == NOTHING
    assert strava.say(run) == MergeCounts(revived=1)
    assert [reason for _, _, reason in strava.story()] == [
        "Initial import",
        'It is listed as "Ride" now',
        "It is listed as a run again",
        'It is listed as "Ride" now',
        "It is listed as a run again",
    ]


def test_a_deleted_ride_is_nothing(strava: Strava) -> None:
    strava.say(activity(1, sport_type="Ride"))
    assert strava.lose(1) == NOTHING
    assert strava.live() == set()


def test_what_the_runner_deleted_stays_deleted_whatever_strava_does(
    scratch: AnyConnection, strava: Strava
) -> None:
    strava.say(activity(1))
    db.runs_history.soft_delete_run("strava_1", "Ada", conn=scratch)
    strava.lose(1)
    strava.say(activity(1, distance=9000))
    assert strava.live() == set()


def test_an_edit_upstream_is_one_version_that_names_the_fields(strava: Strava) -> None:
    strava.say(activity(1))
    edited = activity(
        1, start_date="2026-03-01T12:00:00Z", distance=5000.5, trainer=True, average_heartrate=150.5
    )
    assert strava.say(edited) == MergeCounts(updated=1)
    assert strava.story()[1:] == [
        ("edit", "strava", "Changed at the source: datetime_utc, type, distance, avg_heart_rate")
    ]


def test_an_edit_upstream_keeps_the_runners_own_distance(scratch: AnyConnection, strava: Strava) -> None:
    strava.say(activity(1))
    db.runs_history.update_run_with_history("strava_1", {"distance": 5.5}, "Ada", conn=scratch)
    assert strava.say(activity(1, distance=9000, elapsed_time=3000)) == MergeCounts(updated=1, conflicts=1)
    run = the_run(scratch, "strava_1")
    assert (run.distance, run.duration) == (5.5, 3000)
    assert [(conflict.field, conflict.provider) for conflict in get_open_conflicts(conn=scratch)] == [
        ("distance", "strava")
    ]


def test_a_change_that_no_run_shows_changes_no_run(scratch: AnyConnection, strava: Strava) -> None:
    strava.say(activity(1, name="Morning Run", kudos_count=1))
    own = ("raw.strava_activities", "normalized.progress")
    before = row_versions(scratch, *own)
    assert strava.say(activity(1, name="Slow", kudos_count=7)) == NOTHING
    assert row_versions(scratch, *own) == before


def test_more_deletions_than_can_be_meant_are_held_back(strava: Strava) -> None:
    strava.say(*(activity(number) for number in range(1, 21)))
    assert strava.lose(*range(1, 11)) == MergeCounts(held_back=10)
    assert strava.say(*(activity(number) for number in range(1, 9))) == MergeCounts(deleted=2)


# Gear


def test_gear_that_gets_its_name_later_gives_the_runs_their_shoe(
    scratch: AnyConnection, strava: Strava
) -> None:
    assert strava.say(activity(1, gear_id="g1"), activity(2), activity(3, gear_id="b1")) == MergeCounts(
        inserted=3
    )
    assert not is_behind("strava", settings_in(), conn=scratch)
    put_gear(scratch, "b1", "Trek FX 3")
    assert not is_behind("strava", settings_in(), conn=scratch)
    put_gear(scratch, "g1", "Brooks Ghost 15")
    assert is_behind("strava", settings_in(), conn=scratch)
    assert strava.normalize() == NormalizedCounts(changed=1, unchanged=2)
    assert strava.merge() == MergeCounts(updated=1)
    assert the_run(scratch, "strava_1").shoe_id == "brooks_ghost_15"
    assert strava.story()[-1] == ("edit", "strava", "Changed at the source: shoe_id")
    assert [shoe.name for shoe in db.shoes.get_shoes(conn=scratch)] == ["Brooks Ghost 15"]


def test_a_renamed_gear_does_not_make_a_second_shoe(scratch: AnyConnection, strava: Strava) -> None:
    put_gear(scratch, "g1", "Brooks Ghost 15")
    strava.say(activity(1, gear_id="g1"))
    put_gear(scratch, "g1", "Old faithful", is_retired=True)
    assert not is_behind("strava", settings_in(), conn=scratch)
    strava.say(activity(2, gear_id="g1"))
    assert the_run(scratch, "strava_2").shoe_id == "brooks_ghost_15"
    assert len(db.shoes.get_shoes(conn=scratch)) == 1


def test_an_alias_unites_gear_with_what_old_notes_called_it(
    scratch: AnyConnection, strava: Strava, tmp_path: Any
) -> None:
    Importer(scratch, tmp_path)(Workout(id=1, notes="Shoes: Ghost 15"))
    put_gear(scratch, "g1", "Brooks Ghost 15")
    strava.say(activity(1, gear_id="g1"))
    add_shoe_alias("Brooks Ghost 15", "Ghost 15", conn=scratch)
    assert is_behind("strava", settings_in(), conn=scratch)
    strava.normalize()
    strava.merge()
    assert the_run(scratch, "strava_1").shoe_id == the_run(scratch, "mmf_1").shoe_id == "ghost_15"


# What is read again, and what is not


def test_an_activity_that_cannot_be_understood_is_kept_and_its_neighbours_go_on(
    scratch: AnyConnection, strava: Strava
) -> None:
    broken = activity(1, distance={"metres": 5})
    assert strava.say(broken, activity(2)) == MergeCounts(inserted=1)
    (reject,) = get_open_rejects("strava", conn=scratch)
    assert (reject.raw_key, reject.payload) == ("strava_1", broken)
    assert reject.reason == ('Distance "{"metres": 5}" is not a number; expected metres such as 5000')
    strava.say(activity(1))
    assert get_open_rejects(conn=scratch) == []
    assert strava.live() == {"strava_1", "strava_2"}


def test_a_run_whose_row_breaks_stays_as_it_is(scratch: AnyConnection, strava: Strava) -> None:
    strava.say(activity(1))
    run = the_run(scratch, "strava_1")
    assert strava.say(activity(1, distance=None)) == NOTHING
    assert the_run(scratch, "strava_1") == run


def test_a_run_whose_raw_payload_was_emptied_stays_also_when_everything_is_read_again(
    scratch: AnyConnection, strava: Strava
) -> None:
    strava.say(activity(1, gear_id="g1"), activity(2, gear_id="g1"))
    run = the_run(scratch, "strava_1")
    scratch.execute("update raw.strava_activities set payload = null where activity_id = 1")
    put_gear(scratch, "g1", "Ghost 15")
    assert strava.normalize() == NormalizedCounts(changed=1)
    assert strava.merge() == MergeCounts(updated=1)
    assert the_run(scratch, "strava_1") == run
    assert strava.lose(1) == MergeCounts(deleted=1)


def test_the_time_zone_of_exports_is_nothing_to_strava(scratch: AnyConnection, strava: Strava) -> None:
    strava.say(activity(1))
    assert not is_behind("strava", settings_in("Asia/Tokyo"), conn=scratch)


def test_each_provider_is_behind_by_itself(scratch: AnyConnection, strava: Strava, tmp_path: Any) -> None:
    Importer(scratch, tmp_path).ingest(Workout(id=1))
    assert is_behind("mmf", settings_in(), conn=scratch)
    assert not is_behind("strava", settings_in(), conn=scratch)
    put_activities(scratch, [activity(1)])
    assert is_behind("strava", settings_in(), conn=scratch)
    strava.normalize()
    assert is_behind("strava", settings_in(), conn=scratch)
    strava.merge()
    assert not is_behind("strava", settings_in(), conn=scratch)
    assert is_behind("mmf", settings_in(), conn=scratch)


def test_no_rows_are_lost_between_batches_and_sports_are_counted_over_them(
    scratch: AnyConnection, strava: Strava, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fitness_pipeline.db.bulk._BATCH_BYTES", 1000)
    sports = ["Run", "Ride", "Swim", "Run", "A sport of next year"] * 20
    put_activities(scratch, [activity(id, sport_type=sport) for id, sport in enumerate(sports, start=1)])
    delete_activities(scratch, 1)
    counts = strava.normalize()
    assert counts == NormalizedCounts(
        new=39, others_by_type={"Ride": 20, "Swim": 20, "A sport of next year": 20}
    )
    assert (counts.rows, counts.others) == (100, 60)


def test_batches_can_be_looked_at_without_writing_anything(scratch: AnyConnection, strava: Strava) -> None:
    strava.say(activity(1), activity(2, sport_type="Ride"), activity(3, distance=None), activity(4))
    strava.lose(4)
    before = row_versions(scratch)
    (batch,) = normalized_batches(scratch, "strava", settings_in(), since=0, today=TODAY)
    assert batch.runs["run_id"].to_list() == ["strava_1"]
    assert batch.runs["datetime_utc"].to_list() == [datetime(2026, 3, 1, 13, 57, 49, tzinfo=UTC)]
    assert batch.others.rows() == [("strava_2", "Ride")]
    assert batch.withdrawn.rows() == [("strava_4", GONE)]
    assert batch.rejects["key"].to_list() == ["strava_3"]
    assert list(normalized_batches(scratch, "strava", settings_in(), since=10**9, today=TODAY)) == []
    assert row_versions(scratch) == before


def test_batches_of_exports_are_the_same_frames(
    scratch: AnyConnection, strava: Strava, tmp_path: Any
) -> None:
    Importer(scratch, tmp_path)(Workout(id=1), Workout(id=2, activity="Walk"), Workout(id=3, distance="x"))
    strava.say(activity(1))
    (mmf,) = normalized_batches(scratch, "mmf", settings_in(), since=0, today=TODAY)
    (ours,) = normalized_batches(scratch, "strava", settings_in(), since=0, today=TODAY)
    for frame in ("runs", "others", "withdrawn", "rejects"):
        assert getattr(mmf, frame).schema == getattr(ours, frame).schema
    assert mmf.rejects["key"].to_list() == ["mmf_3"]


def test_instants_are_read_right_in_a_session_of_another_time_zone(
    scratch: AnyConnection, strava: Strava
) -> None:
    scratch.execute("set local time zone 'Asia/Kolkata'")
    strava.say(activity(1))
    assert the_run(scratch, "strava_1").datetime_utc == datetime(2026, 3, 1, 13, 57, 49, tzinfo=UTC)


CHANGES = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["Run", "Run", "TrailRun", "Ride", "gone"]), st.booleans()),
    max_size=25,
)


@given(CHANGES)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_and_goes_the_runs_are_those_that_strava_has(
    scratch: AnyConnection, changes: list[tuple[int, str, bool]]
) -> None:
    there: dict[int, str] = {}
    with ExitStack() as cleanup:
        cleanup.enter_context(scratch.transaction(force_rollback=True))
        strava = Strava(scratch)
        for id, what, is_merged in changes:
            if what == "gone":
                delete_activities(scratch, id)
            else:
                put_activities(scratch, [activity(id, sport_type=what)])
            there[id] = what
            strava.normalize()
            if is_merged:
                strava.merge()
        strava.merge()
        assert strava.live() == {f"strava_{id}" for id, what in there.items() if what.endswith("Run")}
        assert runs_unlike_their_newest_version(conn=scratch).count == 0
