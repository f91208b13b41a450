"""Asks Hevy's API, at most twice a second, and again when a failure passes."""

import time
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from fitness_pipeline.errors import PermissionRefused
from fitness_pipeline.providers.broken_connections import describe
from fitness_pipeline.providers.hevy.events import NO_EVENTS, EventsPage, newest_time, read_events
from fitness_pipeline.providers.hevy.headers import read_clock_lead, read_retry_after
from fitness_pipeline.providers.hevy.pace import Pace
from fitness_pipeline.providers.hevy.pages import (
    NO_ROWS,
    Listed,
    no_such_page,
    read_count,
    read_listed,
    read_one,
)
from fitness_pipeline.providers.hevy.replies import (
    ApiReply,
    TryAgain,
    nothing_there,
    read_api_reply,
    unavailable,
)
from fitness_pipeline.providers.hevy.rows import Row, is_id

# More is answered with 400 (Hevy's API description).
WORKOUTS_PER_PAGE = 10
TEMPLATES_PER_PAGE = 100
EVENTS_PER_PAGE = 10

_ATTEMPTS = 5
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 60.0
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_Read = TypeVar("_Read")


class HevyApi:
    """Asks Hevy; `with HevyApi(...) as api:` closes its connections at the end.

    Every method may raise:
        ProviderUnavailable: outages, too many requests, timeouts, broken connections and bodies, after five
            attempts.
        OutOfQuota: Hevy asks to be left alone for more than two minutes. Says until when.
        PermissionRefused: Hevy refuses the key.
        UnexpectedReply: anything that this version does not know; it is never read as being empty.
    """

    def __init__(
        self,
        url: str,
        key: SecretStr,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        timeout_seconds: float = _READ_SECONDS,
        pace: Pace | None = None,
    ) -> None:
        """Take what is needed to ask.

        Args:
            url: of the API, such as `https://api.hevyapp.com`.
            key: of the account.
            clock: the time of this machine.
            sleep: waits for so many seconds, before the next request and before another attempt.
            timeout_seconds: how long Hevy may be silent.
            pace: keeps the requests apart, those of others who share it included.

        Raises:
            PermissionRefused: the key cannot be one.
        """
        self._url = url.rstrip("/")
        self._key = _Key(key)
        self._clock = clock
        self._sleep = sleep
        self._pace = pace or Pace()
        self._calls = 0
        self._lead = timedelta()
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, _CONNECT_SECONDS)),
            follow_redirects=False,  # the key is for this address alone
        )
        self._retrying = Retrying(
            retry=retry_if_exception_type(TryAgain),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_wait_as_told,
            sleep=sleep,
            reraise=True,
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def calls(self) -> int:
        """How many requests were made so far, attempts that failed included."""
        return self._calls

    @property
    def clock_lead(self) -> timedelta:
        """How far the clock of this machine is ahead of Hevy's, as far as the replies tell."""
        return self._lead

    def list_workouts(self, page: int) -> Listed | None:
        """Return a page of the workouts, newest first; None when there is no such page.

        Args:
            page: from 1, which there always is: nobody knows what an account without workouts answers, so a
                404 is believed only if the count is zero, too.
        """
        found = self._list("/v1/workouts", "workouts", page, WORKOUTS_PER_PAGE)
        if found is None and page == 1:
            if count := self.count():
                raise no_such_page(1, f"there are {count} workouts")
            return NO_ROWS
        return found

    def events(self, since: datetime, page: int) -> EventsPage | None:
        """Return a page of what happened to workouts, newest first; None when there is no such page.

        Args:
            since: an instant. Whether it counts itself is not documented.
            page: from 1, which there always is: nobody knows what is answered when nothing happened, so a
                404 is believed only if the newest event of all is older.
        """
        found = self._events(since, page)
        if found is not None or page > 1:
            return found
        everything = self._events(_BEGINNING, 1)
        if everything is None:
            if count := self.count():
                raise no_such_page(1, f"there are {count} workouts")
            return NO_EVENTS
        newest = newest_time(everything.events)
        if everything.unusable or (newest is not None and newest >= since):
            raise no_such_page(1, "something happened since")
        return NO_EVENTS

    def count(self) -> int:
        """Return how many workouts there are."""
        count = self._ask("/v1/workouts/count", read_count)
        if count is None:
            raise nothing_there()
        return count

    def find_workout(self, workout_id: str) -> Row | None:
        """Return a workout, or None when Hevy does not have it.

        Args:
            workout_id: which.
        """
        return self._find("/v1/workouts", "workout", workout_id)

    def list_templates(self, page: int) -> Listed | None:
        """Return a page of the exercise templates; None when there is no such page.

        Args:
            page: from 1, which there always is: every account has those of Hevy itself.
        """
        found = self._list("/v1/exercise_templates", "exercise_templates", page, TEMPLATES_PER_PAGE)
        if found is None and page == 1:
            raise nothing_there()
        return found

    def find_template(self, template_id: str) -> Row | None:
        """Return an exercise template, or None when Hevy does not have it.

        Args:
            template_id: as workouts name it, such as `79D0BB3A`.
        """
        return self._find("/v1/exercise_templates", "exercise_template", template_id)

    def _list(self, path: str, name: str, page: int, size: int) -> Listed | None:
        read = partial(read_listed, name=name, number=page)
        return self._ask(path, read, {"page": page, "pageSize": size})

    def _events(self, since: datetime, page: int) -> EventsPage | None:
        parameters: dict[str, str | int] = {
            "since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "page": page,
            "pageSize": EVENTS_PER_PAGE,
        }
        return self._ask("/v1/workouts/events", partial(read_events, number=page), parameters)

    def _find(self, path: str, name: str, wanted_id: str) -> Row | None:
        if not is_id(wanted_id):
            return None  # it would be another address
        return self._ask(f"{path}/{wanted_id}", partial(read_one, name=name, wanted_id=wanted_id))

    def _ask(
        self, path: str, read: Callable[[bytes], _Read], parameters: Mapping[str, str | int] | None = None
    ) -> _Read | None:
        """Return what `read` makes of the body, or None for a 404; ask again when it passes."""
        return self._retrying(self._attempt, path, read, parameters or {})

    def _attempt(
        self, path: str, read: Callable[[bytes], _Read], parameters: Mapping[str, str | int]
    ) -> _Read | None:
        body = read_api_reply(self._send(path, parameters))
        return None if body is None else read(body)

    def _send(self, path: str, parameters: Mapping[str, str | int]) -> ApiReply:
        """Send a request when it is its time."""
        self._pace.wait(self._clock, self._sleep)
        self._calls += 1
        sent_at = self._clock()
        try:
            response = self._client.get(f"{self._url}{path}", params=parameters, auth=self._key)
        except httpx.HTTPError as error:
            failure = describe(error)
        else:
            received_at = self._clock()
            self._lead = max(self._lead, read_clock_lead(response.headers, sent_at))
            return ApiReply(
                status=response.status_code,
                body=response.content,
                received_at=received_at,
                retry_after_seconds=read_retry_after(response.headers, received_at),
            )
        # Out of the handler's reach: the original holds the request, and the request holds the key.
        raise unavailable(failure)


class _Key(httpx.Auth):
    """Puts the key into a header of the request; so it is in no variable but a secret one."""

    def __init__(self, key: SecretStr) -> None:
        self._key = SecretStr(key.get_secret_value().strip())
        if not _fits_into_a_header(self._key):
            raise PermissionRefused(
                "HEVY_API_KEY is no key. Copy it again: https://hevy.com/settings?developer."
            )

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["api-key"] = self._key.get_secret_value()
        yield request


def _fits_into_a_header(key: SecretStr) -> bool:
    text = key.get_secret_value()
    return bool(text) and text.isascii() and text.isprintable()


_BACK_OFF = wait_exponential_jitter(initial=1, max=30, jitter=1)


def _wait_as_told(state: RetryCallState) -> float:
    """Return how many seconds to wait before the next attempt: twice as long each time, or as Hevy asks."""
    error = state.outcome.exception() if state.outcome is not None else None
    told = error.after_seconds if isinstance(error, TryAgain) else 0.0
    return max(told, _BACK_OFF(state))
