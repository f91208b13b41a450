"""The bodies of Hevy's errors; each says what is known of it.

Of most, only the status is known. A client that reads more out of them reads what nobody promised.
"""

from dataclasses import replace

from fitness_pipeline.sandbox.serving.replies import Reply, json_reply

_OUTAGE_PAGE = """<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center></body></html>
"""


def error(status: int, message: str) -> Reply:
    """Return an error in the shape of the one body that was seen: {"error": "..."}."""
    return json_reply({"error": message}, status)


def invalid_page_size() -> Reply:
    """Return the 400 for a page size above the maximum (Hevy API description; its body is a guess)."""
    return error(400, "Invalid page size")


def invalid_page() -> Reply:
    """Return the 400 for a page below 1; a guess."""
    return error(400, "Invalid page")


def unauthorized() -> Reply:
    """Return the 401 for a wrong key (reported by clients), or without one (a guess)."""
    return error(401, "Unauthorized")


def forbidden() -> Reply:
    """Return the 403 that a client expects for a key that is not valid; never sent unless ordered."""
    return error(403, "Forbidden")


def page_not_found() -> Reply:
    """Return the 404 past the last page (reported by several clients; its body is a guess)."""
    return error(404, "Page not found")


def workout_not_found() -> Reply:
    """Return the 404 for a workout (Hevy API description; its body is a guess)."""
    return error(404, "Workout not found")


def template_not_found() -> Reply:
    """Return the 404 for an exercise template (Hevy API description; its body is a guess)."""
    return error(404, "Exercise template not found")


def not_found() -> Reply:
    """Return the 404 for a path that the stand-in does not have; a guess."""
    return error(404, "Not found")


def rate_limited(retry_after: int | str | None = None) -> Reply:
    """Return a 429 (reported by clients since August 2026; its body is a guess).

    Args:
        retry_after: for the header Retry-After, seconds or an HTTP date; None leaves it out. Clients read it,
            but nobody has reported that Hevy sends it.
    """
    reply = error(429, "Too many requests")
    if retry_after is None:
        return reply
    return replace(reply, headers=(*reply.headers, ("Retry-After", str(retry_after))))


def server_error() -> Reply:
    """Return the 500 that the Hevy API description has for events; its body is a guess."""
    return error(500, "Internal Server Error")


def outage(status: int = 502) -> Reply:
    """Return an HTML page, as whatever stands before the API sends it when the API is down; a guess."""
    return Reply(status, _OUTAGE_PAGE.encode(), (("Content-Type", "text/html; charset=utf-8"),))
