"""What may go wrong with a request to Google Calendar, or with a call in a batch."""

from dataclasses import dataclass
from datetime import timedelta

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch, MissingPart
from fitness_pipeline.sandbox.serving.faults import Answer, Delay, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline_tests.faults.troubles import LONGER_THAN_A_TEST

# So long after it was sent, Google works on a request at the latest.
LATEST_WORK = timedelta(minutes=15)

_PAGE = Reply(200, b"<html>Welcome to this hotel. Please log in.", (("Content-Type", "text/html"),))


@dataclass(frozen=True, kw_only=True)
class CalendarTrouble:
    """Something that goes wrong with a request.

    Attributes:
        fault: what it is.
        is_lasting: whether it goes on with all later requests.
        is_silent: whether there is no answer, so that nobody should wait for one for as long as usual.
    """

    fault: Fault
    is_lasting: bool = False
    is_silent: bool = False


def _once(fault: Fault) -> CalendarTrouble:
    return CalendarTrouble(fault=fault)


def _for_long(fault: Fault) -> CalendarTrouble:
    return CalendarTrouble(fault=fault, is_lasting=True)


REQUEST_TROUBLES = {
    "a reset": _once(Reset()),
    "a reset when the work is done": _once(Reset(moment="after")),
    "resets": _for_long(Reset()),
    "resets when the work is done": _for_long(Reset(moment="after")),
    "a 500": _once(Answer(errors.backend_error())),
    "a 500 when the work is done": _once(Answer(errors.backend_error(), moment="after")),
    "an outage": _once(Answer(errors.outage())),
    "a long outage": _for_long(Answer(errors.outage())),
    "a 503": _once(Answer(errors.backend_error(503))),
    "a 429": _once(Answer(errors.rate_limited(429))),
    "a 429 when the work is done": _once(Answer(errors.rate_limited(429), moment="after")),
    "429s": _for_long(Answer(errors.rate_limited(429))),
    "a 403 for many calls": _once(Answer(errors.rate_limited())),
    "a 403 for many calls of the user": _once(Answer(errors.user_rate_limited())),
    "a 403 for the quota": _once(Answer(errors.quota_exceeded())),
    "a 401": _once(Answer(errors.invalid_credentials())),
    "401s": _for_long(Answer(errors.invalid_credentials())),
    "a 400": _once(Answer(errors.bad_batch("Failed to parse batch request."))),
    "half an answer": _once(Truncation()),
    "an answer that ends too early": _once(Truncation(is_noticed=False)),
    "an answer that ends at once": _once(Truncation(kept=0.1, is_noticed=False)),
    "an answer that ends almost at its end": _once(Truncation(kept=0.95, is_noticed=False)),
    "an answer of nothing": _once(Truncation(kept=0, is_noticed=False)),
    "answers that end too early": _for_long(Truncation(kept=0.8, is_noticed=False)),
    "an answer in one part": _once(Answer(json_reply({"kind": "calendar#event"}), moment="after")),
    "a page of somebody else's": _once(Answer(_PAGE)),
    "a silence": CalendarTrouble(fault=Delay(LONGER_THAN_A_TEST), is_silent=True),
}
CALL_TROUBLES: dict[str, Fault] = {
    "a 400": Answer(errors.invalid("Bad Request")),
    "a 401": Answer(errors.invalid_credentials()),
    "a 403": Answer(errors.forbidden()),
    "a 403 for many calls": Answer(errors.rate_limited()),
    "a 403 for many calls of the user": Answer(errors.user_rate_limited()),
    "a 403 for the quota": Answer(errors.quota_exceeded()),
    "a 404": Answer(errors.not_found()),
    "a 409": Answer(errors.duplicate()),
    "a 410": Answer(errors.deleted()),
    "a 412": Answer(errors.condition_not_met()),
    "a 429": Answer(errors.rate_limited(429)),
    "a 500": Answer(errors.backend_error()),
    "a 500 when the work is done": Answer(errors.backend_error(), moment="after"),
    "a 503": Answer(errors.backend_error(503)),
    "no answer": MissingPart(),
    "no answer when the work is done": MissingPart(moment="after"),
    "half an answer": Truncation(is_noticed=False),
    "the end of the batch": EndOfBatch(),
    "the end of the batch, with a 500": EndOfBatch(errors.backend_error(), moment="after"),
}
