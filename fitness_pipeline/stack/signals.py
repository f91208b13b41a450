"""Ctrl-C and the like, noted instead of obeyed, so that nothing is left half-started."""

import signal
import time
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]

# `uv run` may hand on a Ctrl-C that the terminal has sent to us already.
_ONE_REQUEST_SECONDS = 1.0


class StopSignals:
    """Counts, while it is entered, how often Ctrl-C, `kill` or a closed terminal asks us to stop."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._first_at: float | None = None
        self._is_repeated = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Begin to count."""
        for one in _SIGNALS:
            self._before[one] = signal.signal(one, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let signals do again what they did before."""
        for one, handler in self._before.items():
            signal.signal(one, handler)

    @property
    def is_stop_requested(self) -> bool:
        """Whether anybody has asked."""
        return self._first_at is not None

    @property
    def is_repeated(self) -> bool:
        """Whether somebody cannot wait."""
        return self._is_repeated

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first_at is None:
            self._first_at = now
        elif now > self._first_at + _ONE_REQUEST_SECONDS:
            self._is_repeated = True
