"""Calls about events, made in batches, and their answers."""

import json
import re
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import Any

import httplib2
from google.auth.exceptions import TransportError
from googleapiclient.errors import BatchError, HttpError

from fitness_pipeline.calendar.calls import Answer, Call

_NO_ANSWER = Answer(status=0, message="The connection to Google broke before the answer.")
# Tokens, codes and secrets of clients as Google makes them: what a request came with may be repeated by a
# refusal, which people are shown.
_SECRET = re.compile(r"(?:ya29\.|1//|4/|GOCSPX-)[\w.~+/-]{20,}")
# What httplib2 lets through when a connection breaks, and what the client makes of half an answer.
_BROKEN = (
    OSError,
    HTTPException,
    httplib2.HttpLib2Error,
    LookupError,
    TypeError,
    ValueError,
    TransportError,
)


class CalendarApi:
    """Google Calendar, as far as events are written; for one thread at a time.

    Attributes:
        requests: how many HTTP requests were made; a batch is one.

    Args:
        open_service: makes Google's own client, at the first request: nothing to do costs nothing.
    """

    def __init__(self, open_service: Callable[[], Any]) -> None:
        self.requests = 0
        self._open_service = open_service
        self._opened: Any = None

    def close(self) -> None:
        """Close the connections; another request opens new ones."""
        if self._opened is not None:
            self._opened.close()

    def make(self, calls: Sequence[Call]) -> list[Answer]:
        """Make calls, each about another event, in one batch.

        Args:
            calls: at most 1,000 (contract); Google works on them in any order.

        Returns:
            The answer to each, in the order of the calls; of status 0 where none came. Nothing is repeated
            here but what was refused for an access token that had expired.

        Raises:
            NeedsReauthorization, ProviderUnavailable, ProviderError: there is no access token.
        """
        answers = dict.fromkeys(map(str, range(len(calls))), _NO_ANSWER)

        def take(request_id: str, event: Any, error: HttpError | None) -> None:
            call = calls[int(request_id)]
            answers[request_id] = _error(error) if error is not None else _success(call, event)

        batch = self._service.new_batch_http_request(callback=take)
        for number, call in enumerate(calls):
            batch.add(self._request(call), request_id=str(number))
        self.requests += 1
        try:
            batch.execute()
        except BatchError:
            pass  # half an answer, or another one: an HttpError, but with no status or with one of success
        except HttpError as error:
            return [_error(error)] * len(calls)
        except _BROKEN:
            self.close()  # a connection that broke within an answer is of no use to the next request
        return list(answers.values())

    def is_calendar_there(self, calendar_id: str) -> bool | None:
        """Return whether a calendar is there and can be read; None if Google does not say.

        Args:
            calendar_id: of the calendar.
        """
        self.requests += 1
        try:
            self._service.events().list(calendarId=calendar_id, maxResults=1, fields="kind").execute()
        except HttpError as error:
            return False if error.status_code in (404, 410) else None
        except _BROKEN:
            self.close()
            return None
        return True

    @property
    def _service(self) -> Any:
        if self._opened is None:
            self._opened = self._open_service()
        return self._opened

    def _request(self, call: Call) -> Any:
        events = self._service.events()
        where = {"calendarId": call.calendar_id, "eventId": call.event_id}
        match call.kind:
            case "insert":
                return events.insert(calendarId=call.calendar_id, body=call.body)
            case "look":
                return events.get(**where)
            case "delete":
                request = events.delete(**where)
            case "patch" | "revive":
                request = events.patch(**where, body=call.body)
        if call.etag is not None:
            request.headers["If-Match"] = call.etag
        return request


def _success(call: Call, event: Any) -> Answer:
    """Return what was told; who was told half an event was told nothing."""
    if call.kind == "delete":
        return Answer(status=200)
    return Answer(status=200, event=event) if isinstance(event, dict) else _NO_ANSWER


def _error(error: HttpError) -> Answer:
    reason, message = "", error.reason or ""
    try:
        told = json.loads(error.content)["error"]
        reason = told["errors"][0]["reason"]
        message = told["message"]
    except (ValueError, LookupError, TypeError):
        pass
    sentence = _SECRET.sub("(a secret)", str(message)).strip()
    return Answer(status=int(error.status_code), reason=str(reason), message=sentence)
