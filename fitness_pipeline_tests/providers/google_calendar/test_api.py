"""Calls in batches: each gets its own answer, or is known to have none."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from fitness_pipeline.calendar.calls import Answer as Told
from fitness_pipeline.calendar.calls import Call, CallKind
from fitness_pipeline.errors import NeedsReauthorization
from fitness_pipeline.providers.google_calendar.api import CalendarApi
from fitness_pipeline.providers.google_calendar.service import calendar_service
from fitness_pipeline.providers.google_calendar.stored_credentials import StoredCredentials
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch, MissingPart
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline_tests.moments import NOW

BATCH = "/batch/calendar/v3"
NO_ANSWER = Told(status=0, message="The connection to Google broke before the answer.")
DAY = {"start": {"date": "2026-03-01"}, "end": {"date": "2026-03-02"}}
HTML = (("Content-Type", "text/html"),)

WITHOUT_ANSWERS: dict[str, Fault] = {
    "a reset": Reset(),
    "a lost reply": Reset(moment="after"),
    "half a reply": Truncation(),
    "no reply": Truncation(kept=0),
    "half a batch": EndOfBatch(),
    "nothing": Answer(Reply(200)),
    "a page": Answer(Reply(200, b"<html>", HTML)),
    "another JSON": Answer(json_reply({"kind": "calendar#events"})),
    "no text": Answer(Reply(200, b"\xff\xfe\xff", (("Content-Type", "multipart/mixed; boundary=x"),))),
    "an empty batch": Answer(Reply(200, b"--x--", (("Content-Type", "multipart/mixed; boundary=x"),))),
    "a part without a name": Answer(
        Reply(
            200,
            b"--x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n--x--",
            (("Content-Type", "multipart/mixed; boundary=x"),),
        )
    ),
}


class Tokens:
    """Hands out access tokens as they are asked for.

    Attributes:
        error: raised instead.
    """

    def __init__(self, sandbox: GoogleCalendarSandbox) -> None:
        self._oauth = sandbox.world.oauth
        self._refresh_token = self._oauth.connect()
        self._token = SecretStr("ya29.over")
        self.error: Exception | None = None

    def __call__(self, *, rejected: SecretStr | None = None) -> SecretStr:
        if rejected == self._token or self._token.get_secret_value() == "ya29.over":
            if self.error is not None:
                raise self.error
            self._token = SecretStr(self._oauth.refresh(self._refresh_token, NOW).access)
        return self._token


@pytest.fixture
def sandbox() -> Iterator[GoogleCalendarSandbox]:
    """A Google whose clock stands still."""
    with GoogleCalendarSandbox(clock=SettableClock(NOW)) as serving:
        yield serving


@pytest.fixture
def tokens(sandbox: GoogleCalendarSandbox) -> Tokens:
    return Tokens(sandbox)


@pytest.fixture
def api(sandbox: GoogleCalendarSandbox, tokens: Tokens) -> Iterator[CalendarApi]:
    """What asks that Google."""
    opened = CalendarApi(lambda: calendar_service(sandbox.url, StoredCredentials(tokens)))
    yield opened
    opened.close()


def call(kind: CallKind, number: int = 1, **fields: Any) -> Call:
    body = {"insert": {"id": f"event{number}", "summary": f"No. {number}", **DAY}}
    usual = {"calendar_id": "primary", "event_id": f"event{number}", "body": body.get(kind)}
    return Call(kind=kind, **{**usual, **fields})


def test_every_answer_belongs_to_its_call_whatever_the_order_google_works_in(
    api: CalendarApi, sandbox: GoogleCalendarSandbox
) -> None:
    calls = [call("insert", number) for number in range(20)]
    answers = api.make(calls)
    assert [answer.status for answer in answers] == [200] * 20
    assert [answer.event["id"] for answer in answers] == [f"event{number}" for number in range(20)]
    assert (api.requests, sandbox.log.count()) == (1, 1)
    assert [entry.number for entry in sandbox.log.inner_calls] != list(range(1, 21))


def test_each_kind_of_call_does_what_it_says(api: CalendarApi, sandbox: GoogleCalendarSandbox) -> None:
    (created,) = api.make([call("insert")])
    (seen,) = api.make([call("look")])
    assert seen == created
    (patched,) = api.make([call("patch", body={"summary": "Other"}, etag=created.event["etag"])])
    assert (patched.event["summary"], patched.event["start"]) == ("Other", {"date": "2026-03-01"})
    (deleted,) = api.make([call("delete", etag=patched.event["etag"])])
    assert (200 <= deleted.status < 300, deleted.event) == (True, {})
    (gone,) = api.make([call("look")])
    assert gone.event["status"] == "cancelled"
    (revived,) = api.make([call("revive", body={"status": "confirmed"})])
    assert revived.event["status"] == "confirmed"
    methods = [entry.method for entry in sandbox.log.inner_calls]
    assert methods == ["POST", "GET", "PATCH", "DELETE", "GET", "PATCH"]
    assert len(methods) >= len(get_args(CallKind))


@pytest.mark.parametrize("kind", ["patch", "revive", "delete"])
def test_an_event_that_has_changed_is_not_written(api: CalendarApi, kind: CallKind) -> None:
    (created,) = api.make([call("insert")])
    api.make([call("patch", body={"summary": "Of the runner"})])
    (refused,) = api.make([call(kind, body={"summary": "Ours"}, etag=created.event["etag"])])
    assert (refused.status, refused.reason) == (412, "conditionNotMet")
    assert api.make([call("look")])[0].event["summary"] == "Of the runner"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (errors.invalid("Bad thing."), Told(status=400, reason="invalid", message="Bad thing.")),
        (errors.rate_limited(), Told(status=403, reason="rateLimitExceeded", message="Rate Limit Exceeded")),
        (
            errors.rate_limited(429),
            Told(status=429, reason="rateLimitExceeded", message="Rate Limit Exceeded"),
        ),
        (errors.forbidden(), Told(status=403, reason="forbidden", message="Forbidden")),
        (errors.not_found(), Told(status=404, reason="notFound", message="Not Found")),
        (errors.deleted(), Told(status=410, reason="deleted", message="Resource has been deleted")),
        (errors.backend_error(503), Told(status=503, reason="backendError", message="Backend Error")),
        (json_reply({"error": "no"}, 400), Told(status=400)),
        (json_reply([], 400), Told(status=400)),
        (Reply(500), Told(status=500)),
    ],
    ids=lambda value: f"{value.status} {value.reason}" if isinstance(value, Told) else "",
)
@pytest.mark.parametrize("is_inner", [True, False], ids=["of a call", "of a batch"])
def test_an_error_is_told_in_googles_words(
    api: CalendarApi, sandbox: GoogleCalendarSandbox, reply: Reply, told: Told, is_inner: bool
) -> None:
    path = "*" if is_inner else BATCH
    sandbox.faults.order(Answer(reply), path=path, inner=is_inner, at=2 if is_inner else None)
    answers = api.make([call("insert", 1), call("insert", 2)])
    assert (answers[1].status, answers[1].reason) == (told.status, told.reason)
    assert answers[1].message == told.message or not told.message
    assert answers[0] == answers[1] if not is_inner else answers[0].status == 200


def test_a_page_of_an_outage_is_an_answer_without_googles_words(
    api: CalendarApi, sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.faults.order(Answer(errors.outage()), path=BATCH)
    (answer,) = api.make([call("insert")])
    assert (answer.status, answer.reason) == (502, "")


@pytest.mark.parametrize("fault", WITHOUT_ANSWERS.values(), ids=WITHOUT_ANSWERS)
def test_a_batch_without_an_answer_leaves_all_calls_without_one(
    api: CalendarApi, sandbox: GoogleCalendarSandbox, fault: Fault
) -> None:
    api.make([call("insert", 9)])
    is_inner = isinstance(fault, EndOfBatch)
    sandbox.faults.order(fault, path="*" if is_inner else BATCH, inner=is_inner)
    assert api.make([call("insert", 1), call("insert", 2)]) == [NO_ANSWER, NO_ANSWER]
    assert [answer.status for answer in api.make([call("look", 9)])] == [200]


@pytest.mark.parametrize("is_noticed", [True, False])
def test_wherever_an_answer_is_cut_off_nothing_wrong_is_told(
    api: CalendarApi, sandbox: GoogleCalendarSandbox, is_noticed: bool
) -> None:
    calls = [call("insert", 1), call("insert", 2)]
    api.make(calls)
    right = [NO_ANSWER, *api.make([call("look", 1), call("look", 2)])]
    for percent in range(0, 100, 2):
        sandbox.faults.order(Truncation(kept=percent / 100, is_noticed=is_noticed), path=BATCH)
        answers = api.make([call("look", 1), call("look", 2)])
        assert [answer for answer in answers if answer not in right] == [], percent


def test_a_missing_part_is_no_answer(api: CalendarApi, sandbox: GoogleCalendarSandbox) -> None:
    sandbox.faults.order(MissingPart(), inner=True, at=2)
    answers = api.make([call("insert", number) for number in (1, 2, 3)])
    assert answers[1] == NO_ANSWER
    assert [row["id"] for row in sandbox.world.calendar().live()] != []


def test_whoever_cannot_be_reached_gives_no_answer(tokens: Tokens) -> None:
    api = CalendarApi(lambda: calendar_service("http://127.0.0.1:9", StoredCredentials(tokens)))
    assert api.make([call("insert")]) == [NO_ANSWER]
    assert api.is_calendar_there("primary") is None
    api.close()


def test_calls_with_a_token_that_died_are_made_again_with_another_one(
    api: CalendarApi, sandbox: GoogleCalendarSandbox
) -> None:
    api.make([call("insert", 9)])
    sandbox.world.oauth.kill_access_tokens()
    answers = api.make([call("insert", 1), call("insert", 2)])
    assert [answer.status for answer in answers] == [200, 200]


def test_without_any_token_the_error_says_why(
    api: CalendarApi, sandbox: GoogleCalendarSandbox, tokens: Tokens
) -> None:
    tokens.error = NeedsReauthorization("Connect again.")
    with pytest.raises(NeedsReauthorization, match="Connect again"):
        api.make([call("insert")])
    assert sandbox.log.count() == 0


def test_a_grant_that_ends_between_two_batches_says_why(
    api: CalendarApi, sandbox: GoogleCalendarSandbox, tokens: Tokens
) -> None:
    sandbox.faults.order(Change(lambda world: world.oauth.kill_access_tokens(), moment="after"), path=BATCH)
    api.make([call("insert", 1)])
    tokens.error = NeedsReauthorization("Connect again.")
    with pytest.raises(NeedsReauthorization):
        api.make([call("insert", 2)])


@pytest.mark.parametrize(
    "summary", ["Läufe 🏃 \u2028", 'a "quoted" \\ <b>&amp;</b>', "From here\r\n--x--\n\nHTTP/1.1", " "]
)
def test_any_text_arrives_as_it_is(api: CalendarApi, sandbox: GoogleCalendarSandbox, summary: str) -> None:
    api.make([call("insert", body={"id": "event1", "summary": summary, **DAY}), call("insert", 2)])
    row = sandbox.world.calendar().find("event1")
    assert row is not None
    assert row["summary"] == summary


def test_a_calendar_is_there_or_not_or_google_does_not_say(
    api: CalendarApi, sandbox: GoogleCalendarSandbox
) -> None:
    assert api.is_calendar_there("primary") is True
    assert api.is_calendar_there("nobody@example.com") is False
    for fault in (Answer(errors.backend_error()), Reset(), Answer(errors.rate_limited()), Truncation()):
        sandbox.faults.order(fault)
        assert api.is_calendar_there("primary") is None
    assert api.requests == 6


def test_nothing_is_opened_before_the_first_request(tokens: Tokens) -> None:
    def open_service() -> Any:
        raise AssertionError

    api = CalendarApi(open_service)
    assert api.requests == 0
    api.close()
