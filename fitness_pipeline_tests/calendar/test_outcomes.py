"""What an answer means for what is known of an event."""

from dataclasses import replace
from typing import Any

import pytest

from fitness_pipeline.calendar.calls import Answer
from fitness_pipeline.calendar.event_content import EventContent
from fitness_pipeline.calendar.known_event import KnownEvent, Unfinished
from fitness_pipeline.calendar.next_call import next_call
from fitness_pipeline.calendar.outcomes import CALENDAR_MISSING, Outcome, Trouble, outcome_of
from fitness_pipeline_tests.calendar.samples import (
    event_content,
    known_event,
    present_event,
    refusal,
    seen,
)

FORMER, CONTENT = event_content(1), event_content(2)
WANTED: dict[str, Any] = {"wanted_hash": CONTENT.hash, "wanted_version": 2}
UNWANTED: dict[str, Any] = {"wanted_hash": None, "wanted_version": None}
HELD: dict[str, Any] = {
    "state": "present",
    "held_hash": CONTENT.hash,
    "held_version": 2,
    "etag": '"2"',
    "description": CONTENT.description,
}
GONE: dict[str, Any] = {"state": "deleted", "held_hash": None, "held_version": None, "etag": None}
NEW = known_event(**WANTED)
CHANGED = present_event(**WANTED)
REMOVED = present_event(**UNWANTED)
REVIVED = known_event(state="deleted", etag='"1"', description=FORMER.description, **WANTED)
ALL = pytest.mark.parametrize(
    "event", [NEW, CHANGED, REMOVED, REVIVED], ids=["insert", "patch", "delete", "revive"]
)


def asked(event: KnownEvent, answer: Answer, content: EventContent = CONTENT) -> Outcome:
    """What comes of the next call for an event, with that answer to it."""
    call = next_call(event, content)
    if call.kind != "look":
        part = None if call.kind == "delete" else content.description
        event = replace(event, unfinished=call.kind, unfinished_description=part)
    return outcome_of(event, call, content, answer)


def looked(unfinished: Unfinished, answer: Answer, event: KnownEvent = CHANGED) -> Outcome:
    """What comes of a look after a request whose answer was lost."""
    part = None if unfinished == "delete" else CONTENT.description
    return asked(replace(event, unfinished=unfinished, unfinished_description=part), answer)


@pytest.mark.parametrize(
    ("event", "change"),
    [(NEW, "created"), (REVIVED, "created"), (CHANGED, "updated")],
    ids=["insert", "revive", "patch"],
)
def test_what_was_written_is_there(event: KnownEvent, change: str) -> None:
    outcome = asked(replace(event, failures=3), seen(CONTENT))
    assert outcome == Outcome(event=replace(event, failures=0, **HELD), change=change)  # type: ignore[arg-type]


def test_what_the_runner_added_is_known_once_it_is_seen() -> None:
    whole = f"With Ada.\n{CONTENT.description}"
    assert asked(CHANGED, seen(CONTENT, description=whole)).event.runner_description == whole


@pytest.mark.parametrize("status", [200, 204, 404, 410])
def test_what_was_deleted_or_is_not_there_is_gone(status: int) -> None:
    outcome = asked(REMOVED, refusal(status))
    assert outcome == Outcome(event=replace(REMOVED, **GONE), change="deleted")


@pytest.mark.parametrize(("event", "status"), [(NEW, 409), (CHANGED, 412), (CHANGED, 409), (REMOVED, 412)])
def test_what_is_not_as_was_thought_is_looked_at_next(event: KnownEvent, status: int) -> None:
    outcome = asked(event, refusal(status))
    assert (outcome.change, outcome.trouble, outcome.failure) == (None, None, None)
    assert next_call(outcome.event, CONTENT).kind == "look"


@pytest.mark.parametrize("status", [404, 410])
def test_an_event_that_is_gone_when_it_is_patched_and_looked_at_was_deleted_by_the_runner(
    status: int,
) -> None:
    patched = asked(CHANGED, refusal(status))
    assert patched.change is None
    outcome = asked(patched.event, refusal(status))
    assert outcome.change == "declined"
    assert outcome.event == replace(CHANGED, is_declined=True, **UNWANTED, **GONE)


def test_a_patch_that_leaves_an_event_cancelled_finds_that_the_runner_deleted_it() -> None:
    outcome = asked(CHANGED, seen(CONTENT, status="cancelled"))
    assert (outcome.change, outcome.event.is_declined) == ("declined", True)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "invalid"),
        refusal(403, "forbidden"),
        refusal(404, "notFound"),
        refusal(410, "deleted"),
        seen(CONTENT, status="cancelled"),
    ],
    ids=["400", "403", "404", "410", "still cancelled"],
)
def test_an_event_that_google_does_not_revive_needs_another_id(answer: Answer) -> None:
    outcome = asked(REVIVED, answer)
    assert outcome == Outcome(event=replace(REVIVED, etag=None), needs_new_id=True)


@pytest.mark.parametrize("event", [NEW, CHANGED, REMOVED], ids=["insert", "patch", "delete"])
def test_a_refusal_is_a_failure_of_this_event_alone(event: KnownEvent) -> None:
    outcome = asked(replace(event, failures=2), refusal(400, "invalid", "Bad thing."))
    assert outcome.failure == "Google answered 400 invalid: Bad thing."
    assert outcome.event == replace(event, failures=3)
    assert (outcome.change, outcome.trouble) == (None, None)


def test_a_refusal_without_words_is_one() -> None:
    assert asked(NEW, refusal(400)).failure == "Google answered 400"


@ALL
@pytest.mark.parametrize("status", [0, 500, 502, 503])
def test_without_an_answer_it_stays_open_what_became_of_a_request(event: KnownEvent, status: int) -> None:
    outcome = asked(event, refusal(status))
    assert (outcome.trouble, outcome.change, outcome.failure) == ("unsure", None, None)
    assert next_call(outcome.event, CONTENT).kind == "look"


@ALL
@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (refusal(429, "rateLimitExceeded"), "busy"),
        (refusal(429), "busy"),
        (refusal(403, "rateLimitExceeded"), "busy"),
        (refusal(403, "userRateLimitExceeded"), "busy"),
        (refusal(403, "quotaExceeded"), "quota"),
        (refusal(403, "dailyLimitExceeded"), "quota"),
        (refusal(401, "authError"), "no_access"),
        (refusal(403, "insufficientPermissions"), "no_access"),
        (refusal(403, "requiredAccessLevel"), "no_access"),
        (refusal(403, "accessNotConfigured"), "no_access"),
        (refusal(404, CALENDAR_MISSING), "no_access"),
    ],
    ids=lambda value: f"{value.status} {value.reason}" if isinstance(value, Answer) else value,
)
def test_trouble_with_google_itself_changes_nothing_about_an_event(
    event: KnownEvent, answer: Answer, trouble: Trouble
) -> None:
    assert asked(event, answer) == Outcome(event=event, trouble=trouble)


@pytest.mark.parametrize("status", [403, 404])
def test_nothing_but_the_calendar_can_be_in_the_way_of_a_new_event(status: int) -> None:
    assert asked(NEW, refusal(status, "notFound")) == Outcome(event=NEW, trouble="no_access")


@pytest.mark.parametrize("answer", [refusal(503), refusal(429), refusal(401), refusal(403, "quotaExceeded")])
def test_a_look_that_comes_to_nothing_leaves_open_what_became_of_the_request(answer: Answer) -> None:
    event = replace(NEW, unfinished="insert", unfinished_description=CONTENT.description)
    outcome = asked(event, answer)
    assert outcome.trouble is not None
    assert outcome.event == event


def test_a_look_that_is_refused_leaves_open_what_became_of_the_request() -> None:
    event = replace(CHANGED, unfinished="patch", unfinished_description=CONTENT.description)
    outcome = asked(event, refusal(400, "invalid", "Bad id."))
    assert outcome.failure == "Google answered 400 invalid: Bad id."
    assert outcome.event == replace(event, failures=1)


@pytest.mark.parametrize(
    ("unfinished", "event", "change"),
    [("insert", NEW, "created"), ("revive", REVIVED, "created"), ("patch", CHANGED, "updated")],
    ids=["insert", "revive", "patch"],
)
def test_a_look_finds_that_a_request_was_done(unfinished: Unfinished, event: KnownEvent, change: str) -> None:
    outcome = looked(unfinished, seen(CONTENT), event)
    assert outcome == Outcome(event=replace(event, **HELD), change=change)  # type: ignore[arg-type]


def test_a_look_finds_that_a_patch_was_not_done() -> None:
    outcome = looked("patch", seen(FORMER))
    assert outcome.change is None
    assert next_call(outcome.event, CONTENT).kind == "patch"
    assert outcome.event == replace(CHANGED, etag='"2"')


def test_a_look_finds_that_an_insert_was_not_done() -> None:
    assert looked("insert", refusal(404, "notFound"), NEW) == Outcome(event=NEW)


@pytest.mark.parametrize("answer", [seen(FORMER, status="cancelled"), refusal(404), refusal(410)])
def test_a_look_finds_that_a_deletion_was_done(answer: Answer) -> None:
    outcome = looked("delete", answer, REMOVED)
    gone = replace(REMOVED, **{**GONE, "etag": answer.event.get("etag")})
    assert (outcome.change, outcome.event) == ("deleted", gone)


def test_a_look_finds_that_a_deletion_was_not_done() -> None:
    outcome = looked("delete", seen(FORMER), REMOVED)
    assert outcome == Outcome(event=replace(REMOVED, etag='"2"'))


def test_a_look_finds_that_reviving_was_not_done() -> None:
    expected = Outcome(event=replace(REVIVED, etag='"2"'))
    assert looked("revive", seen(FORMER, status="cancelled"), REVIVED) == expected
    assert next_call(expected.event, CONTENT).kind == "revive"


def test_an_event_to_be_revived_that_is_no_more_needs_another_id() -> None:
    expected = Outcome(event=replace(REVIVED, etag=None), needs_new_id=True)
    assert looked("revive", refusal(404), REVIVED) == expected


@pytest.mark.parametrize(
    ("unfinished", "event", "answer"),
    [
        ("insert", NEW, seen(CONTENT, status="cancelled")),
        ("insert", NEW, Answer(status=200, event={"status": "cancelled"})),
        ("patch", CHANGED, seen(CONTENT, status="cancelled")),
        ("patch", CHANGED, refusal(404)),
    ],
    ids=["after an insert", "of which only that is told", "after a patch", "after a patch, and no more"],
)
def test_a_look_finds_that_the_runner_deleted_an_event(
    unfinished: Unfinished, event: KnownEvent, answer: Answer
) -> None:
    outcome = looked(unfinished, answer, event)
    assert outcome.change == "declined"
    assert (outcome.event.is_declined, outcome.event.wanted_hash) == (True, None)
    assert outcome.event.state == "deleted"


def test_nobody_is_told_that_an_event_was_deleted_that_was_to_go() -> None:
    event = present_event(**UNWANTED, unfinished="patch")
    outcome = outcome_of(event, next_call(event, CONTENT), CONTENT, seen(FORMER, status="cancelled"))
    assert (outcome.change, outcome.event.is_declined) == ("deleted", True)


@pytest.mark.parametrize(
    "private",
    [{}, {"other": "1"}, {"fitness_run_id": "strava_2", "fitness_content_hash": CONTENT.hash}],
    ids=["without properties", "with another's properties", "with another run's properties"],
)
def test_a_live_event_that_is_not_of_this_run_keeps_its_id(private: dict[str, str]) -> None:
    foreign = seen(CONTENT, extendedProperties={"private": private})
    outcome = looked("insert", foreign, NEW)
    assert (outcome.event.state, outcome.needs_new_id, outcome.change) == ("foreign", True, None)
    assert (outcome.event.held_hash, outcome.event.etag) == (None, None)


def test_an_event_of_ours_whose_properties_were_taken_away_in_part_is_written_again() -> None:
    private = {"fitness_run_id": "strava_1", "fitness_run_version": "two"}
    outcome = looked("insert", seen(CONTENT, extendedProperties={"private": private}), NEW)
    assert (outcome.event.held_hash, outcome.event.held_version) == ("", None)
    assert next_call(outcome.event, CONTENT).kind == "patch"


@pytest.mark.parametrize("held", [FORMER, CONTENT], ids=["not done", "done"])
@pytest.mark.parametrize("end_of_line", ["\n", "<br>"])
def test_our_part_is_renewed_in_place_whatever_became_of_the_last_request(
    held: EventContent, end_of_line: str
) -> None:
    newest = event_content(3)
    around = "With Ada.\n{}\nSo hot!".replace("\n", end_of_line)
    whole = around.format(held.description.replace("\n", end_of_line))
    outcome = looked("patch", seen(held, description=whole))
    body = next_call(outcome.event, newest).body
    assert body is not None
    assert body["description"] == around.format(newest.description.replace("\n", end_of_line))


ASKED_FOR = present_event(held_hash="")


def test_what_the_runner_asked_for_is_written_again_though_google_holds_it() -> None:
    outcome = looked("patch", seen(FORMER), ASKED_FOR)
    assert outcome == Outcome(event=replace(ASKED_FOR, etag='"2"'))
    assert asked(outcome.event, seen(FORMER), FORMER).event.held_hash == FORMER.hash


@pytest.mark.parametrize(
    "outcome",
    [
        looked("patch", seen(FORMER, status="cancelled"), ASKED_FOR),
        looked("patch", refusal(404), ASKED_FOR),
        asked(ASKED_FOR, seen(FORMER, status="cancelled"), FORMER),
    ],
    ids=["a look", "a look, and no more there", "a patch that leaves it so"],
)
def test_what_the_runner_asked_for_is_revived_when_it_turns_out_to_be_deleted(outcome: Outcome) -> None:
    etag = outcome.event.etag
    assert outcome == Outcome(event=replace(ASKED_FOR, **{**GONE, "etag": etag}))
    assert next_call(outcome.event, FORMER).kind == ("look" if etag is None else "revive")
    found = asked(replace(outcome.event, etag=None), seen(FORMER, status="cancelled"))
    assert next_call(found.event, FORMER).kind == "revive"


def test_failures_are_counted_until_something_is_written() -> None:
    event = replace(CHANGED, failures=2)
    assert looked("patch", seen(FORMER), event).event.failures == 2
    assert looked("insert", refusal(404), replace(NEW, failures=2)).event.failures == 2


def test_what_the_runner_wrote_outlives_the_event() -> None:
    whole = f"With Ada.\n{FORMER.description}"
    removed = asked(replace(REMOVED, runner_description=whole), refusal(204)).event
    body = next_call(replace(removed, etag='"2"', **WANTED), CONTENT).body
    assert body is not None
    assert body["description"] == f"With Ada.\n{CONTENT.description}"


def test_what_the_runner_wrote_before_deleting_an_event_is_remembered() -> None:
    whole = f"With Ada.\n{FORMER.description}"
    declined = looked("patch", seen(FORMER, status="cancelled", description=whole)).event
    body = next_call(replace(declined, is_declined=False, **WANTED), CONTENT).body
    assert body is not None
    assert body["description"] == f"With Ada.\n{CONTENT.description}"
