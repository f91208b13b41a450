"""What may happen to any provider's replies on their way, and passes; and what an error came of."""

from collections.abc import Iterator

from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply

BROKEN_REPLIES: dict[str, Fault] = {
    "a request that took too long": Answer(Reply(408)),
    "a reset": Reset(),
    "a reset after the work": Reset(moment="after"),
    "an answer that is cut off": Truncation(),
    "JSON that is cut off": Truncation(is_noticed=False),
    "nothing at all": Truncation(0.0, is_noticed=False),
    "an answer that cannot be unpacked": Answer(Reply(200, b"[]", (("Content-Encoding", "gzip"),))),
}


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and everything that it came of, shown or not."""
    yield error
    for origin in (error.__cause__, error.__context__):
        if origin is not None:
            yield from chain(origin)
