"""From Strava's gear to `raw.strava_gear`: each piece asked for once, and now and then again."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.strava_gear import get_gear_to_ask_for, record_unreadable_gear, store_gear
from fitness_pipeline.errors import InvalidValue, PermissionRefused, ProviderError, UnexpectedReply
from fitness_pipeline.steps.strava_access import utc_now

# A weekly full sync asks again, however much earlier than a week after the last one it begins.
ASKED_AGAIN_AFTER = timedelta(days=6)


class GearApi(Protocol):
    """What this step needs of Strava's API."""

    def read_gear(self, gear_id: str) -> bytes | None:
        """Return the body of the reply for a piece of gear, or None when Strava has none of that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GearCounts:
    """What became of the gear that was to be asked for.

    Attributes:
        unreadable: of which Strava gave nothing that can be used.
        postponed: that were not asked for, or in vain, and will be the next time.
        reason: why, in a sentence.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unreadable: int = 0
    postponed: int = 0
    reason: str | None = None

    @property
    def asked(self) -> int:
        """How many were asked for and answered."""
        return self.new + self.changed + self.unchanged + self.unreadable


def read_strava_gear(
    api: GearApi,
    *,
    is_full: bool,
    dagster_run_id: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    conn: AnyConnection | None = None,
) -> GearCounts:
    """Ask for the gear that was never asked for, and store each piece as it arrives.

    No fault of Strava's ends it: runs are made without their shoes then, and get them the next time.

    Args:
        api: asked once for each piece.
        is_full: whether to ask again for what was asked for some days ago, which finds what was renamed,
            retired or deleted since.
        dagster_run_id: the Dagster run at work.
        clock: tells when it is asked.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What became of the gear.
    """
    now = clock()
    outcomes: Counter[str] = Counter()
    reason = None
    with reading(conn) as connection:
        waiting = get_gear_to_ask_for(
            now, asked_before=now - ASKED_AGAIN_AFTER if is_full else None, conn=connection
        )
        for gear_id in waiting:
            try:
                outcomes[_read_piece(api, gear_id, clock, dagster_run_id, connection)] += 1
            except ProviderError as error:
                reason = str(error)
                break
    return GearCounts(**outcomes, postponed=len(waiting) - outcomes.total(), reason=reason)


def _read_piece(
    api: GearApi,
    gear_id: str,
    clock: Callable[[], datetime],
    dagster_run_id: str | None,
    connection: AnyConnection,
) -> str:
    """Ask for one piece and store what comes; return what that was, as `GearCounts` calls it."""
    try:
        body = api.read_gear(gear_id)
    except (PermissionRefused, UnexpectedReply) as error:
        unreadable_reason = str(error)
    else:
        if body is None:
            unreadable_reason = "Strava does not have it any more, or does not show it."
        elif not _has_name(body):
            unreadable_reason = "What Strava sends of it is no JSON with a name."
        else:
            sha256 = hashlib.sha256(body).digest()
            try:
                return store_gear(
                    gear_id, body.decode(), sha256, clock(), dagster_run_id=dagster_run_id, conn=connection
                )
            except InvalidValue:
                unreadable_reason = "What Strava sends of it holds characters that Postgres cannot store."
    record_unreadable_gear(gear_id, unreadable_reason, clock(), conn=connection)
    return "unreadable"


def _has_name(body: bytes) -> bool:
    """Return whether a reply is a JSON object with a name in it."""
    try:
        document = json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    name = document.get("name") if isinstance(document, dict) else None
    return isinstance(name, str) and name.strip() != ""
