"""Activities become runs; other sports and deleted ones are kept apart, and what is broken says why."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.normalize.strava.activities import GONE
from fitness_pipeline_tests.normalize.strava.rows import TODAY, normalize, row, the_reason, the_run
from fitness_pipeline_tests.strava_reference import outcome_of

A_START = "expected something like 2025-02-03 07:30:00+00"


def test_an_activity_becomes_a_run() -> None:
    run = the_run(
        run_id="strava_16195505756",
        average_heartrate="146.3",
        gear_id="g3423618",
        options={"gear_names": {"g3423618": "Adidas Supernova ST"}},
    )
    assert run == {
        "run_id": "strava_16195505756",
        "datetime_utc": datetime(2026, 11, 15, 13, 57, 49, tzinfo=UTC),
        "type": "Outdoor Run",
        "distance": pytest.approx(5.0),
        "duration": 2700.0,
        "source": "Strava",
        "avg_heart_rate": 146.3,
        "shoe_name": "Adidas Supernova ST",
        "shoe_id": "adidas_supernova_st",
        "is_day_precision": False,
    }


@pytest.mark.parametrize(
    ("sport_type", "trainer", "expected"),
    [
        ("Run", "false", "Outdoor Run"),
        ("Run", None, "Outdoor Run"),
        ("Run", "true", "Treadmill Run"),
        ("TrailRun", "false", "Outdoor Run"),
        ("VirtualRun", "false", "Treadmill Run"),
        ("VirtualRun", None, "Treadmill Run"),
    ],
)
def test_what_is_indoors_is_a_treadmill_run(sport_type: str, trainer: str | None, expected: str) -> None:
    assert the_run(sport_type=sport_type, trainer=trainer)["type"] == expected


@pytest.mark.parametrize(
    "sport_type", ["Ride", "Walk", "Snowshoe", "A sport of next year", "run", "", "Run "]
)
def test_other_sports_are_no_runs_and_no_errors(sport_type: str) -> None:
    normalized = normalize(row(sport_type=sport_type, distance=None, elapsed_time="x"))
    assert normalized.others.rows() == [("strava_1", sport_type)]
    assert normalized.runs.is_empty()
    assert normalized.rejects.is_empty()


def test_an_activity_without_a_sport_is_no_run() -> None:
    assert normalize(row(sport_type=None)).others.rows() == [("strava_1", "unknown")]


def test_a_deleted_activity_is_withdrawn_whatever_it_was() -> None:
    rows = [
        row(run_id="strava_1", is_deleted="t"),
        row(run_id="strava_2", is_deleted="t", sport_type="Ride"),
        row(run_id="strava_3", is_deleted="t", sport_type=None, distance=None, elapsed_time=None),
        row(run_id="strava_4"),
    ]
    normalized = normalize(*rows)
    assert normalized.withdrawn.rows() == [(f"strava_{number}", GONE) for number in (1, 2, 3)]
    assert normalized.runs["run_id"].to_list() == ["strava_4"]
    assert normalized.others.is_empty()
    assert normalized.rejects.is_empty()


def test_a_run_of_no_distance_is_still_a_run() -> None:
    assert the_run(distance="0", elapsed_time="0")["distance"] == 0


@pytest.mark.parametrize(("text", "expected"), [("20", 20), ("146.3", 146.3), ("250.0", 250)])
def test_a_heart_rate_is_kept(text: str, expected: float) -> None:
    assert the_run(average_heartrate=text)["avg_heart_rate"] == expected


@pytest.mark.parametrize("text", [None, "0", "19.9", "250.1", "-60", "NaN", "high"])
def test_a_heart_rate_that_no_runner_has_is_left_out(text: str | None) -> None:
    assert the_run(average_heartrate=text)["avg_heart_rate"] is None


def test_nothing_becomes_nothing_with_the_same_columns() -> None:
    full = normalize(
        row(), row(sport_type="Ride"), row(distance=None), row(is_deleted="t"), row(gear_id="g1")
    )
    empty = normalize()
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
    for frame in ("others", "withdrawn", "rejects"):
        assert getattr(full, frame).schema == getattr(empty, frame).schema


# Why an activity is rejected, in the words that its owner reads.


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"distance": None}, "Distance is missing; expected metres such as 5000"),
        ({"distance": "far"}, 'Distance "far" is not a number; expected metres such as 5000'),
        ({"distance": "Infinity"}, 'Distance "Infinity" is not a number; expected metres such as 5000'),
        ({"distance": "-3"}, 'Distance "-3" is negative; expected metres such as 5000'),
        ({"elapsed_time": None}, "Elapsed time is missing; expected seconds, such as 1500"),
        ({"elapsed_time": "NaN"}, 'Elapsed time "NaN" is not a number; expected seconds, such as 1500'),
        ({"elapsed_time": "-1"}, 'Elapsed time "-1" is negative; expected seconds, such as 1500'),
        (
            {"start_date": "1899-12-31 23:59:59+00"},
            'Start "1899-12-31 23:59:59+00" is before 1900; expected something like 2025-02-03 07:30:00+00',
        ),
        (
            {"start_date": "2026-11-25 00:00:01+00"},
            'Start "2026-11-25 00:00:01+00" lies in the future; expected a time that has come',
        ),
        (
            {"start_date": "0044-03-15 12:00:00+00 BC"},
            f'Start "0044-03-15 12:00:00+00 BC" is not a time of this era; {A_START}',
        ),
    ],
)
def test_a_reason_names_the_field_what_was_found_and_what_is_expected(
    given: dict[str, str | None], expected: str
) -> None:
    assert the_reason(**given) == expected


def test_all_faults_of_an_activity_are_named_at_once() -> None:
    assert the_reason(distance="{}", elapsed_time=None) == (
        'Distance "{}" is not a number; expected metres such as 5000. '
        "Elapsed time is missing; expected seconds, such as 1500"
    )


def test_a_reason_is_one_line_of_bearable_length() -> None:
    reason = the_reason(distance='{"metres":\n 5} ' * 1_000)
    assert "\n" not in reason
    assert len(reason) < 150


def test_tomorrow_may_be_today_elsewhere() -> None:
    assert the_run(start_date="2026-11-24 23:59:59+00")["datetime_utc"].day == 24


CELLS = st.fixed_dictionaries(
    {
        "start_date": st.datetimes(datetime(1890, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
            lambda start: f"{start:%Y-%m-%d %H:%M:%S}+00"
        ),
        "sport_type": st.sampled_from(["Run", "TrailRun", "VirtualRun", "Ride", None]) | st.text(max_size=4),
        "trainer": st.sampled_from(["true", "false", "1", None]),
        "distance": st.none()
        | st.sampled_from(["0", "-0", "5000", "8046.7", "1e400", "-3", "inf", "nan", "0.1e-5", ""])
        | st.floats().map(repr)
        | st.text("0123456789+-.eE_xnaif \u0663", max_size=5),
        "elapsed_time": st.none() | st.sampled_from(["2700", "2700.5", "-1", "x"]) | st.integers().map(str),
        "average_heartrate": st.none() | st.floats(0, 300).map(repr) | st.sampled_from(["x", "inf"]),
        "gear_id": st.sampled_from([None, "g1", "g2", "g3", "b1", "b2", "", "G1"]),
        "is_deleted": st.sampled_from(["f", "f", "f", "t"]),
    }
)
GEAR_NAMES = st.dictionaries(
    st.sampled_from(["g1", "g2", "b1", "b2"]), st.sampled_from(["Ghost 15", "ghost-15", "Zoom", " ", "👟"])
)
ALIASES = st.dictionaries(st.sampled_from(["ghost_15", "zoom"]), st.just("Chosen 1"))


@given(st.lists(CELLS, max_size=12), GEAR_NAMES, ALIASES)
@settings(deadline=None, max_examples=300)
def test_every_activity_ends_where_the_reference_says(
    given_rows: list[dict[str, str | None]], gear_names: dict[str, str], aliases: dict[str, str]
) -> None:
    rows = [row(**cells, run_id=f"strava_{number}") for number, cells in enumerate(given_rows)]
    normalized = normalize(*rows, gear_names=gear_names, shoe_aliases=aliases)
    outcomes = [(cells["run_id"], *outcome_of(cells, gear_names, aliases, TODAY)) for cells in rows]
    assert normalized.runs.to_dicts() == [values for _, kind, values in outcomes if kind == "run"]
    assert normalized.others.rows() == [(id, sport) for id, kind, sport in outcomes if kind == "other"]
    assert normalized.withdrawn.rows() == [(id, GONE) for id, kind, _ in outcomes if kind == "withdrawn"]
    assert normalized.rejects["key"].to_list() == [id for id, kind, _ in outcomes if kind == "reject"]
    assert all("; expected" in reason for reason in normalized.rejects["reason"])
