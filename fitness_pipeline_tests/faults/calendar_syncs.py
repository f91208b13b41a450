"""A sync of the calendar in a process of its own, which kills itself where it is told to."""

import os
import signal
import sys
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import httplib2
import psycopg

from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.calendar_worker import Patience
from fitness_pipeline.steps.sync_calendar import sync_calendar

if TYPE_CHECKING:
    from collections.abc import Callable


def sync_or_die(
    now: datetime, *, dies_after_answers: int | None = None, dies_after_transactions: int | None = None
) -> None:
    """Sync, and die by SIGKILL on the way.

    Args:
        now: what the clock shows.
        dies_after_answers: after so many answers of Google's.
        dies_after_transactions: after so many ends of transactions.
    """
    sys.setprofile(None)  # statements are not counted here, and counting takes as long as the sync itself
    if dies_after_answers is not None:
        _die_after(dies_after_answers, httplib2.Http, "request")
    if dies_after_transactions is not None:
        _die_after(dies_after_transactions, psycopg.Transaction, "__exit__")
    patience = Patience(clock=lambda: now, sleep=lambda _: None, chance=lambda: 1.0)
    sync_calendar(load_settings(), patience=patience)


def _die_after(times: int, owner: type, name: str) -> None:
    """Have this process die when a method has returned so often."""
    method: Callable[..., Any] = getattr(owner, name)
    left = times

    @wraps(method)
    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        result = method(*arguments, **named)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)
