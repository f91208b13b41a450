"""The pages of the API for people."""

import re

import httpx


def test_the_pages_need_nothing_from_elsewhere(api_url: str) -> None:
    page = httpx.get(f"{api_url}/docs").raise_for_status().text
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {path.rpartition(".")[2] for path in parts} == {"js", "css", "png"}
    assert "//" not in "".join(parts)
    for path in parts:
        assert httpx.get(f"{api_url}{path}").raise_for_status().content


def test_the_pages_know_every_route(api_url: str) -> None:
    page = httpx.get(f"{api_url}/docs").text
    (url,) = re.findall(r"url: '([^']+)'", page)
    paths = httpx.get(f"{api_url}{url}").raise_for_status().json()["paths"]
    assert {"/runs", "/shoes", "/strava/sync", "/health"} <= set(paths)
