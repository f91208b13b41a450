"""What a sync reads: one rule decides between full, days, what may be new, and months."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.steps.strava_plan import BEGINNING, ReadPlan, ReadRequest, plan_read

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
OVERLAP = timedelta(days=14)
JANUARY = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
END = NOW + timedelta(days=2)

requests = st.builds(
    ReadRequest,
    is_full=st.booleans(),
    is_incremental=st.booleans(),
    months=st.none() | st.just(JANUARY),
    since=st.none() | st.just(date(2026, 3, 1)),  # after January
    until=st.none() | st.just(date(2026, 3, 31)),
)


def plan(request: ReadRequest, last_synced_at: datetime | None = YESTERDAY) -> ReadPlan:
    return plan_read(request, last_synced_at=last_synced_at, now=NOW, overlap=OVERLAP)


@given(requests, st.none() | st.just(YESTERDAY))
def test_the_precedence_is_full_then_days_then_what_may_be_new_then_months(
    request: ReadRequest, last_synced_at: datetime | None
) -> None:
    has_days = request.since is not None or request.until is not None
    if request.is_full and has_days:
        with pytest.raises(InvalidValue, match="Leave out since and until"):
            plan(request, last_synced_at)
        return
    if has_days and request.months is not None and not (request.since is None and request.until):
        with pytest.raises(InvalidValue, match="Select no month"):
            plan(request, last_synced_at)
        return
    planned = plan(request, last_synced_at)
    if request.is_full:
        assert (planned.kind, planned.after, planned.before) == ("full", BEGINNING, END)
    elif has_days:
        first = datetime(2026, 3, 1, tzinfo=UTC) if request.since is not None else BEGINNING
        last = datetime(2026, 4, 1, tzinfo=UTC) if request.until is not None else END
        assert (planned.kind, planned.after, planned.before) == ("window", first, last)
    elif request.months is not None and not request.is_incremental:
        assert (planned.kind, planned.after, planned.before) == ("window", *JANUARY)
    elif last_synced_at is None:
        assert (planned.kind, planned.after, planned.before) == ("full", BEGINNING, END)
    else:
        assert (planned.kind, planned.after, planned.before) == ("incremental", YESTERDAY - OVERLAP, END)


@given(requests)
def test_only_what_reaches_to_the_present_without_a_gap_moves_the_watermark(request: ReadRequest) -> None:
    if request.is_full:
        request = ReadRequest(is_full=True)
    if request.since is not None:
        request = replace(request, months=None)
    planned = plan(request)
    reaches_back = planned.after <= YESTERDAY and planned.before >= NOW
    assert planned.moves_watermark == (planned.kind != "window")
    assert reaches_back or not planned.moves_watermark


def test_only_what_may_be_new_uses_the_reserve_of_the_rate_limits() -> None:
    assert plan(ReadRequest()).is_live
    assert not plan(ReadRequest(is_full=True)).is_live
    assert not plan(ReadRequest(months=JANUARY)).is_live
    assert not plan(ReadRequest(), None).is_live


def test_a_watermark_in_the_future_is_not_believed() -> None:
    assert plan(ReadRequest(), NOW + timedelta(days=300)).kind == "full"


def test_days_at_the_ends_of_the_calendar_mean_everything() -> None:
    planned = plan(ReadRequest(since=date.min, until=date.max))
    assert (planned.after, planned.before) == (BEGINNING, END)


def test_a_single_day_is_read_from_midnight_to_midnight() -> None:
    day = date(2026, 3, 1)
    planned = plan(ReadRequest(since=day, until=day))
    assert (planned.after, planned.before) == (
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("since", "until", "advice"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "Exchange since and until"),
        (date(2027, 1, 1), None, "Give a day of the past"),
    ],
)
def test_days_that_cannot_be_read_are_refused(since: date, until: date | None, advice: str) -> None:
    with pytest.raises(InvalidValue, match=advice):
        plan(ReadRequest(since=since, until=until))
