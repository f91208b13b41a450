"""What may go wrong with a request to Hevy, and for how long."""

from datetime import timedelta

from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.serving.faults import Answer, Delay, DuplicateRow, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline_tests.faults.hevy_lives import Life
from fitness_pipeline_tests.faults.troubles import LONGER_THAN_A_TEST, Trouble, for_long, once

# What the next attempt at the same request does not meet, or what is no trouble at all.
PASSING: dict[str, Fault] = {
    "a reset": Reset(),
    "a reset when the work is done": Reset(moment="after"),
    "half an answer": Truncation(),
    "an answer that ends too early": Truncation(is_noticed=False),
    "an answer of nothing": Truncation(kept=0, is_noticed=False),
    "a 500": Answer(errors.server_error()),
    "an outage": Answer(errors.outage()),
    "an outage that says 404": Answer(errors.outage(404)),
    "a silence": Delay(LONGER_THAN_A_TEST),
    "a 429 that tells nothing": Answer(errors.rate_limited()),
    "a 429 for a minute": Answer(errors.rate_limited(60)),
    "a row that comes twice": DuplicateRow(),
    "a last row that comes twice": DuplicateRow(position=-1),
}
# What ends a sync, unless Hevy can be asked for something else that settles it.
LASTING: dict[str, Trouble[Life]] = {
    "resets": for_long(Reset()),
    "answers that end too early": for_long(Truncation(is_noticed=False)),
    "an outage that says 200": for_long(Answer(errors.outage(200))),
    "a 429 for an hour": once(Answer(errors.rate_limited(3600)), passes_after=timedelta(hours=1)),
    "a 401": once(Answer(errors.unauthorized())),
    "a 404": once(Answer(errors.not_found())),
    "404s": for_long(Answer(errors.not_found())),
    "an error that says 200": once(Answer(json_reply({"error": "Internal Server Error"}))),
}
