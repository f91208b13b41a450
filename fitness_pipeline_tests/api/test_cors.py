"""Pages of others may ask from a browser only where the settings say so."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from fitness_pipeline_tests.api.conftest import serving

OURS, THEIRS = "https://dashboard.example.com", "https://evil.example.com"

Preflight = Callable[[str], httpx.Response]


@pytest.fixture
def preflight(database_url: str, data_dir: Path) -> Iterator[Preflight]:
    """A function that asks as a browser does before an edit from a page."""
    with ExitStack() as served:

        def ask(origin: str) -> httpx.Response:
            url = served.enter_context(serving())
            headers = {
                "Origin": origin,
                "Access-Control-Request-Method": "PATCH",
                "Access-Control-Request-Headers": "authorization,if-match",
            }
            return httpx.options(f"{url}/runs/mmf_1", headers=headers)

        yield ask


def test_nobody_may_unless_it_is_set(preflight: Preflight) -> None:
    answer = preflight(OURS)
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


def test_the_named_ones_may_and_no_others(preflight: Preflight, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("API_CORS_ORIGINS", f"{OURS}/, https://other.example.com")
    answer = preflight(OURS)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in preflight(THEIRS).headers
