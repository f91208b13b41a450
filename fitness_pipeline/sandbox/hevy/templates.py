"""The exercise templates: Hevy's own exercises, and those of the lifter."""

import json
import threading
from collections.abc import Iterable

from fitness_pipeline.sandbox.hevy.rows import Row
from fitness_pipeline.sandbox.serving.replies import encode


class Templates:
    """Rows by id, in the order in which they came. What goes in and what comes out are copies."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._lock = threading.RLock()
        self._rows = {row["id"]: encode(row) for row in rows}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, template_id: str) -> bool:
        return template_id in self._rows

    def put(self, row: Row) -> None:
        """Keep a row as it is, in place of the one with the same id if there is one."""
        with self._lock:
            self._rows[row["id"]] = encode(row)

    def rename(self, template_id: str, title: str) -> None:
        """Give a template another title; workouts keep the one that they were logged with.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            self.put(json.loads(self._rows[template_id]) | {"title": title})

    def delete(self, template_id: str) -> Row:
        """Delete a template, which workouts still name; return the row that it had.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            return dict(json.loads(self._rows.pop(template_id)))

    def find(self, template_id: str) -> Row | None:
        """Return a template's row, or None."""
        body = self.body(template_id)
        return None if body is None else dict(json.loads(body))

    def rows(self) -> list[Row]:
        """Return all rows."""
        return [json.loads(body) for body in self.bodies()]

    def body(self, template_id: str) -> bytes | None:
        """Return a template as JSON, or None."""
        return self._rows.get(template_id)

    def bodies(self) -> list[bytes]:
        """Return all templates as JSON."""
        with self._lock:
            return list(self._rows.values())
