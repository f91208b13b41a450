"""Whatever happens to requests, an event becomes what is wanted of it; and the runner's word counts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.calendar.event_content import CONTENT_HASH, EventContent
from fitness_pipeline.calendar.next_call import next_call
from fitness_pipeline_tests.calendar.google_model import GoogleModel, Row, is_live, run_of
from fitness_pipeline_tests.calendar.known_model import KnownModel, event_id
from fitness_pipeline_tests.calendar.samples import event_content

RUN = "strava_1"
NO_ANSWER = Answer(status=0)
# The answer instead of the true one, or None for none at all, since we are dead; before the work, or after.
FATES: dict[str, tuple[Answer | None, bool]] = {
    "the connection breaks before": (NO_ANSWER, False),
    "the answer is lost": (NO_ANSWER, True),
    "we die before": (None, False),
    "we die before the answer": (None, True),
    "an error": (Answer(status=500, reason="backendError"), False),
    "an error though it is done": (Answer(status=503, reason="backendError"), True),
    "a rate limit": (Answer(status=403, reason="rateLimitExceeded"), False),
    "a quota": (Answer(status=403, reason="quotaExceeded"), False),
    "no access": (Answer(status=401, reason="authError"), False),
    "a refusal": (Answer(status=400, reason="invalid"), False),
}


class OneRun(RuleBasedStateMachine):
    """A run that changes, its events at Google, and requests that go well or not.

    A request is about to be made whenever something is not as it is wanted. What nobody could tell apart is
    left out: that the runner deletes an event that is just being revived, or that they have just asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.google = GoogleModel()
        self.known = KnownModel()
        self.version = 1
        self.is_wanted = True
        self.was_deleted_by_the_runner = False
        self.foreign: dict[str, Row] = {}
        self.notes: list[tuple[str, str]] = []

    @initialize(
        held=st.sampled_from(["nothing", "another's", "another's, deleted", "ours", "ours, deleted"]),
        generation=st.integers(0, 1),
    )
    def begin(self, held: str, generation: int) -> None:
        """Something may have the id already: ours are from before the database was lost."""
        if held.startswith("another's"):
            self.somebody_takes_an_id(generation, has_run=True, is_deleted=held.endswith("deleted"))
        elif held.startswith("ours") and generation == 0:
            status = "cancelled" if held.endswith("deleted") else "confirmed"
            self.google.put(event_id(0), {"status": status, **self.content.body()})
            self.was_deleted_by_the_runner = status == "cancelled"
        self.known.plan(self.content)
        if held.startswith("ours"):
            self.request("all is well")

    @property
    def content(self) -> EventContent:
        """What the event is to say."""
        return event_content(self.version)

    def plan(self) -> None:
        """Find out what is wanted."""
        self.known.plan(self.content if self.is_wanted else None)

    @rule()
    def edit(self) -> None:
        """The run changes."""
        self.version += 1
        self.plan()

    @rule()
    def delete_or_restore_the_run(self) -> None:
        """The run is deleted, or comes back."""
        self.version += 1
        self.is_wanted = not self.is_wanted
        self.was_deleted_by_the_runner = False
        self.plan()

    @rule()
    def resync(self) -> None:
        """The runner wants the event."""
        self.known.want_again()
        self.was_deleted_by_the_runner = False
        self.plan()

    @precondition(lambda self: self.is_wanted and self.live and not self.is_being_asked_for)
    @rule()
    def the_runner_deletes_the_event(self) -> None:
        """The runner deletes it in Google."""
        row = self.live[0]
        self.google.put(row["id"], {**row, "status": "cancelled"})
        self.was_deleted_by_the_runner = True
        self.notes.clear()

    @precondition(lambda self: self.live)
    @rule(is_before=st.booleans(), is_saved_in_the_editor=st.booleans())
    def the_runner_writes_a_note(self, is_before: bool, is_saved_in_the_editor: bool) -> None:
        """The runner writes into the description."""
        row = self.live[0]
        note = f"note {len(self.notes)}."
        held = f"{note}\n{row['description']}" if is_before else f"{row['description']}\n{note}"
        held = held.replace("\n", "<br>") if is_saved_in_the_editor else held
        self.google.put(row["id"], {**row, "description": held})
        self.notes.append((row["id"], note))

    @rule(ahead=st.integers(0, 2), has_run=st.booleans(), is_deleted=st.booleans())
    def somebody_takes_an_id(self, ahead: int, has_run: bool, is_deleted: bool) -> None:
        """An event that is not ours has an id that we may want to use."""
        newest = self.known.newest
        generation = ahead + (0 if newest is None else newest.generation)
        taken = event_id(generation)
        if taken not in self.google.used:
            private = {"private": {"fitness_run_id": "strava_2"}} if has_run or is_deleted else {}
            status = "cancelled" if is_deleted else "confirmed"
            self.google.put(taken, {"status": status, "extendedProperties": private})
            self.foreign[taken] = self.google.rows[taken]

    @rule(refuses=st.booleans())
    def google_changes_its_mind_about_reviving(self, refuses: bool) -> None:
        """Deleted events can be revived, or cannot."""
        self.google.refuses_reviving = refuses

    @precondition(lambda self: not self.was_deleted_by_the_runner)
    @rule()
    def google_forgets_deleted_events(self) -> None:
        """Events that were deleted disappear."""
        for name, row in list(self.google.rows.items()):
            if not is_live(row) and name not in self.foreign:
                del self.google.rows[name]

    @rule(fate=st.sampled_from(list(FATES)))
    def a_request_goes_wrong(self, fate: str) -> None:
        """Make the next request."""
        self.request(fate)

    @rule()
    def requests_go_well(self) -> None:
        """Once requests go well, all is as it is wanted after some of them."""
        for _ in range(20):
            self.request("all is well")
        assert self.known.to_work_on() is None
        if not self.is_shown:
            assert self.live == []
            return
        (row,) = self.live
        assert run_of(row) == RUN
        assert row["extendedProperties"]["private"][CONTENT_HASH] == self.content.hash
        assert row["description"].count(f"Run {RUN}") == 1
        assert [note for of, note in self.notes if of == row["id"] and note not in row["description"]] == []

    def request(self, fate: str) -> None:
        """Make the next request, if something is not as it is wanted."""
        event = self.known.to_work_on()
        if event is None:
            return
        call = next_call(event, self.content)
        begun = self.known.begin_call(event, call, self.content)
        answer = self.answer(call, fate)
        if answer is not None:
            self.known.end_call(begun, call, self.content, answer)

    def answer(self, call: Call, fate: str) -> Answer | None:
        """Answer a request, as fate has it."""
        if fate == "all is well":
            return self.google.answer(call)
        told, is_done = FATES[fate]
        if is_done:
            self.google.answer(call)
        return told

    @property
    def live(self) -> list[Row]:
        """The events of the run that the runner sees."""
        return self.google.live(RUN)

    @property
    def is_shown(self) -> bool:
        """Whether the run is to be on the calendar."""
        newest = self.known.newest
        is_declined = newest is not None and newest.is_declined
        return self.is_wanted and not is_declined and not self.was_deleted_by_the_runner

    @property
    def is_being_asked_for(self) -> bool:
        """Whether an event would be written even if it turns out to be deleted."""
        newest = self.known.newest
        return newest is not None and (newest.unfinished in ("revive", "delete") or newest.held_hash == "")

    @invariant()
    def there_are_never_two(self) -> None:
        """A run has one event at the most."""
        assert len(self.live) <= 1

    @invariant()
    def nothing_comes_back_unasked(self) -> None:
        """What the runner deleted stays so."""
        assert not (self.was_deleted_by_the_runner and self.live)

    @invariant()
    def what_is_not_ours_is_left_alone(self) -> None:
        """Nobody else's event is touched."""
        assert {name: self.google.rows[name] for name in self.foreign} == self.foreign

    def teardown(self) -> None:
        """Requests do go well in the end."""
        self.requests_go_well()
        self.there_are_never_two()
        self.nothing_comes_back_unasked()
        self.what_is_not_ours_is_left_alone()


TestOneRun = OneRun.TestCase
TestOneRun.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
