"""A used up quarter of an hour is waited for to its real end; a used up day is left to a later sync."""

from datetime import UTC, datetime, timedelta

import pytest

from fitness_pipeline.assets.patience import within_quota
from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline_tests.moments import NOW

QUARTER = OutOfQuota("Used up until 14:15.", resets_at=NOW + timedelta(seconds=450), is_daily=False)
DAY = OutOfQuota("Go on tomorrow.", resets_at=datetime(2026, 3, 11, tzinfo=UTC), is_daily=True)


class Action:
    """Meets one error after the other, then succeeds."""

    def __init__(self, *errors: OutOfQuota) -> None:
        self._errors = list(errors)
        self.said: list[str] = []
        self.slept: list[float] = []

    def __call__(self) -> str:
        if self._errors:
            raise self._errors.pop(0)
        return "done"

    def patiently(self, now: datetime = NOW) -> str:
        return within_quota(self, on_wait=self.said.append, clock=lambda: now, sleep=self.slept.append)


def test_a_quarter_of_an_hour_is_waited_for_to_its_end() -> None:
    action = Action(QUARTER, QUARTER)
    assert action.patiently() == "done"
    assert action.slept == [455, 455]
    assert action.said == ["Used up until 14:15. Waiting."] * 2


def test_one_that_is_over_already_is_hardly_waited_for() -> None:
    action = Action(QUARTER)
    assert action.patiently(NOW + timedelta(hours=1)) == "done"
    assert action.slept == [5]


def test_a_day_is_left_to_a_later_sync() -> None:
    action = Action(DAY)
    with pytest.raises(OutOfQuota, match="Go on tomorrow"):
        action.patiently()
    assert action.slept == []
