"""An open line to Hevy's API: one at a time, and at the pace that all of this process keep together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TypedDict, Unpack

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.locks import holding_turn, take_turn
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.pace import Pace
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.hevy_access import key_of, utc_now

_TURN = "hevy sync"


class Waiting(TypedDict, total=False):
    """How `HevyApi` waits; what is left out is as usual there."""

    sleep: Callable[[float], None]
    timeout_seconds: float


@contextmanager
def open_hevy_api(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, **waiting: Unpack[Waiting]
) -> Iterator[HevyApi]:
    """Open the API of the account.

    Args:
        settings: where the API is, and the key.
        clock: the time.
        **waiting: how to wait for Hevy, before the next request, and before another attempt.

    Yields:
        The API.

    Raises:
        NotConnected: there is no key.
        PermissionRefused: what is given as the key cannot be one.
    """
    url = settings.hevy_api_url
    with HevyApi(url, key_of(settings), clock=clock, pace=_pace_of(url), **waiting) as api:
        yield api


@contextmanager
def alone_with_hevy(
    conn: AnyConnection | None, on_progress: Callable[[str], object]
) -> Iterator[AnyConnection]:
    """Hold the turn of whoever asks Hevy; a second one waits, in this process or another.

    Args:
        conn: the caller's connection, whose transaction holds the turn to its end; or None.
        on_progress: called with a sentence if somebody else has it.

    Yields:
        The connection to work on.
    """
    with reading(conn) as connection:
        if conn is not None:
            take_turn(connection, _TURN)
            yield connection
            return
        in_turn = "Another sync of Hevy is under way; waiting for its end."
        with holding_turn(_TURN, on_wait=lambda: on_progress(in_turn)):
            yield connection


@cache
def _pace_of(url: str) -> Pace:
    """Return what keeps the requests to an address apart, those of the next sync from those of the last."""
    return Pace()
