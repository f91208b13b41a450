"""The errors of Google's authorize page and token endpoint, which have a shape of their own (RFC 6749)."""

from html import escape

from fitness_pipeline.sandbox.serving.replies import Reply, json_reply

_PAGE = """<!DOCTYPE html>
<title>Access blocked</title>
<p>Error {status}: {error}</p>
<p>{what}</p>
"""


def invalid_grant(description: str, *, error: str = "invalid_grant") -> Reply:
    """Return the 400 for a code or a refresh token that does not work (reported by clients)."""
    return json_reply({"error": error, "error_description": description}, 400)


def invalid_client(description: str = "The OAuth client was not found.") -> Reply:
    """Return the 401 for an unknown application or a wrong secret (reported by clients)."""
    return json_reply({"error": "invalid_client", "error_description": description}, 401)


def invalid_request(description: str, *, error: str = "invalid_request") -> Reply:
    """Return the 400 for a request that misses something; the texts are guesses."""
    return json_reply({"error": error, "error_description": description}, 400)


def consent_error(error: str, what: str, status: int = 400) -> Reply:
    """Return the page on which a browser ends when the authorize page cannot be shown.

    Args:
        error: such as `invalid_request` or `redirect_uri_mismatch`.
        what: is wrong.
        status: the HTTP status, which the page tells too.
    """
    page = _PAGE.format(status=status, error=error, what=escape(what))
    return Reply(status, page.encode(), (("Content-Type", "text/html; charset=utf-8"),))
