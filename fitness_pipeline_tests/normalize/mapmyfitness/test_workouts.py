"""Rows of an export become runs; what is no run is kept apart, and what cannot be understood says why."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.normalize.mapmyfitness.activity_types import RUN_TYPES
from fitness_pipeline.normalize.mapmyfitness.workouts import doubtful_rows, normalize_workouts
from fitness_pipeline_tests.normalize.mapmyfitness.rows import (
    TODAY,
    normalize,
    row,
    the_reason,
    the_run,
    with_keys,
)


def test_a_row_becomes_a_run() -> None:
    run = the_run(
        workout_date="May 6, 2025",
        activity_type="Indoor Run / Jog",
        distance="4.0",
        workout_time="2036",
        avg_heart_rate="146",
        notes="Shoes: Karhu Fusion 3.5",
        link="http://www.mapmyfitness.com/workout/42",
    )
    assert run == {
        "run_id": "mmf_42",
        "datetime_utc": datetime(2025, 5, 6, 17, tzinfo=UTC),
        "type": "Treadmill Run",
        "distance": 4.0,
        "duration": 2036.0,
        "source": "MapMyFitness",
        "avg_heart_rate": 146.0,
        "shoe_name": "Karhu Fusion 3.5",
        "shoe_id": "karhu_fusion_3_5",
        "is_day_precision": True,
    }


def test_a_run_in_winter_starts_at_noon_in_winter() -> None:
    assert the_run(workout_date="Jan. 7, 2016")["datetime_utc"] == datetime(2016, 1, 7, 18, tzinfo=UTC)


def test_a_row_keeps_the_time_zone_it_was_imported_with() -> None:
    runs = normalize(row(), row(time_zone="Europe/Berlin"), row(time_zone="Asia/Tokyo"), row()).runs
    assert [instant.hour for instant in runs["datetime_utc"]] == [17, 10, 3, 17]


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "workout_date": st.sampled_from(
                    ["Aug. 2, 2024", "", "Feb. 30, 2025", "May 6, 1850", "2026-01-17"]
                ),
                "activity_type": st.sampled_from(["Run", "Walk", ""]),
                "distance": st.sampled_from(["3.1", "", "far", "-1"]),
                "workout_time": st.sampled_from(["1500", "", "soon", "-1"]),
            }
        ),
        max_size=8,
    )
)
def test_what_is_rejected_was_doubtful_before(given: list[dict[str, str]]) -> None:
    links = [f"http://www.mapmyfitness.com/workout/{number}" for number in range(2, len(given) + 2)]
    rows = [row(**cells, link=link) for cells, link in zip(given, links, strict=True)]
    rejected = {int(key.removeprefix("mmf_")) for key in normalize(*rows).rejects["key"]}
    numbered = with_keys(*rows).with_columns(pl.int_range(2, len(rows) + 2).alias("row_number"))
    assert set(doubtful_rows(numbered, today=TODAY)) == rejected


def test_a_day_that_may_have_begun_elsewhere_is_doubtful_only() -> None:
    tomorrow = row(workout_date="Jan. 16, 2026")
    assert normalize(tomorrow).rejects.is_empty()
    numbered = with_keys(tomorrow).with_columns(pl.lit(2).alias("row_number"))
    assert doubtful_rows(numbered, today=TODAY) == [2]


def test_a_time_zone_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownTimeZone, match="'Mars/Olympus' is not a time zone"):
        normalize(row(time_zone="Mars/Olympus"))


@pytest.mark.parametrize(("activity_type", "expected"), RUN_TYPES.items())
def test_two_activities_are_runs(activity_type: str, expected: str) -> None:
    assert the_run(activity_type=activity_type)["type"] == expected
    assert the_run(activity_type=f" {activity_type.upper()} ")["type"] == expected


@pytest.mark.parametrize(
    "activity_type",
    [
        "Bike Ride",
        "Walk",
        "Gym Workout",
        "Weight Workout",
        "Trail Run",
        "Treadmill",
        "Course à pied",
        "",
        "Runs",
    ],
)
def test_other_activities_are_no_runs_and_no_errors(activity_type: str) -> None:
    normalized = normalize(row(activity_type=activity_type, distance="", workout_date="never"))
    assert normalized.others.rows() == [("mmf_1", activity_type)]
    assert normalized.runs.is_empty()
    assert normalized.rejects.is_empty()


def test_a_kilometre_export_becomes_miles() -> None:
    assert the_run(unit="km", distance="10")["distance"] == pytest.approx(6.21371, abs=1e-5)
    assert the_run(unit="mi", distance="10")["distance"] == 10


def test_rows_in_both_units_keep_theirs() -> None:
    runs = normalize(
        row(distance="1.609344", unit="km"), row(distance="2"), row(distance="4.828032", unit="km")
    ).runs
    assert runs["distance"].to_list() == pytest.approx([1, 2, 3])


def test_thousands_have_commas() -> None:
    assert the_run(workout_time="12,600")["duration"] == 12_600


def test_a_run_of_no_distance_is_still_a_run() -> None:
    assert the_run(distance="0", workout_time="0")["distance"] == 0


@pytest.mark.parametrize(("text", "expected"), [("20", 20), ("146.0", 146), ("250", 250), (" 151 ", 151)])
def test_a_heart_rate_is_kept(text: str, expected: float) -> None:
    assert the_run(avg_heart_rate=text)["avg_heart_rate"] == expected


@pytest.mark.parametrize("text", ["", "0", "--", "19", "251", "-60", "NaN", "1,46"])
def test_a_heart_rate_that_no_runner_has_is_left_out(text: str) -> None:
    assert the_run(avg_heart_rate=text)["avg_heart_rate"] is None


def test_an_alias_unifies_spellings() -> None:
    chosen = "New Balance M1080K10"
    rows = (row(notes="Shoes: M1080K10"), row(notes=r"b'Shoes: m1080 k10\n'"), row(notes=f"Shoes: {chosen}"))
    runs = normalize(*rows, shoe_aliases={"m1080k10": chosen, "m1080_k10": chosen}).runs
    assert set(runs.select("shoe_name", "shoe_id").rows()) == {(chosen, "new_balance_m1080k10")}


def test_a_workout_that_is_listed_twice_comes_out_twice() -> None:
    assert normalize(row(), row(distance="6")).runs["distance"].to_list() == [5.0, 6.0]


def test_order_is_kept() -> None:
    kinds = ["Walk", "Run", "Run", "Walk", "Run"]
    days = ["", "never", "Aug. 2, 2024", "", "2024-08-03"]
    numbered = enumerate(zip(kinds, days, strict=True))
    normalized = normalize(
        *(
            row(activity_type=kind, workout_date=day, link=f"/workout/{number}")
            for number, (kind, day) in numbered
        )
    )
    assert normalized.others["key"].to_list() == ["mmf_0", "mmf_3"]
    assert normalized.rejects["key"].to_list() == ["mmf_1"]
    assert normalized.runs["run_id"].to_list() == ["mmf_2", "mmf_4"]


def test_nothing_becomes_nothing_with_the_same_columns() -> None:
    full, empty = normalize(row(), row(activity_type="Walk"), row(distance="")), normalize()
    assert (
        full.runs.schema
        == empty.runs.schema
        == pl.Schema(
            {
                "run_id": pl.String(),
                "datetime_utc": pl.Datetime("us", "UTC"),
                "type": pl.String(),
                "distance": pl.Float64(),
                "duration": pl.Float64(),
                "source": pl.String(),
                "avg_heart_rate": pl.Float64(),
                "shoe_name": pl.String(),
                "shoe_id": pl.String(),
                "is_day_precision": pl.Boolean(),
            }
        )
    )
    assert full.others.schema == empty.others.schema
    assert full.rejects.schema == empty.rejects.schema


def test_time_zones_may_be_unknown_for_all_rows() -> None:
    rows = pl.DataFrame([{**row(), "workout_key": "mmf_1"}]).with_columns(time_zone=pl.lit(None))
    assert rows.schema["time_zone"] == pl.Null
    normalized = normalize_workouts(rows, default_time_zone="UTC", shoe_aliases={}, today=TODAY)
    assert normalized.runs["datetime_utc"].to_list() == [datetime(2024, 8, 2, 12, tzinfo=UTC)]


# Why a row is rejected, in the words that its owner reads.


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"workout_date": "Feb. 30, 2025"},
            'Workout Date "Feb. 30, 2025" is not a date; expected something like "Feb. 3, 2025"',
        ),
        ({"workout_date": ""}, 'Workout Date is empty; expected something like "Feb. 3, 2025"'),
        (
            {"workout_date": "1899-12-31"},
            'Workout Date "1899-12-31" is before 1900; expected something like "Feb. 3, 2025"',
        ),
        (
            {"workout_date": "Jan. 17, 2026"},
            'Workout Date "Jan. 17, 2026" lies in the future; expected a day that has begun',
        ),
        ({"distance": ""}, "Distance is empty; expected miles such as 3.1"),
        ({"distance": "", "unit": "km"}, "Distance is empty; expected kilometres such as 3.1"),
        ({"distance": "6,4"}, 'Distance "6,4" is not a number; expected miles such as 3.1'),
        ({"distance": "inf"}, 'Distance "inf" is not a number; expected miles such as 3.1'),
        ({"distance": "-3.1"}, 'Distance "-3.1" is negative; expected miles such as 3.1'),
        ({"workout_time": " "}, "Workout Time is empty; expected seconds, such as 1500"),
        ({"workout_time": "NaN"}, 'Workout Time "NaN" is not a number; expected seconds, such as 1500'),
        ({"workout_time": "25:00"}, 'Workout Time "25:00" is not a number; expected seconds, such as 1500'),
        ({"workout_time": "-1"}, 'Workout Time "-1" is negative; expected seconds, such as 1500'),
    ],
)
def test_a_reason_names_the_cell_what_was_found_and_what_is_expected(
    given: dict[str, str], expected: str
) -> None:
    assert the_reason(**given) == expected


def test_all_faults_of_a_row_are_named_at_once() -> None:
    assert the_reason(workout_date="11 mai 2025", distance="6,4", workout_time="") == (
        'Workout Date "11 mai 2025" is not a date; expected something like "Feb. 3, 2025". '
        'Distance "6,4" is not a number; expected miles such as 3.1. '
        "Workout Time is empty; expected seconds, such as 1500"
    )


def test_a_reason_is_one_line_of_bearable_length() -> None:
    reason = the_reason(distance="five\nmiles " * 1_000)
    assert "\n" not in reason
    assert len(reason) < 150


def test_tomorrow_may_be_today_elsewhere() -> None:
    assert the_run(workout_date="Jan. 16, 2026")["datetime_utc"] == datetime(2026, 1, 16, 18, tzinfo=UTC)


def test_a_rejected_row_does_not_harm_its_neighbours() -> None:
    normalized = normalize(
        row(link="/workout/1"), row(link="/workout/2", distance="x"), row(link="/workout/3")
    )
    assert normalized.runs["run_id"].to_list() == ["mmf_1", "mmf_3"]
    assert normalized.rejects["key"].to_list() == ["mmf_2"]


def cell(*usual: str) -> st.SearchStrategy[str]:
    return st.sampled_from(usual) | st.text(max_size=8)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "workout_date": cell(
                "Aug. 2, 2024", "Feb. 30, 2024", "Jan. 1, 1850", "Dec. 31, 9999", "2024-08-02", ""
            ),
            "activity_type": cell("Run", "run", "Indoor Run / Jog", "Walk", ""),
            "distance": cell("3.1", "1,582", "6,4", "-1", "nan", "", "1e400"),
            "workout_time": cell("1500", "1,500", "-0", "inf", ""),
            "avg_heart_rate": cell("151", "0", ""),
            "notes": cell("Shoes: A", r"b'Shoes: \xc3\x84\n'", "b'", ""),
            "unit": st.sampled_from(["mi", "km"]),
            "time_zone": st.sampled_from([None, "Asia/Tokyo", "Europe/Berlin"]),
        }
    ),
    max_size=12,
)


@given(ROWS)
@settings(deadline=None, max_examples=300)
def test_every_row_ends_in_exactly_one_place(rows: list[dict[str, str | None]]) -> None:
    numbered = [row(**given, link=f"/workout/{number}") for number, given in enumerate(rows)]
    normalized = normalize(*numbered)
    of_run_type = {
        f"mmf_{number}"
        for number, given in enumerate(rows)
        if (given["activity_type"] or "").strip().lower() in ("run", "indoor run / jog")
    }
    runs, rejects = normalized.runs["run_id"].to_list(), normalized.rejects["key"].to_list()
    others = normalized.others["key"].to_list()
    assert sorted(runs + rejects + others) == sorted(f"mmf_{number}" for number in range(len(rows)))
    assert set(runs + rejects) == of_run_type


@given(ROWS)
@settings(deadline=None, max_examples=300)
def test_runs_are_possible_and_rejects_say_why(rows: list[dict[str, str | None]]) -> None:
    normalized = normalize(*(row(**given) for given in rows))
    for run in normalized.runs.iter_rows(named=True):
        assert 0 <= run["distance"] < float("inf")
        assert 0 <= run["duration"] < float("inf")
        assert 1899 <= run["datetime_utc"].year <= 2026
        assert (run["shoe_name"] is None) == (run["shoe_id"] is None)
    assert all("; expected" in reason for reason in normalized.rejects["reason"])
