"""Rate limits that are remembered in the database: for the next sync, and for every other process."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.rate_limits import find_rate_limits
from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline.models import RateLimit, RateLimits
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline.steps.strava_quota import StravaQuota
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST

LIMITS = RateLimits(
    overall=RateLimit(quarter_limit=200, day_limit=2000, quarter_used=7, day_used=70),
    read=RateLimit(quarter_limit=100, day_limit=1000, quarter_used=6, day_used=60),
    observed_at=NOW,
)
# Another process, whose clock stands where the test says.
ASK = """
import sys
from datetime import datetime
from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline.steps.strava_quota import StravaQuota
now = datetime.fromisoformat(sys.argv[1])
settings = load_settings()
access = StravaAccess(settings, clock=lambda: now)
with StravaQuota() as quota, StravaApi(
    settings.strava_api_url, access.token, quota, is_live=True, clock=lambda: now
) as api:
    try:
        print(api.list_activities(after=0, before=1, page=1).size)
    except OutOfQuota as error:
        print(error.resets_at, api.calls)
"""


@pytest.fixture
def sandbox(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[StravaSandbox]:
    """A Strava that the settings name."""
    with StravaSandbox(clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


def ask(clock: SettableClock, *, is_live: bool = True) -> int:
    """Ask as one sync does; return how many requests it was."""
    settings = load_settings()
    access = StravaAccess(settings, clock=clock)
    with (
        StravaQuota() as quota,
        StravaApi(settings.strava_api_url, access.token, quota, is_live=is_live, clock=clock) as api,
    ):
        assert api.list_activities(after=0, before=1, page=1).is_empty
        return api.calls


def ask_in_another_process(clock: SettableClock) -> str:
    command = [sys.executable, "-c", ASK, clock.now.isoformat()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_what_is_saved_is_there_for_everybody_at_once(connection: AnyConnection) -> None:
    with StravaQuota() as quota:
        assert quota.load() is None
        quota.save(LIMITS)
        assert find_rate_limits("strava", conn=connection) == quota.load() == LIMITS


def test_a_quota_that_is_not_entered_works_too(database_url: str) -> None:
    StravaQuota().save(LIMITS)
    assert StravaQuota().load() == LIMITS


def test_a_quota_can_be_entered_again(database_url: str) -> None:
    quota = StravaQuota()
    for _ in range(2):
        with quota:
            quota.save(LIMITS)
    assert quota.load() == LIMITS


def test_a_sync_remembers_what_it_used_although_it_is_taken_back(
    sandbox: StravaSandbox, clock: SettableClock, connection: AnyConnection
) -> None:
    with connection.transaction(force_rollback=True):
        assert ask(clock) == 1
    found = StravaQuota().load()
    assert found is not None
    assert found.read == RateLimit(quarter_limit=100, day_limit=1000, quarter_used=1, day_used=1)


def test_what_one_process_used_up_another_does_not_ask_for(
    sandbox: StravaSandbox, clock: SettableClock
) -> None:
    sandbox.limits.use(quarter_hour=98, day=98)
    assert ask_in_another_process(clock) == "0"
    assert ask(clock) == 1
    assert ask_in_another_process(clock) == "2026-03-10 14:15:00+00:00 0"
    with pytest.raises(OutOfQuota):
        ask(clock)
    assert sandbox.log.count(LIST) == 2
    clock.now = NOW.replace(minute=15, second=0)
    assert ask_in_another_process(clock) == "0"


def test_a_day_that_is_used_up_ends_at_midnight(sandbox: StravaSandbox, clock: SettableClock) -> None:
    sandbox.limits.use(quarter_hour=1, day=999)
    ask(clock)
    clock.advance(timedelta(hours=1))
    with pytest.raises(OutOfQuota) as raised:
        ask(clock)
    assert raised.value.is_daily
    clock.now = raised.value.resets_at
    assert ask(clock) == 1


def test_what_a_backfill_leaves_the_live_sync_may_use(sandbox: StravaSandbox, clock: SettableClock) -> None:
    sandbox.limits.use(quarter_hour=89, day=89)
    ask(clock, is_live=False)
    with pytest.raises(OutOfQuota, match="kept for new activities"):
        ask(clock, is_live=False)
    assert ask(clock, is_live=True) == 1


def test_limits_are_saved_without_waiting_for_the_disk(connection: AnyConnection) -> None:
    """And nothing else becomes less safe by it."""
    connection.execute(
        """
        create table seen as select current_setting('synchronous_commit') as mode;
        create function look() returns trigger language plpgsql as
            'begin insert into seen select current_setting(''synchronous_commit''); return new; end';
        create trigger look before insert on raw.rate_limits for each row execute function look();
        """
    )
    with StravaQuota() as quota:
        quota.save(LIMITS)
        assert quota._connection is not None
        assert quota._connection.execute("show synchronous_commit").fetchone() == ("on",)
    assert connection.execute("select mode from seen").fetchall() == [("on",), ("off",), ("off",)]
