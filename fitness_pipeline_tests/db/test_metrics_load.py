"""TRIMP and training load, worked out by hand from the published formulas.

TRIMP: E. W. Banister, "Modeling elite athletic performance" (1991), with the weights 0.64 e^(1.92 r) for men
and 0.86 e^(1.67 r) for women. Averages that fade by e^(-1/7) and e^(-1/42) a day: R. H. Morton,
J. R. Fitz-Clarke, E. W. Banister, "Modeling human performance in running", Journal of Applied Physiology 69
(1990).
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.metrics_load import (
    DayTrainingLoad,
    Heart,
    Sex,
    training_load_by_day,
    trimp_by_day,
)
from fitness_pipeline.db.metrics_period import MetricsPeriod
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline_tests.builders import CHICAGO, create_runs, new_run

TODAY = date(2026, 12, 1)
MAN = Heart(max_hr=192, resting_hr=42, sex="M")
WOMAN = Heart(max_hr=192, resting_hr=42, sex="F")

# Half of the reserve for an hour: 60 * 0.5 * 0.64 * e^0.96, and 60 * 0.5 * 0.86 * e^0.835.
HALF_FOR_AN_HOUR = {"M": 50.14457228972386, "F": 59.46420244580492}
ACUTE_KEPT, CHRONIC_KEPT = 0.8668778997501816, 0.9764716866522433  # e^(-1/7), e^(-1/42)


def days(first: date, last: date, time_zone: str = "UTC") -> MetricsPeriod:
    return MetricsPeriod(first=first, last=last, today=TODAY, time_zone=time_zone)


def run_for(
    connection: AnyConnection, seconds: float, heart_rate: float | None, start: datetime, id: str = "mmf_1"
) -> None:
    create_runs(connection, new_run(id, datetime_utc=start, duration=seconds, avg_heart_rate=heart_rate))


def run_every_day(connection: AnyConnection, first: date, how_often: int) -> None:
    """Store an hour at half of the reserve for each of so many days."""
    connection.execute(
        """
        insert into runs (id, datetime_utc, type, distance, duration, source, avg_heart_rate)
        select 'mmf_' || number, (%s::date + number)::timestamp at time zone 'UTC' + interval '12 hours',
               'Outdoor Run', 5, 3600, 'MapMyFitness', 117
        from generate_series(0, %s) as number
        """,
        [first, how_often - 1],
    )


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sex", "seconds", "heart_rate", "expected"),
    [
        ("M", 3600, 117, HALF_FOR_AN_HOUR["M"]),
        ("F", 3600, 117, HALF_FOR_AN_HOUR["F"]),
        ("M", 1800, 162, 71.36208655749776),  # 30 * 0.8 * 0.64 * e^1.536
        ("M", 1800, 192, 130.96240261038238),  # 30 * 1 * 0.64 * e^1.92
        ("M", 1800, 230, 130.96240261038238),  # no more than all of the reserve is used
        ("F", 1800, 250, 137.0539291672741),  # 30 * 1 * 0.86 * e^1.67
        ("M", 1800, 42, 0),
        ("M", 1800, 30, 0),  # and no less than nothing
        ("M", 1800, None, 0),
    ],
)
def test_trimp_is_that_of_the_formula(
    scratch: AnyConnection, sex: Sex, seconds: float, heart_rate: float | None, expected: float
) -> None:
    today = date(2026, 3, 2)
    run_for(scratch, seconds, heart_rate, noon(today))
    heart = Heart(max_hr=192, resting_hr=42, sex=sex)
    (found,) = trimp_by_day(days(today, today), heart, conn=scratch)
    assert found.date == today
    assert found.trimp == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "UTC", CHICAGO, "Pacific/Pago_Pago"])
def test_a_day_has_the_trimp_of_all_its_runs_in_that_zone(scratch: AnyConnection, name: str) -> None:
    zone = ZoneInfo(name)
    run_for(scratch, 3600, 117, datetime(2026, 3, 8, tzinfo=zone), "mmf_1")
    run_for(scratch, 3600, 117, datetime(2026, 3, 8, 23, 59, 59, tzinfo=zone), "mmf_2")
    run_for(scratch, 3600, 117, datetime(2026, 3, 9, tzinfo=zone), "mmf_3")
    run_for(scratch, 3600, 117, datetime(2026, 3, 9, 7, tzinfo=zone), "mmf_4")
    db.runs_history.soft_delete_run("mmf_4", "runner", conn=scratch)
    once = HALF_FOR_AN_HOUR["M"]
    (alone,) = trimp_by_day(days(date(2026, 3, 8), date(2026, 3, 8), name), MAN, conn=scratch)
    assert alone.trimp == pytest.approx(2 * once, rel=1e-12)
    found = trimp_by_day(days(date(2026, 3, 7), date(2026, 3, 10), name), MAN, conn=scratch)
    assert [day.date.day for day in found] == [7, 8, 9, 10]
    assert [day.trimp for day in found] == pytest.approx([0, 2 * once, once, 0], rel=1e-12)


@pytest.mark.parametrize(("max_hr", "resting_hr"), [(42, 42), (41.9, 42), (1, 300)])
def test_nobodys_greatest_heart_rate_is_that_at_rest(max_hr: float, resting_hr: float) -> None:
    with pytest.raises(InvalidValue, match="has to be above"):
        Heart(max_hr=max_hr, resting_hr=resting_hr, sex="M")


def test_the_load_of_one_run_begins_at_its_part_and_fades(scratch: AnyConnection) -> None:
    monday = date(2026, 3, 2)
    run_for(scratch, 3600, 117, noon(monday))
    found = training_load_by_day(days(date(2026, 3, 1), date(2026, 3, 4)), WOMAN, conn=scratch)
    trimp = HALF_FOR_AN_HOUR["F"]
    acute, chronic = (1 - ACUTE_KEPT) * trimp, (1 - CHRONIC_KEPT) * trimp  # 7.916 and 1.399
    assert found[0] == DayTrainingLoad(date=date(2026, 3, 1), atl=0, ctl=0, tsb=0, trimp=0)
    assert [day.trimp for day in found[1:]] == pytest.approx([trimp, 0, 0], rel=1e-12)
    assert [day.atl for day in found[1:]] == pytest.approx(
        [acute, acute * ACUTE_KEPT, acute * ACUTE_KEPT**2], rel=1e-12
    )
    assert [day.ctl for day in found[1:]] == pytest.approx(
        [chronic, chronic * CHRONIC_KEPT, chronic * CHRONIC_KEPT**2], rel=1e-12
    )
    # The day's balance is that of its own loads, not of those of the day before.
    assert [day.tsb for day in found] == [day.ctl - day.atl for day in found]
    assert found[1].tsb == pytest.approx(-6.516907, abs=1e-6)


def test_the_load_counts_what_was_run_before_the_period(scratch: AnyConnection) -> None:
    run_every_day(scratch, date(2025, 1, 1), 400)
    whole = training_load_by_day(days(date(2025, 1, 1), date(2026, 3, 31)), MAN, conn=scratch)
    part = training_load_by_day(days(date(2026, 3, 1), date(2026, 3, 31)), MAN, conn=scratch)
    assert part == whole[-31:]


def test_a_run_without_a_heart_rate_begins_no_load(scratch: AnyConnection) -> None:
    run_for(scratch, 3600, None, noon(date(2026, 3, 1)), "mmf_1")
    run_for(scratch, 3600, 117, noon(date(2026, 3, 2)), "mmf_2")
    found = training_load_by_day(days(date(2026, 3, 1), date(2026, 3, 2)), MAN, conn=scratch)
    assert (found[0].atl, found[0].ctl) == (0, 0)
    assert found[1].atl == pytest.approx((1 - ACUTE_KEPT) * HALF_FOR_AN_HOUR["M"], rel=1e-12)


def test_the_load_of_every_day_alike_comes_to_that_of_a_day_and_stays_for_thirty_years(
    scratch: AnyConnection,
) -> None:
    first, how_often = date(1996, 1, 1), 10_950
    run_every_day(scratch, first, how_often)
    last = first + timedelta(days=how_often - 1)
    found = training_load_by_day(days(first, last), MAN, conn=scratch)
    trimp = HALF_FOR_AN_HOUR["M"]
    assert len(found) == how_often
    # The sum of a geometric series: trimp * (1 - kept^n).
    for number in (1, 7, 42, 365, 3_650, how_often):
        day = found[number - 1]
        assert day.atl == pytest.approx(trimp * (1 - ACUTE_KEPT**number), rel=1e-12)
        assert day.ctl == pytest.approx(trimp * (1 - CHRONIC_KEPT**number), rel=1e-12)
    assert found[-1].tsb == pytest.approx(0, abs=1e-10)


def test_the_load_fades_through_decades_without_a_run(scratch: AnyConnection) -> None:
    run_for(scratch, 3600, 192, noon(date(1930, 1, 1)))
    found = training_load_by_day(days(date(1930, 1, 1), date(2026, 1, 1)), MAN, conn=scratch)
    assert len(found) == 35_065
    assert [day.ctl for day in found] == sorted((day.ctl for day in found), reverse=True)
    assert 0 <= found[-1].atl <= found[-1].ctl < 1e-300
    (alone,) = training_load_by_day(days(date(2026, 1, 1), date(2026, 1, 1)), MAN, conn=scratch)
    assert (alone.atl, alone.ctl) == (0, 0)
