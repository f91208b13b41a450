"""What is known of one event: a row of `normalized.calendar_events`."""

from dataclasses import dataclass
from typing import Literal

EventState = Literal["absent", "present", "deleted", "foreign"]
Unfinished = Literal["insert", "patch", "revive", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """An event that was meant for a run once, and may be still.

    Attributes:
        id: of the row.
        generation: of the event id.
        state: what Google holds: `foreign` if the id belongs to something that is not ours.
        is_declined: whether the runner does not want it.
        unfinished: a request that was about to be made and whose answer is not recorded.
        wanted_hash: of the content that it is to have; None if it is not to be there.
        held_hash: of the content that it has; None unless it is present.
        held_version: the run's version that it tells of.
        etag: of its newest state that is known.
        description: our part of its description.
        unfinished_description: our part of it in the unfinished request.
        runner_description: the whole of it where the runner has changed it.
        failures: how often in a row it could not be written.
        doubt: a request that was not done when it was looked at, and that Google may do late.
    """

    id: int
    run_id: str
    generation: int
    calendar_id: str
    event_id: str
    state: EventState
    is_declined: bool
    unfinished: Unfinished | None
    wanted_hash: str | None
    wanted_version: int | None
    held_hash: str | None
    held_version: int | None
    etag: str | None
    description: str | None
    unfinished_description: str | None
    runner_description: str | None
    failures: int
    doubt: Unfinished | None = None
