"""The moment at which most tests play."""

from datetime import UTC, datetime

NOW = datetime(2026, 3, 10, 14, 7, 30, tzinfo=UTC)
