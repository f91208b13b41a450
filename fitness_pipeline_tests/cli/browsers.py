"""A browser that follows links by itself."""

import httpx
import pytest


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser shows in the end, for each link that it is given."""
    shown: list[str] = []

    def follow(url: str) -> bool:
        shown.append(httpx.get(url, follow_redirects=True).text)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    return shown
