"""What the clients of every provider wait."""

import pytest


@pytest.fixture
def slept() -> list[float]:
    """The seconds between attempts, which nobody truly waits; nor does the clock move meanwhile."""
    return []
