"""What may go wrong with a request."""

import json
import threading
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, Literal

from fitness_pipeline.sandbox.serving.replies import Reply, encode

Moment = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault can reach.

    Attributes:
        world: what the stand-in serves.
        sleep: waits for so many seconds.
    """

    world: Any
    sleep: Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, before the work of a request is done or after.

    Work that is done stays done: a refresh token is rotated, a request is counted.
    """

    _: KW_ONLY
    moment: Moment = "before"

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """Happen.

        Args:
            scene: what can be reached.
            reply: the answer so far; None before the work is done.

        Returns:
            The answer from now on; None before the work lets the work begin.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Answer(Fault):
    """Another answer: see `errors` for a provider's own. Before the work, no limits are counted or told."""

    reply: Reply

    def strike(self, scene: Scene, reply: Reply | None) -> Reply:
        """Replace the answer; headers that tell rate limits are kept."""
        limits = () if reply is None else reply.headers
        kept = tuple((name, value) for name, value in limits if "ratelimit" in name.lower())
        return replace(self.reply, headers=self.reply.headers + kept)


@dataclass(frozen=True, slots=True)
class Reset(Fault):
    """The connection is reset instead of an answer."""

    def strike(self, scene: Scene, reply: Reply | None) -> Reply:
        """Answer with nothing."""
        return Reply(0, ending="reset")


@dataclass(frozen=True, slots=True)
class Truncation(Fault):
    """Half of the body is missing.

    Attributes:
        kept: how much of the body arrives, from 0 to 1.
        is_noticed: whether the headers told of more, so that HTTP itself notices; otherwise it is only the
            JSON that ends too early.
    """

    kept: float = 0.5
    is_noticed: bool = True
    _: KW_ONLY
    moment: Moment = "after"

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """Cut the body."""
        if reply is None:
            return None
        size = int(len(reply.body) * self.kept)
        if self.is_noticed:
            return replace(reply, ending="cut", sent_bytes=size)
        return replace(reply, body=reply.body[:size])


@dataclass(frozen=True, slots=True)
class DuplicateRow(Fault):
    """A row is twice on its page.

    Attributes:
        position: of the row, from 0; from the end if it is negative.
    """

    position: int = 0
    _: KW_ONLY
    moment: Moment = "after"

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """Insert the row once more; a page without rows is left as it is."""
        page = json.loads(reply.body) if reply is not None and reply.status == 200 else None
        rows = _rows(page)
        if reply is None or not rows:
            return reply
        rows.insert(self.position, rows[self.position])
        return replace(reply, body=encode(page))


@dataclass(frozen=True, slots=True)
class Delay(Fault):
    """The answer comes late, by the stand-in's own sleeper."""

    seconds: float

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """Wait."""
        scene.sleep(self.seconds)
        return reply


@dataclass(frozen=True, slots=True)
class Hold(Fault):
    """The request is held until a test lets it go.

    Attributes:
        arrived: set when the request is there.
    """

    arrived: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """Wait for `release`."""
        self.arrived.set()
        self._released.wait()
        return reply

    def release(self) -> None:
        """Let the request go on."""
        self._released.set()


@dataclass(frozen=True, slots=True)
class Change(Fault):
    """The world changes: between two pages, this shifts the second one.

    Attributes:
        change: what happens.
    """

    change: Callable[[Any], object]

    def strike(self, scene: Scene, reply: Reply | None) -> Reply | None:
        """Change the world."""
        self.change(scene.world)
        return reply


def _rows(page: Any) -> list[Any]:
    """Return the rows of a page: a list, or the list in an object that says which page it is."""
    if isinstance(page, dict) and "page" in page:
        page = next((value for value in page.values() if isinstance(value, list)), None)
    return page if isinstance(page, list) else []
