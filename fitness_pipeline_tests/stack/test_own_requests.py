"""Own pages and programs are let in; what another page makes a browser send is not."""

import pytest
from starlette.types import Scope

from fitness_pipeline.stack.own_requests import OTHER_HOST, OTHER_PAGE, QUERY_BY_GET, Refusal, find_refusal

HOST = "127.0.0.1:3000"
OWN = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
LINK = {
    "host": HOST,
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}


def request(method: str, target: str, headers: dict[str, str], scheme: str = "http") -> Scope:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "method": method,
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


def websocket(headers: dict[str, str], scheme: str = "ws") -> Scope:
    scope = request("GET", "/graphql", headers, scheme)
    del scope["method"]
    return {**scope, "type": "websocket"}


@pytest.mark.parametrize(
    ("bound", "named"),
    [
        ("127.0.0.1", "127.0.0.1:3000"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1:"),
        ("127.0.0.1", "localhost:8080"),
        ("127.0.0.1", "LOCALHOST:3000"),
        ("::1", "[::1]:3000"),
        ("0:0:0:0:0:0:0:1", "[::1]:3000"),
        ("::1", "[0:0:0:0:0:0:0:1]:3000"),
        ("127.0.0.53", "127.0.0.53:3000"),
        ("192.168.1.7", "192.168.1.7:3000"),
        ("studio.example.org", "Studio.example.org:3000"),
    ],
)
def test_the_ui_answers_to_the_names_of_this_machine_and_to_the_one_it_is_bound_to(
    bound: str, named: str
) -> None:
    assert find_refusal(request("GET", "/runs", {"host": named}), bound) is None


@pytest.mark.parametrize(
    "named",
    [
        "evil.example:3000",
        "127.0.0.1.evil.example:3000",
        "localhost.evil.example",
        "127.0.0.53:3000",
        "0.0.0.0:3000",
        "[::1].evil.example",
        "[::1",
        "[]:3000",
        "127.0.0.1:3000:3000",
        "127.0.0.1:3000@evil.example",
        "127.0.0.1, evil.example",
        "",
        ":3000",
        "\xe9vil",
    ],
)
def test_it_does_not_answer_to_other_names(named: str) -> None:
    scope = request("POST", "/graphql", {})
    scope["headers"] = [(b"host", named.encode("latin-1"))]
    assert find_refusal(scope, "127.0.0.1") is OTHER_HOST


@pytest.mark.parametrize("headers", [[], [(b"host", b"127.0.0.1"), (b"host", b"evil.example")]])
def test_a_request_has_one_host(headers: list[tuple[bytes, bytes]]) -> None:
    assert find_refusal({**request("GET", "/", {}), "headers": headers}, "127.0.0.1") is OTHER_HOST


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("POST", "/graphql", OWN),
        ("POST", "/graphql", {"host": "localhost:8080", "origin": "http://localhost:8080"}),
        ("POST", "/graphql", {"host": "[::1]:3000", "origin": "http://[::1]:3000"}),
        ("POST", "/graphql", {"host": HOST}),
        ("POST", "/graphql?query={version}", {"host": HOST}),
        ("POST", "/report_asset_check/runs", {"host": HOST}),
        ("GET", "/graphql", {"host": HOST, "sec-fetch-site": "none"}),
        ("GET", "/graphql", LINK),
        ("GET", "/runs?q=graphql", LINK),
        ("GET", "/_next/static/main.js", {"host": HOST, "sec-fetch-site": "same-origin"}),
        ("GET", "/server_info", {"host": HOST}),
    ],
)
def test_own_pages_programs_and_links_are_let_in(method: str, target: str, headers: dict[str, str]) -> None:
    assert find_refusal(request(method, target, headers), "127.0.0.1") is None


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("POST", "/graphql", {**OWN, "origin": "http://evil.example"}),
        ("POST", "/graphql", {**OWN, "origin": "null"}),
        ("POST", "/graphql", {**OWN, "origin": ""}),
        ("POST", "/graphql", {"host": HOST, "origin": "http://127.0.0.1:3001"}),
        ("POST", "/graphql", {"host": HOST, "origin": "http://localhost:3000"}),
        ("POST", "/graphql", {"host": HOST, "origin": "https://127.0.0.1:3000"}),
        ("POST", "/graphql", {"host": HOST, "origin": "http://127.0.0.1"}),
        ("POST", "/graphql", {"host": HOST, "sec-fetch-site": "cross-site"}),
        ("POST", "/graphql", {"host": HOST, "sec-fetch-site": "same-site"}),
        ("POST", "/graphql", {**OWN, "sec-fetch-site": "same-site"}),
        ("POST", "/graphql", LINK),
        ("OPTIONS", "/graphql", {"host": HOST, "origin": "http://evil.example"}),
        ("GET", "/graphql", {"host": HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
        ("GET", "/logs/1/compute_logs/x.err", {"host": HOST, "sec-fetch-site": "same-site"}),
        ("GET", "/runs", {**LINK, "sec-fetch-dest": "iframe"}),
        ("GET", "/runs", {**LINK, "origin": "http://evil.example"}),
        ("HEAD", "/runs", LINK),
    ],
)
def test_what_another_page_sends_is_refused(method: str, target: str, headers: dict[str, str]) -> None:
    assert find_refusal(request(method, target, headers), "127.0.0.1") is OTHER_PAGE


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"host": HOST}),
        ("HEAD", {"host": HOST}),
        ("GET", {**OWN, "accept": "text/html"}),
        ("GET", {**LINK, "accept": "text/html"}),
    ],
)
@pytest.mark.parametrize("query", ["query=mutation{x}", "query={version}", "x"])
def test_nobody_sends_a_query_by_get(method: str, headers: dict[str, str], query: str) -> None:
    assert find_refusal(request(method, f"/graphql?{query}", headers), "127.0.0.1") is QUERY_BY_GET


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        (OWN, None),
        ({"host": HOST, "origin": f"http://{HOST}"}, None),
        ({"host": HOST}, None),
        ({"host": HOST, "origin": "http://evil.example"}, OTHER_PAGE),
        ({"host": HOST, "origin": "http://127.0.0.1:4999"}, OTHER_PAGE),
        ({"host": HOST, "origin": "null"}, OTHER_PAGE),
        ({**OWN, "sec-fetch-site": "cross-site"}, OTHER_PAGE),
        (LINK, OTHER_PAGE),
        ({"host": "evil.example", "origin": "http://evil.example"}, OTHER_HOST),
    ],
)
def test_a_websocket_is_for_own_pages_and_programs(headers: dict[str, str], refusal: Refusal | None) -> None:
    assert find_refusal(websocket(headers), "127.0.0.1") is refusal


def test_behind_an_encrypted_tunnel_the_origin_is_encrypted_too() -> None:
    headers = {"host": "localhost:8443", "origin": "https://localhost:8443"}
    assert find_refusal(request("POST", "/graphql", headers, scheme="https"), "127.0.0.1") is None
    assert find_refusal(websocket(headers, scheme="wss"), "127.0.0.1") is None
    assert find_refusal(request("POST", "/graphql", headers), "127.0.0.1") is OTHER_PAGE
