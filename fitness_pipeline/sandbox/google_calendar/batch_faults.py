"""What may go wrong with a batch besides: order these with `inner=True`.

A fault that is ordered with `inner=True` strikes calls within batches: `at` is their position as they were
sent, `skip` counts them as they are done.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from fitness_pipeline.sandbox.serving.faults import Fault, Moment, Scene
from fitness_pipeline.sandbox.serving.replies import Interruption, Reply
from fitness_pipeline.sandbox.serving.request import Request

_RESET = Reply(0, ending="reset")


@dataclass(frozen=True, slots=True)
class EndOfBatch(Fault):
    """The whole batch ends at this call, while those that were done stay done.

    Ordered with `skip=3`, three calls are done; `moment="after"` does this one too.

    Attributes:
        reply: the answer to the batch; by default the connection is reset.
    """

    reply: Reply = _RESET
    _: KW_ONLY
    moment: Moment = "before"

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """End the batch."""
        raise Interruption(self.reply)


@dataclass(frozen=True, slots=True)
class MissingPart(Fault):
    """The answer to a batch lacks the part of this call; with `moment="after"` the call is done."""

    def strike(self, scene: Scene, reply: Reply | None) -> Reply:
        """Answer with nothing."""
        return _RESET


def about(event_id: str) -> Callable[[Request], bool]:
    """Return what is true of calls about an event: for `when`, with and without `inner=True`."""

    def is_about(request: Request) -> bool:
        quoted = f'"{event_id}"'.encode()
        return request.path.endswith(f"/events/{event_id}") or (
            request.method == "POST" and quoted in request.incoming.body and request.path.endswith("/events")
        )

    return is_about
