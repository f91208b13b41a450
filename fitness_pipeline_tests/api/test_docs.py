"""The pages of the API for people."""

import re
from typing import Any

import httpx


def test_the_pages_need_nothing_from_elsewhere(api_url: str) -> None:
    page = httpx.get(f"{api_url}/docs").raise_for_status().text
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {path.rpartition(".")[2] for path in parts} == {"js", "css", "png"}
    assert "//" not in "".join(parts)
    for path in parts:
        assert httpx.get(f"{api_url}{path}").raise_for_status().content


def test_the_address_alone_leads_to_the_pages(api_url: str) -> None:
    page = httpx.get(api_url, follow_redirects=True)
    assert (page.status_code, str(page.url)) == (200, f"{api_url}/docs")


def test_the_pages_know_every_route(api_url: str) -> None:
    page = httpx.get(f"{api_url}/docs").text
    (url,) = re.findall(r"url: '([^']+)'", page)
    paths = httpx.get(f"{api_url}{url}").raise_for_status().json()["paths"]
    assert {"/runs", "/shoes", "/strava/sync", "/health"} <= set(paths)


def test_every_answer_has_an_example_and_every_parameter_a_description(api_url: str) -> None:
    document = httpx.get(f"{api_url}/openapi.json").raise_for_status().json()
    routes = [
        (f"{method.upper()} {path}", route)
        for path, routes in document["paths"].items()
        for method, route in routes.items()
    ]
    assert [name for name, route in routes if not (route["summary"] and route["description"])] == []
    assert [
        (name, parameter["name"])
        for name, route in routes
        for parameter in route.get("parameters", [])
        if not parameter.get("description")
    ] == []
    assert [
        (name, status)
        for name, route in routes
        for status, answer in route["responses"].items()
        for content in [answer.get("content", {}).get("application/json")]
        if content is not None and status != "422" and not has_example(document, content)
    ] == []


def test_examples_show_what_may_be_null(api_url: str) -> None:
    schemas = httpx.get(f"{api_url}/openapi.json").raise_for_status().json()["components"]["schemas"]
    (run,), (edit, *_) = schemas["RunDetailOut"]["examples"], schemas["RunEditIn"]["examples"]
    assert set(run) == set(schemas["RunDetailOut"]["properties"])
    assert (run["deleted_at"], edit["avg_heart_rate"]) == (None, None)
    assert {} in schemas["ShoeEditIn"]["examples"]


def has_example(document: Any, content: Any) -> bool:
    """Whether what is answered is shown by an example: its own, or one of its model."""
    schema = content.get("schema", {})
    model = (schema.get("$ref") or schema.get("items", {}).get("$ref") or "").rpartition("/")[2]
    return "example" in content or "examples" in document["components"]["schemas"].get(model, {})
