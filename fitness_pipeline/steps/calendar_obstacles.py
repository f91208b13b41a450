"""Why events cannot be written until a person acts, in sentences."""

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.errors import CalendarMissing, NeedsReauthorization, PermissionRefused, ProviderError

_CONNECT = "Run `fitness-pipeline auth google`."


def no_access(call: Call, answer: Answer) -> ProviderError:
    """Return what to tell a person about an answer that keeps all events from being written.

    Args:
        call: what was asked.
        answer: Google's.
    """
    if answer.status == 401:
        return NeedsReauthorization(f"Google does not accept what was granted any more. {_CONNECT}")
    if answer.status == 404:
        return CalendarMissing(
            f"Google has no calendar {call.calendar_id!r}, or does not show it to you. Look up the id on the "
            "settings page of your calendar and set GOOGLE_CALENDAR_ID, or remove that setting to use your "
            "first one."
        )
    if answer.reason == "insufficientPermissions":
        return PermissionRefused(f"Google did not grant what is needed to write events. {_CONNECT}")
    return PermissionRefused(
        f"Google does not let you write to the calendar {call.calendar_id!r}: {answer.message} Set "
        "GOOGLE_CALENDAR_ID to a calendar of yours, and make sure that the Google Calendar API is enabled in "
        "your project."
    )
