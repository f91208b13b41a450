"""What may go wrong with Strava: what passes, and what does not get better."""

from fitness_pipeline.errors import (
    ApplicationInactive,
    NeedsReauthorization,
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    UnexpectedReply,
)
from fitness_pipeline.sandbox.serving.faults import Answer, Fault
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline_tests.providers.broken_replies import BROKEN_REPLIES

PASSING: dict[str, Fault] = {
    "an outage": Answer(errors.outage()),
    "an outage that says 200": Answer(errors.outage(200)),
    "an outage that says 404": Answer(errors.outage(404)),
    "an error of Strava's": Answer(errors.server_error()),
    "no list": Answer(json_reply({"message": "Hello"})),
    **BROKEN_REPLIES,
}
FINAL: dict[str, tuple[Fault, type[ProviderError]]] = {
    "401": (Answer(errors.unauthorized()), NeedsReauthorization),
    "a scope": (Answer(errors.missing_scope("activity:read")), PermissionRefused),
    "inactive": (Answer(errors.application_inactive()), ApplicationInactive),
    "403": (Answer(Reply(403)), PermissionRefused),
    "404": (Answer(errors.not_found()), UnexpectedReply),
    "429": (Answer(errors.rate_limited()), OutOfQuota),
    "the other 429": (Answer(errors.rate_limited(shape="plain")), OutOfQuota),
    "400": (Answer(errors.bad_request("Application", "after", "future")), UnexpectedReply),
}
