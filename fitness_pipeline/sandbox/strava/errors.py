"""The bodies of Strava's errors; each says where it was seen."""

from typing import Literal

from fitness_pipeline.sandbox.serving.replies import Reply, json_reply

RateLimitShape = Literal["fault", "plain"]

_OUTAGE_PAGE = """<!DOCTYPE html>
<html><head><title>Strava | Error 503</title></head>
<body><h1>We'll be right back</h1><p>Strava is taking a break.</p></body></html>
"""


def fault(status: int, message: str, resource: str, field: str, code: str) -> Reply:
    """Return an error in the shape that the Strava API documentation calls a Fault."""
    return json_reply(
        {"message": message, "errors": [{"resource": resource, "field": field, "code": code}]}, status
    )


def bad_request(resource: str, field: str, code: str) -> Reply:
    """Return a 400.

    Seen in recorded replies: (Application, client_id, invalid), (RequestToken, code, invalid); reported by
    several clients: (RefreshToken, refresh_token, invalid), (Application, after, future).
    """
    return fault(400, "Bad Request", resource, field, code)


def unauthorized() -> Reply:
    """Return the 401 of a token that is unknown, expired or revoked (seen in recorded replies)."""
    return fault(401, "Authorization Error", "Application", "", "invalid")


def invalid_access_token() -> Reply:
    """Return the other 401 that clients report for a token; never sent unless ordered as a fault."""
    return fault(401, "Authorization Error", "Athlete", "access_token", "invalid")


def missing_scope(scope: str) -> Reply:
    """Return the 401 of a token that was not granted a scope (reported by users of several clients)."""
    return fault(401, "Authorization Error", "AccessToken", f"{scope}_permission", "missing")


def application_inactive() -> Reply:
    """Return the 403 of an application whose owner has no subscription (reported by users in 2026)."""
    return fault(403, "Forbidden", "Application", "Status", "Inactive")


def not_found() -> Reply:
    """Return the 404 of what does not exist or belongs to somebody else: empty (seen in a recorded reply)."""
    return Reply(404)


def record_not_found(resource: str) -> Reply:
    """Return a 404 with a body; a guess, never sent unless ordered as a fault."""
    return fault(404, "Record Not Found", resource, "id", "invalid")


def rate_limited(field: str = "overall rate limit", shape: RateLimitShape = "fault") -> Reply:
    """Return a 429.

    Args:
        field: which limit; "overall rate limit" is what clients report, "read rate limit" is a guess.
        shape: `fault` is what clients report; `plain`, with a string for `errors`, is from a recording.
    """
    if shape == "plain":
        return json_reply(
            {"errors": "Rate Limit Exceeded", "status": 429, "message": "Too Many Requests"}, 429
        )
    return fault(429, "Rate Limit Exceeded", "Application", field, "exceeded")


def server_error() -> Reply:
    """Return a 500 in the documented shape."""
    return json_reply({"message": "Internal Server Error", "errors": []}, 500)


def outage(status: int = 503) -> Reply:
    """Return the HTML page of an outage (reported by clients), which carries no rate limits."""
    return Reply(status, _OUTAGE_PAGE.encode(), (("Content-Type", "text/html; charset=utf-8"),))
