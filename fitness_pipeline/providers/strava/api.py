"""Asks Strava's API for activities and gear, within its rate limits, and again when a failure passes."""

import re
import time
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self, TypeVar

import httpx
from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from fitness_pipeline.errors import ProviderUnavailable
from fitness_pipeline.models import RateLimits
from fitness_pipeline.providers.broken_connections import describe
from fitness_pipeline.providers.strava.details import read_gear_object, read_start_date
from fitness_pipeline.providers.strava.listed import ActivitiesPage, read_activities_page
from fitness_pipeline.providers.strava.positions import PER_PAGE
from fitness_pipeline.providers.strava.rate_limits import find_wait, read_rate_limits
from fitness_pipeline.providers.strava.replies import (
    ApiReply,
    nothing_there,
    out_of_quota,
    read_api_reply,
    unavailable,
)

_ATTEMPTS = 4
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 60.0  # lists take 20 seconds at times
_GEAR_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

_Read = TypeVar("_Read")


class TokenSource(Protocol):
    """Where access tokens come from, such as `StravaAccess.token`."""

    def __call__(self, *, rejected: SecretStr | None = None) -> SecretStr:
        """Return a living access token.

        Args:
            rejected: one that was answered with 401; it comes back only if Strava holds it for good.
        """


class Quota(Protocol):
    """What is remembered of the rate limits, by everybody who asks as the same application."""

    def load(self) -> RateLimits | None:
        """Return what Strava said last, or None when it never did."""

    def save(self, limits: RateLimits) -> None:
        """Remember what Strava said."""


class StravaApi:
    """Asks Strava; `with StravaApi(...) as api:` closes its connections at the end.

    Every method may raise:
        OutOfQuota: a limit is used up, or the rest of it is kept for the live sync. Says until when.
        ProviderUnavailable: outages, timeouts, broken connections and bodies, after four attempts.
        NeedsReauthorization: Strava refuses even a fresh access token.
        PermissionRefused: the athlete did not grant what is needed.
        ApplicationInactive: Strava has switched the application off.
        UnexpectedReply: anything that this version does not know.
    and whatever the source of tokens raises.
    """

    def __init__(
        self,
        url: str,
        token: TokenSource,
        quota: Quota,
        *,
        is_live: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        timeout_seconds: float = _READ_SECONDS,
    ) -> None:
        """Take what is needed to ask.

        Args:
            url: of the API, such as `https://www.strava.com/api/v3`.
            token: asked before each request.
            quota: loaded before each request, because others ask too, and saved after each reply.
            is_live: whether this is the sync of what is new, which may use the limits up; see `find_wait`.
            clock: tells in which quarter hour it is.
            sleep: waits for so many seconds before another attempt.
            timeout_seconds: how long Strava may be silent.
        """
        self._url = url.rstrip("/")
        self._token = token
        self._quota = quota
        self._is_live = is_live
        self._clock = clock
        self._calls = 0
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, _CONNECT_SECONDS)),
            follow_redirects=False,  # the token is for this address alone
        )
        self._retrying = Retrying(
            retry=retry_if_exception_type(ProviderUnavailable),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential_jitter(initial=1, max=30, jitter=1),
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

    def list_activities(
        self, *, after: int, before: int, page: int, per_page: int = PER_PAGE
    ) -> ActivitiesPage:
        """Return a page of the athlete's activities that start between two instants.

        Whether the bounds themselves count is not documented. With both of them, the newest come first in
        recorded replies; nothing here depends on it.

        Args:
            after: epoch seconds.
            before: epoch seconds.
            page: from 1.
            per_page: at most 200. There may be fewer on a page although it is not the last.
        """
        parameters = {"after": after, "before": before, "page": page, "per_page": per_page}
        found = self._ask("/athlete/activities", read_activities_page, parameters)
        if found is None:
            raise nothing_there()
        return found

    def find_activity(self, activity_id: int) -> datetime | None:
        """Return when an activity starts; None when Strava does not have it, or does not show it.

        Args:
            activity_id: which.
        """
        return self._ask(f"/activities/{activity_id}", read_start_date)

    def read_gear(self, gear_id: str) -> bytes | None:
        """Return gear as JSON, the bytes as sent; None when Strava does not have it.

        Args:
            gear_id: as activities name it, such as `g3423618`.
        """
        if not _GEAR_ID.fullmatch(gear_id):
            return None  # it would be another address
        return self._ask(f"/gear/{gear_id}", read_gear_object)

    def _ask(
        self, path: str, read: Callable[[bytes], _Read], parameters: Mapping[str, int] | None = None
    ) -> _Read | None:
        """Return what `read` makes of the body, or None for a 404; ask again when it passes."""
        return self._retrying(self._attempt, path, read, parameters or {})

    def _attempt(
        self, path: str, read: Callable[[bytes], _Read], parameters: Mapping[str, int]
    ) -> _Read | None:
        token = self._token()
        reply = self._send(path, parameters, token)
        if reply.status == httpx.codes.UNAUTHORIZED:
            fresh = self._token(rejected=token)
            if fresh != token:
                reply = self._send(path, parameters, fresh)
        body = read_api_reply(reply)
        return None if body is None else read(body)

    def _send(self, path: str, parameters: Mapping[str, int], token: SecretStr) -> ApiReply:
        """Send a request, once the limits allow it, and remember what its reply says of them."""
        self._check_quota()
        self._calls += 1
        sent_at = self._clock()
        try:
            response = self._client.get(f"{self._url}{path}", params=parameters, auth=_Bearer(token))
        except httpx.HTTPError as error:
            failure = describe(error)
        else:
            limits = read_rate_limits(response.headers, sent_at)
            if limits is not None:
                self._quota.save(limits)
            return ApiReply(
                status=response.status_code, body=response.content, sent_at=sent_at, rate_limits=limits
            )
        # Out of the handler's reach: the original holds the request, and the request holds the token.
        raise unavailable(failure)

    def _check_quota(self) -> None:
        limits, now = self._quota.load(), self._clock()
        wait = find_wait(limits, now, is_live=self._is_live)
        if wait is not None:
            is_reserve = find_wait(limits, now, is_live=True) is None
            raise out_of_quota(wait, is_reserve=is_reserve)


class _Bearer(httpx.Auth):
    """Puts the token into a header, which httpx never shows; so it is in no variable but a secret one."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        yield request
