"""Which requests the Dagster UI carries out: of its own pages and of programs; of no other web page."""

import ipaddress
import re
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"(\[[^\]]+\]|[^:\[\]]+)(:[0-9]*)?")
_HTTP_SCHEMES = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not carried out.

    Attributes:
        status: of the answer.
        sentence: for whoever reads the answer.
    """

    status: int
    sentence: str


OTHER_HOST = Refusal(
    421, "The Dagster UI answers on this machine only: open it as 127.0.0.1 or localhost, whatever the port."
)
OTHER_PAGE = Refusal(
    403, "Another web page asked for this. The Dagster UI does what its own pages and programs ask for."
)
QUERY_BY_GET = Refusal(403, "GraphQL is asked by POST here: any web page can make a browser send a GET.")


def find_refusal(scope: Scope, host: str) -> Refusal | None:
    """Return why a request is not to be carried out.

    Browsers tell which page made a request, and no page can alter that
    (https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/). Programs tell
    nothing; they are let in.

    Args:
        scope: the request or websocket, as ASGI describes it.
        host: that the UI is bound to.

    Returns:
        None if it may be carried out.
    """
    headers = Headers(scope=scope)
    named = headers.getlist("host")
    if len(named) != 1 or not _is_here(named[0], host):
        return OTHER_HOST  # a strange name may be made to lead here: DNS rebinding
    if not _is_of_own_page(scope, headers, own=named[0]):
        return OTHER_PAGE
    if scope["path"] == "/graphql" and scope.get("method") in {"GET", "HEAD"} and scope["query_string"]:
        return QUERY_BY_GET  # without a query it is the page GraphiQL, or nothing
    return None


def _is_here(named: str, host: str) -> bool:
    match = _HOST.fullmatch(named)
    return match is not None and _normal(match[1]) in {_normal(name) for name in (*_THIS_MACHINE, host)}


def _normal(name: str) -> str:
    """The one spelling of a host's name that browsers use, too."""
    bare = name.removeprefix("[").removesuffix("]").lower()
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare


def _is_of_own_page(scope: Scope, headers: Headers, own: str) -> bool:
    scheme = _HTTP_SCHEMES.get(scope["scheme"], scope["scheme"])
    if any(origin.lower() != f"{scheme}://{own.lower()}" for origin in headers.getlist("origin")):
        return False
    return _is_link(scope, headers) or all(
        site in {"same-origin", "none"} for site in headers.getlist("sec-fetch-site")
    )


def _is_link(scope: Scope, headers: Headers) -> bool:
    """Whether a person follows a link to the UI: not an image, a frame or a form of another page."""
    return (
        scope.get("method") == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
