"""What the database knows of the events of one run, as values: what `db.calendar_events` does with rows."""

from dataclasses import replace

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.calendar.event_content import EventContent
from fitness_pipeline.calendar.known_event import KnownEvent
from fitness_pipeline.calendar.outcomes import Outcome, outcome_of
from fitness_pipeline_tests.calendar.samples import known_event


class KnownModel:
    """The events that were ever meant for a run, by generation."""

    def __init__(self) -> None:
        self._events: list[KnownEvent] = []

    @property
    def newest(self) -> KnownEvent | None:
        """The one that stands for the run."""
        return self._events[-1] if self._events else None

    def plan(self, content: EventContent | None) -> None:
        """Record what is wanted of the run: that content, or no event."""
        newest = self.newest
        is_wanted = content is not None and not (newest is not None and newest.is_declined)
        if is_wanted and (newest is None or newest.state == "foreign"):
            self._begin()
        for event in self._events:
            is_it = is_wanted and event is self.newest
            wanted = (content.hash, content.run_version) if content is not None and is_it else (None, None)
            if (event.wanted_hash, event.wanted_version) != wanted:
                self._put(replace(event, wanted_hash=wanted[0], wanted_version=wanted[1], failures=0))

    def want_again(self) -> None:
        """Record that the runner says so."""
        if self.newest is not None:
            held = "" if self.newest.state == "present" else None
            self._put(replace(self.newest, is_declined=False, held_hash=held, failures=0))

    def to_work_on(self) -> KnownEvent | None:
        """Return an event that is not as it is wanted."""
        return next((event for event in self._events if _needs_work(event)), None)

    def begin_call(self, event: KnownEvent, call: Call, content: EventContent) -> KnownEvent:
        """Record what is about to be asked; return the event as it is known then."""
        if call.kind != "look":
            part = None if call.kind == "delete" else content.description
            event = replace(event, unfinished=call.kind, unfinished_description=part)
            self._put(event)
        return event

    def end_call(self, event: KnownEvent, call: Call, content: EventContent, answer: Answer) -> Outcome:
        """Record what came of it."""
        outcome = outcome_of(event, call, content, answer)
        known = outcome.event
        if outcome.needs_new_id:
            if known.wanted_hash is not None and known.generation == len(self._events) - 1:
                self._begin(known)
            known = replace(known, wanted_hash=None, wanted_version=None)
        self._put(known)
        return outcome

    def _begin(self, former: KnownEvent | None = None) -> None:
        generation = len(self._events)
        wanted_hash = former.wanted_hash if former is not None else None
        wanted_version = former.wanted_version if former is not None else None
        self._events.append(
            known_event(
                id=generation,
                generation=generation,
                event_id=event_id(generation),
                wanted_hash=wanted_hash,
                wanted_version=wanted_version,
            )
        )

    def _put(self, event: KnownEvent) -> None:
        self._events[event.generation] = event


def event_id(generation: int) -> str:
    """Return the id of an event of the run."""
    return f"event{generation}"


def _needs_work(event: KnownEvent) -> bool:
    is_open = event.unfinished is not None or event.wanted_hash != event.held_hash
    return event.state != "foreign" and is_open
