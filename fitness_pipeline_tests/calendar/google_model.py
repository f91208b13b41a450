"""Google Calendar as far as the events of one run go, as values: no sockets, no text."""

import itertools
from collections.abc import Mapping
from typing import Any

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.calendar.event_content import RUN_ID

Row = dict[str, Any]


class GoogleModel:
    """Events by id, those that are deleted too.

    Attributes:
        rows: as answers tell them.
        used: the ids that were ever used.
        refuses_reviving: whether a deleted event stays so.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.used: set[str] = set()
        self.refuses_reviving = False
        self._etags = itertools.count(1)

    def live(self, run_id: str) -> list[Row]:
        """Return the events of a run that the runner sees."""
        return [row for row in self.rows.values() if is_live(row) and run_of(row) == run_id]

    def put(self, event_id: str, row: Mapping[str, Any]) -> None:
        """Write an event."""
        self.used.add(event_id)
        self.rows[event_id] = {**row, "id": event_id, "etag": f'"{next(self._etags)}"'}

    def answer(self, call: Call) -> Answer:
        """Do what is asked."""
        row = self.rows.get(call.event_id)
        if call.kind == "insert":
            return self._insert(call) if row is None else Answer(status=409, reason="duplicate")
        if row is None:
            return Answer(status=404, reason="notFound")
        if call.kind == "look":
            return Answer(status=200, event=row)
        if call.kind == "delete" and not is_live(row):
            return Answer(status=410, reason="deleted")
        if call.etag not in (None, row["etag"]):
            return Answer(status=412, reason="conditionNotMet")
        if call.kind == "delete":
            self.put(call.event_id, {**row, "status": "cancelled"})
            return Answer(status=204)
        if call.kind == "revive" and not is_live(row) and self.refuses_reviving:
            return Answer(status=403, reason="forbidden")
        self.put(call.event_id, {**row, **(call.body or {})})
        return Answer(status=200, event=self.rows[call.event_id])

    def _insert(self, call: Call) -> Answer:
        self.put(call.event_id, {"status": "confirmed", **(call.body or {})})
        return Answer(status=200, event=self.rows[call.event_id])


def is_live(row: Row) -> bool:
    """Return whether the runner sees an event."""
    return bool(row["status"] != "cancelled")


def run_of(row: Row) -> str | None:
    """Return the run that an event says it tells of."""
    told: str | None = row.get("extendedProperties", {}).get("private", {}).get(RUN_ID)
    return told
