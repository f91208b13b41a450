"""The check of `calendar_events`: it warns of what Google refused, and blocks nothing."""

import dagster as dg

from fitness_pipeline.automation.calendar_checks import events_are_taken
from fitness_pipeline.db.calendar_wishes import decline_event
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.definitions import defs
from fitness_pipeline_tests.calendar_sync import add_runs


def checked() -> dg.AssetCheckResult:
    result = events_are_taken()
    assert isinstance(result, dg.AssetCheckResult)
    return result


def counts(result: dg.AssetCheckResult) -> dict[str, object]:
    return {name: value.value for name, value in (result.metadata or {}).items()}


def test_it_warns_of_events_that_google_refused(connection: AnyConnection) -> None:
    add_runs(connection, 3)
    assert checked().passed
    connection.execute(
        """
        insert into normalized.calendar_events
               (run_id, generation, calendar_id, wanted_hash, wanted_version, error, retry_at)
        values ('strava_1', 0, 'primary', 'a', 1, 'Google answered 400 invalid: Bad thing.', now()),
               ('strava_2', 0, 'primary', 'a', 1, null, null)
        """
    )
    decline_event("strava_3", "primary", conn=connection)
    result = checked()
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.description == (
        "Google refused 1 events, such as: Google answered 400 invalid: Bad thing. They are tried again by "
        "themselves, less and less often."
    )
    told = counts(result)
    assert (told["refused"], told["waiting"], told["not_wanted"]) == (1, 1, 1)
    connection.execute("update normalized.calendar_events set error = null")
    assert checked().passed


def test_it_blocks_nothing() -> None:
    graph = defs.resolve_asset_graph()
    key = dg.AssetCheckKey(dg.AssetKey(["calendar_events"]), "events_are_taken")
    assert not graph.get_check_spec(key).blocking
