"""The asset `calendar_events`: what it tells, and when it is skipped."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from fitness_pipeline.assets.calendar_events import calendar_events
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, connected, known_events, run

CALM = {"console": {"config": {"log_level": "CRITICAL"}}}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A Dagster that forgets everything."""
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def runs(data_dir: Path, database_url: str, connection: AnyConnection) -> AnyConnection:
    """A database with two runs of the last days, and one of long ago; nothing is connected."""
    now = datetime.now(UTC)
    create_runs(connection, *(run(days, datetime_utc=now - timedelta(days=days)) for days in (1, 2, 500)))
    return connection


@pytest.fixture
def google(runs: AnyConnection, environment: pytest.MonkeyPatch) -> Iterator[CalendarSyncer]:
    """A Google Calendar that is connected now."""
    with connected(environment, at=datetime.now(UTC)) as syncer:
        yield syncer


def materialize(instance: dg.DagsterInstance, **options: Any) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [calendar_events],
        instance=instance,
        run_config={"loggers": CALM, "ops": {"calendar_events": {"config": options}}},
        raise_on_error=False,
    )


def told(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    assert result.success
    (event,) = result.get_asset_materialization_events()
    metadata = event.step_materialization_data.materialization.metadata
    return {name: value.value for name, value in metadata.items()}


def said(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> str:
    """What the step logged."""
    return "\n".join(entry.user_message for entry in instance.all_logs(result.run_id))


def test_it_tells_the_plan_and_what_was_done(instance: dg.DagsterInstance, google: CalendarSyncer) -> None:
    done = told(materialize(instance))
    counts = ("created", "updated", "deleted", "failed", "deleted_by_the_runner", "requests")
    assert done["plan"] == "2 create, 0 update, 0 delete"
    assert [done[name] for name in counts] == [2, 0, 0, 0, 0, 1]
    assert done["dagster/table_name"] == "public.synced_runs"
    assert "strava_1" in done["preview"]
    assert {run_id for run_id, _ in google.shown()} == {"strava_1", "strava_2"}
    assert told(materialize(instance))["plan"] == "0 create, 0 update, 0 delete"


def test_while_google_is_not_connected_it_is_skipped_with_a_sentence(
    instance: dg.DagsterInstance, runs: AnyConnection
) -> None:
    result = materialize(instance)
    assert result.success
    assert result.get_asset_materialization_events() == []
    assert "Skipped. Google Calendar is not connected." in said(instance, result)
    assert "fitness-pipeline auth google" in said(instance, result)
    assert known_events(runs) == []


def test_a_dry_run_tells_the_plan_and_does_nothing(
    instance: dg.DagsterInstance, google: CalendarSyncer, runs: AnyConnection
) -> None:
    result = materialize(instance, dry_run=True)
    assert result.success
    assert result.get_asset_materialization_events() == []
    (observed,) = result.get_asset_observation_events()
    metadata = observed.asset_observation_data.asset_observation.metadata
    assert metadata["plan"].value == "2 create, 0 update, 0 delete"
    assert "A sync would do this: 2 create, 0 update, 0 delete." in said(instance, result)
    assert (google.sandbox.log.count(), known_events(runs)) == (0, [])


def test_older_runs_are_shown_when_they_are_asked_for(
    instance: dg.DagsterInstance, google: CalendarSyncer
) -> None:
    assert told(materialize(instance, since="2000-01-31"))["created"] == 3


def test_a_day_that_is_none_is_refused(instance: dg.DagsterInstance, google: CalendarSyncer) -> None:
    result = materialize(instance, since="last year")
    assert not result.success
    assert "'last year' is no day. Write `since` as 2020-01-31." in said(instance, result) + reason(result)


def test_a_refused_event_is_counted_and_no_failure(
    instance: dg.DagsterInstance, google: CalendarSyncer
) -> None:
    google.sandbox.faults.order(Answer(errors.invalid("Bad thing.")), inner=True, at=1)
    result = materialize(instance)
    assert (told(result)["created"], told(result)["failed"]) == (1, 1)
    assert "Google refused 1 events; `fitness-pipeline status` tells why." in said(instance, result)


def test_used_up_quota_is_a_failure_that_says_until_when_and_is_not_retried(
    instance: dg.DagsterInstance, google: CalendarSyncer
) -> None:
    google.sandbox.limits.quota_exceeded = True
    result = materialize(instance)
    assert not result.success
    assert reason(result).startswith("Google Calendar takes no more events until ")
    assert google.sandbox.log.count("/batch/*") == 1


def reason(result: dg.ExecuteInProcessResult) -> str:
    """The sentence that the step failed with."""
    (event,) = result.filter_events(lambda event: event.is_step_failure)
    failure = event.step_failure_data.user_failure_data
    return str(failure.description) if failure is not None else ""
