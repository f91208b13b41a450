"""`fitness-pipeline status`: what is in the database, and what needs attention."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, print_json, print_table
from fitness_pipeline.settings import DEMO, Settings, load_settings

if TYPE_CHECKING:
    from fitness_pipeline.db.provider_connections import ProviderConnection


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show the tables, watermarks, last imports and what needs attention."""
    from fitness_pipeline.db.calendar_work import count_events
    from fitness_pipeline.db.conflicts import count_open_conflicts
    from fitness_pipeline.db.connection import connect
    from fitness_pipeline.db.ingested_files import list_files
    from fitness_pipeline.db.overview import get_overview, get_watermarks
    from fitness_pipeline.db.provider_connections import get_connections
    from fitness_pipeline.steps.normalize import PROVIDERS, is_behind

    settings = load_settings()
    with connect() as connection:
        open_conflicts = count_open_conflicts(conn=connection)
        overview = replace(get_overview(conn=connection), open_conflicts=open_conflicts)
        are_runs_behind = any(is_behind(provider, settings, conn=connection) for provider in PROVIDERS)
        watermarks = get_watermarks(conn=connection)
        files = list_files(5, conn=connection)
        connections = get_connections(conn=connection)
        calendar = count_events(conn=connection)
    if as_json:
        print_json(
            {
                "environment": settings.env,
                "tables": overview,
                "connections": connections,
                "watermarks": watermarks,
                "imports": files,
                "calendar": calendar,
            }
        )
        return
    where = f"embedded, {settings.postgres_dir}" if settings.is_embedded else "at DATABASE_URL"
    console.print(f"[bold]{settings.env}[/bold]: Postgres, {escape(where)}")
    print_table(
        ("runs", "deleted", "edited by you", "versions", "shoes", "lifts", "on the calendar"),
        [
            (
                overview.runs,
                overview.deleted_runs,
                overview.edited_runs,
                overview.versions,
                overview.shoes,
                overview.lifts,
                overview.calendar_events,
            )
        ],
    )
    print_table(
        ("provider", "state", "next step"), _connection_rows(settings, connections), title="Connections"
    )
    if watermarks:
        print_table(
            ("provider", "complete up to"),
            [(provider, f"{at:%Y-%m-%d %H:%M} UTC") for provider, at in watermarks.items()],
            title="Watermarks",
        )
    if files:
        print_table(
            ("when (UTC)", "file", "outcome", "rows", "new", "changed", "unchanged", "not read"),
            [
                (
                    f"{file.ingested_at:%Y-%m-%d %H:%M}",
                    file.name,
                    file.status,
                    file.rows_found,
                    file.rows_new,
                    file.rows_changed,
                    file.rows_unchanged,
                    file.rows_rejected,
                )
                for file in files
            ],
            title="Last imports",
        )
    for file in files:
        if file.refusal_reason:
            console.print(f"Refused: {escape(file.refusal_reason)}")
    if are_runs_behind:
        console.print(
            "[bold]The runs are behind what was read.[/bold] `fitness-pipeline up` catches up by itself; "
            "so does any import."
        )
    if overview.open_rejects:
        console.print(f"{overview.open_rejects} rows are rejected: `fitness-pipeline rejects` says why.")
    if overview.open_conflicts:
        console.print(
            f"{overview.open_conflicts} of your edits differ from what the source says; yours stay. "
            "`fitness-pipeline conflicts` shows them and settles them."
        )
    if calendar.failed:
        console.print(
            f"Google refused {calendar.failed} events, such as: {escape(calendar.first_error or '')} They "
            "are tried again by themselves; `fitness-pipeline calendar resync RUN` tries one at once."
        )
    if calendar.declined:
        console.print(
            f"{calendar.declined} runs stay off the calendar, because you deleted their events; "
            "`fitness-pipeline calendar resync RUN` brings one back."
        )
    if not overview.runs:
        console.print(
            f"There are no runs yet. Drop an export into {escape(str(settings.inbox_dir))} while "
            "`fitness-pipeline up` runs, or use `fitness-pipeline import FILE`. What `demo` made is in a "
            "database of its own: `fitness-pipeline --env demo status`."
        )


def _connection_rows(
    settings: Settings, connections: Sequence["ProviderConnection"]
) -> list[tuple[str, str, str]]:
    """Return how each provider that can be connected is, and what to do about it."""
    if settings.env == DEMO:
        played = "played by a stand-in while `demo` or `--env demo up` runs"
        return [(provider, played, "") for provider in ("google", "hevy", "strava")]
    known = {connection.provider: connection for connection in connections}
    rows = []
    for provider in sorted({"google", "strava", *known}):
        connection = known.get(provider)
        connect = f"fitness-pipeline auth {provider}"
        if connection is not None and (reason := connection.needs_reauthorization_reason):
            rows.append((provider, f"needs re-authorisation: {reason}", connect))
        elif connection is not None and connection.is_stored:
            rows.append((provider, f"connected since {connection.connected_at:%Y-%m-%d %H:%M} UTC", ""))
        elif provider == "strava" and settings.strava_refresh_token is not None:
            rows.append((provider, "will begin with STRAVA_REFRESH_TOKEN", ""))
        else:
            rows.append((provider, "not connected", connect))
    has_key = settings.hevy_api_key is not None
    rows.append(("hevy", "by HEVY_API_KEY", "") if has_key else ("hevy", "not connected", "set HEVY_API_KEY"))
    return sorted(rows)
