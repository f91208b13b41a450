"""The bodies of Google's errors; each says what is known of it."""

from dataclasses import replace

from fitness_pipeline.sandbox.serving.replies import Reply, json_reply

_OUTAGE_PAGE = """<!DOCTYPE html>
<html lang=en><title>Error {status} (Server Error)!!1</title>
<p><b>{status}.</b> <ins>That's an error.</ins>
<p>The server encountered a temporary error and could not complete your request.
"""


def error(
    status: int,
    reason: str,
    message: str,
    *,
    domain: str = "global",
    at: tuple[str, str] | None = None,
) -> Reply:
    """Return an error in the shape that the Calendar API's guide to errors documents.

    Args:
        status: the HTTP status.
        reason: the word that programs look at.
        message: for people.
        domain: where the reason comes from.
        at: `locationType` and `location`.
    """
    item = {"domain": domain, "reason": reason, "message": message}
    if at is not None:
        item |= {"locationType": at[0], "location": at[1]}
    return json_reply({"error": {"errors": [item], "code": status, "message": message}}, status)


def invalid(message: str) -> Reply:
    """Return a 400 for a value that cannot be; the messages are guesses where nothing else is said."""
    return error(400, "invalid", message)


def required(message: str) -> Reply:
    """Return a 400 for a value that is missing: "Missing end time." is reported by clients."""
    return error(400, "required", message)


def invalid_id() -> Reply:
    """Return the 400 for an id outside the rules (reported by clients)."""
    return invalid("Invalid resource id value.")


def parse_error() -> Reply:
    """Return the 400 for a body that is no JSON object (reported by clients of other Google APIs)."""
    return error(400, "parseError", "Parse Error")


def time_range_empty() -> Reply:
    """Return the 400 for an end before its start (guide to errors)."""
    return error(
        400,
        "timeRangeEmpty",
        "The specified time range is empty.",
        domain="calendar",
        at=("parameter", "timeMax"),
    )


def bad_batch(message: str) -> Reply:
    """Return the 400 for a batch that cannot be taken apart or is too long; the message is a guess."""
    return error(400, "badRequest", message)


def invalid_credentials() -> Reply:
    """Return the 401 without a living access token (guide to errors)."""
    reply = error(401, "authError", "Invalid Credentials", at=("header", "Authorization"))
    challenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    return replace(reply, headers=(*reply.headers, ("WWW-Authenticate", challenge)))


def insufficient_permissions() -> Reply:
    """Return the 403 of a token whose scopes do not reach (reported by clients)."""
    return error(403, "insufficientPermissions", "Insufficient Permission")


def required_access_level() -> Reply:
    """Return the 403 for writing to a calendar that may only be read (reported by clients)."""
    return error(
        403, "requiredAccessLevel", "You need to have writer access to this calendar.", domain="calendar"
    )


def forbidden() -> Reply:
    """Return the 403 with which two clients' users were refused to update a deleted event."""
    return error(403, "forbidden", "Forbidden")


def user_rate_limited() -> Reply:
    """Return the 403 for too many calls by one user (guide to errors)."""
    return error(403, "userRateLimitExceeded", "User Rate Limit Exceeded", domain="usageLimits")


def rate_limited(status: int = 403) -> Reply:
    """Return the 403 or 429 for too many calls (guide to errors)."""
    return error(status, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits")


def quota_exceeded() -> Reply:
    """Return the 403 for too much use of calendars, which lasts for hours (guide to errors)."""
    return error(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits")


def not_found() -> Reply:
    """Return the 404 of what does not exist or is not shared (guide to errors)."""
    return error(404, "notFound", "Not Found")


def duplicate() -> Reply:
    """Return the 409 for an id that is taken, be it by a deleted event (guide to errors)."""
    return error(409, "duplicate", "The requested identifier already exists.")


def deleted() -> Reply:
    """Return the 410 for deleting what is deleted (reported by clients)."""
    return error(410, "deleted", "Resource has been deleted")


def full_sync_required() -> Reply:
    """Return the 410 for a sync token that is too old (guide to errors)."""
    return error(
        410,
        "fullSyncRequired",
        "Sync token is no longer valid, a full sync is required.",
        domain="calendar",
        at=("parameter", "syncToken"),
    )


def condition_not_met() -> Reply:
    """Return the 412 for an etag that is not the current one (guide to errors)."""
    return error(412, "conditionNotMet", "Precondition Failed", at=("header", "If-Match"))


def backend_error(status: int = 500) -> Reply:
    """Return a 500 or 503 (guide to errors)."""
    return error(status, "backendError", "Backend Error")


def outage(status: int = 502) -> Reply:
    """Return an HTML page, as whatever stands before the API sends it when the API is down."""
    page = _OUTAGE_PAGE.format(status=status)
    return Reply(status, page.encode(), (("Content-Type", "text/html; charset=UTF-8"),))
