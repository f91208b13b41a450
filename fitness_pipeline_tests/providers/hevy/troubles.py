"""What may go wrong with Hevy: what passes, and what does not get better."""

from fitness_pipeline.errors import OutOfQuota, PermissionRefused, ProviderError, UnexpectedReply
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.serving.faults import Answer, Fault
from fitness_pipeline.sandbox.serving.replies import json_reply, redirect
from fitness_pipeline_tests.providers.broken_replies import BROKEN_REPLIES

PASSING: dict[str, Fault] = {
    "an outage": Answer(errors.outage()),
    "an outage that says 200": Answer(errors.outage(200)),
    "an outage that says 404": Answer(errors.outage(404)),
    "an error of Hevy's": Answer(errors.server_error()),
    "too many requests": Answer(errors.rate_limited()),
    **BROKEN_REPLIES,
}
FINAL: dict[str, tuple[Fault, type[ProviderError]]] = {
    "401": (Answer(errors.unauthorized()), PermissionRefused),
    "403": (Answer(errors.forbidden()), PermissionRefused),
    "400": (Answer(errors.invalid_page_size()), UnexpectedReply),
    "a redirect": (Answer(redirect("https://hevy.com/")), UnexpectedReply),
    "429 for an hour": (Answer(errors.rate_limited(3601)), OutOfQuota),
    "no object": (Answer(json_reply([])), UnexpectedReply),
    "no list": (Answer(json_reply({"page": 1, "page_count": 1})), UnexpectedReply),
    "a list that is none": (
        Answer(json_reply({"page": 1, "page_count": 1, "workouts": {}})),
        UnexpectedReply,
    ),
    "no number of pages": (Answer(json_reply({"page": 1, "workouts": []})), UnexpectedReply),
    "another page": (Answer(json_reply({"page": 2, "page_count": 3, "workouts": []})), UnexpectedReply),
}
