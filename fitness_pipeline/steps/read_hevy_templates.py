"""From Hevy's exercise templates to `raw.hevy_exercise_templates`: all at first, then the unknown ones."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Unpack

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.hevy_rejects import keep_new_rejects
from fitness_pipeline.db.hevy_templates import (
    IncomingTemplate,
    find_changed_templates,
    get_templates_to_ask_for,
    has_templates,
    record_unreadable_template,
    store_template,
)
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.errors import InvalidValue, ProviderError, UnexpectedReply
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.pages import Listed
from fitness_pipeline.providers.hevy.rows import Row
from fitness_pipeline.providers.hevy.walk import walk
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.hevy_access import PROVIDER, utc_now
from fitness_pipeline.steps.hevy_intake import reject_of
from fitness_pipeline.steps.hevy_session import Waiting, alone_with_hevy, open_hevy_api

ASKED_AGAIN_AFTER = timedelta(days=7)
# A listing takes about five calls (pages of 100; Hevy itself has more than 400 templates).
ASKED_ONE_BY_ONE = 5

_HOLDS_NUL = "What Hevy sends of it holds characters that Postgres cannot store."


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCounts:
    """What became of templates.

    Attributes:
        unreadable: of which Hevy gave nothing that can be used.
        postponed: that workouts name and that are still to be asked for, because Hevy could not be.
        reason: why, in a sentence; also when a listing could not be made.
        calls: requests to the API, repeated ones included.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unreadable: int = 0
    postponed: int = 0
    reason: str | None = None
    calls: int = 0


def read_hevy_templates(
    settings: Settings,
    *,
    is_full: bool = False,
    dagster_run_id: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    on_progress: Callable[[str], object] = lambda _: None,
    conn: AnyConnection | None = None,
    **waiting: Unpack[Waiting],
) -> TemplateCounts:
    """Ask for the templates that are not known; without any such, nothing is asked.

    No fault of Hevy's ends it: lifts are made without their templates then, which come the next time.

    Args:
        settings: where Hevy is, and the key.
        is_full: whether to list all of them again, which finds what was renamed, and to ask again for those
            that Hevy did not have.
        dagster_run_id: the Dagster run at work.
        clock: tells when it is asked.
        on_progress: called with a sentence now and then.
        conn: the caller's connection, to take part in its transaction.
        **waiting: how to wait for Hevy, before the next request, and before another attempt.

    Returns:
        What became of them.

    Raises:
        NotConnected: there is no key.
    """
    with (
        open_hevy_api(settings, clock=clock, **waiting) as api,
        alone_with_hevy(conn, on_progress) as connection,
    ):
        reader = _Reader(connection, api, clock, dagster_run_id)
        reason = None
        try:
            reader.read(is_full=is_full)
        except ProviderError as error:
            reason = str(error)
        return TemplateCounts(
            **reader.outcomes,
            postponed=len(reader.waiting(is_full=False)) if reason is not None else 0,
            reason=reason,
            calls=api.calls,
        )


class _Reader:
    def __init__(
        self,
        connection: AnyConnection,
        api: HevyApi,
        clock: Callable[[], datetime],
        dagster_run_id: str | None,
    ) -> None:
        self._connection = connection
        self._api = api
        self._clock = clock
        self._dagster_run_id = dagster_run_id
        self.outcomes: Counter[str] = Counter()

    def read(self, *, is_full: bool) -> None:
        """List all of them if that is wanted or cheaper, then ask for those that were not listed."""
        waiting = self.waiting(is_full=is_full)
        if is_full or len(waiting) > ASKED_ONE_BY_ONE or not has_templates(conn=self._connection):
            self._list_all()
            waiting = self.waiting(is_full=is_full)
        for template_id in waiting:
            self._ask_for(template_id)

    def waiting(self, *, is_full: bool) -> list[str]:
        """Return which are to be asked for."""
        now = self._clock()
        asked_before = None if is_full else now - ASKED_AGAIN_AFTER
        return get_templates_to_ask_for(now, asked_before=asked_before, conn=self._connection)

    def _list_all(self) -> None:
        """Store all templates at once, so that none is missing because only the first pages came."""
        pages = [page for _, page in walk(self._api.list_templates)]
        with transaction(self._connection):
            take_turn(self._connection, PROVIDER)
            for page in pages:
                self._store_page(page)

    def _store_page(self, page: Listed) -> None:
        incoming = [_incoming(row) for row in page.rows]
        changed = find_changed_templates(incoming, conn=self._connection)
        self.outcomes["unchanged"] += len(incoming) - len(changed)
        self._store([template for template in incoming if template.template_id in changed])
        if rejects := [reject_of(row, "template") for row in page.unusable]:
            keep_new_rejects(self._connection, rejects, dagster_run_id=self._dagster_run_id)
            self.outcomes["unreadable"] += len(rejects)

    def _ask_for(self, template_id: str) -> None:
        """Ask for one and store what comes."""
        reason = "Hevy does not have it any more."
        try:
            row = self._api.find_template(template_id)
        except UnexpectedReply as error:
            row, reason = None, str(error)
        with transaction(self._connection):
            take_turn(self._connection, PROVIDER)
            if row is None:
                self._record_unreadable(template_id, reason)
            else:
                self._store([_incoming(row)])

    def _store(self, templates: Sequence[IncomingTemplate]) -> None:
        for template in templates:
            try:
                outcome = store_template(
                    template, self._clock(), dagster_run_id=self._dagster_run_id, conn=self._connection
                )
                self.outcomes[outcome] += 1
            except InvalidValue:
                self._record_unreadable(template.template_id, _HOLDS_NUL)

    def _record_unreadable(self, template_id: str, reason: str) -> None:
        record_unreadable_template(template_id, reason, self._clock(), conn=self._connection)
        self.outcomes["unreadable"] += 1


def _incoming(row: Row) -> IncomingTemplate:
    return IncomingTemplate(template_id=row.id, payload=row.payload, sha256=row.sha256)
