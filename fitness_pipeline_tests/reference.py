"""What the merge is meant to do, in plain Python, to compare the database with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs import get_all_runs
from fitness_pipeline.models import RunVersion
from fitness_pipeline_tests.builders import VALUES, values_of

Values = dict[str, Any]


def merged(base: Any, upstream: Any, present: Any) -> Any:
    """The rule for one field."""
    if upstream == base or present != base:
        return present
    return upstream


def is_conflict(base: Any, upstream: Any, present: Any) -> bool:
    """Whether runner and provider both changed a field, to different values."""
    return upstream != base and present not in (base, upstream)


@dataclass
class ReferenceRun:
    """A run as it has to be, from the provider's first word on."""

    upstream: Values
    base: Values = field(default_factory=dict)
    versions: list[tuple[str, str, Values]] = field(default_factory=list)
    is_deleted: bool = False
    is_withdrawn: bool = False
    is_withdrawal_pending: bool = False
    is_news: bool = True
    conflicts: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)

    @property
    def is_inserted(self) -> bool:
        """Whether the run is in `runs`, deleted or not."""
        return bool(self.versions)

    @property
    def present(self) -> Values:
        """The run's values."""
        return self.versions[-1][2]

    @property
    def can_be_edited(self) -> bool:
        """Whether the runner sees it."""
        return self.is_inserted and not self.is_deleted

    @property
    def open_conflicts(self) -> dict[str, tuple[Any, Any, Any]]:
        """The conflicts that the runner sees, with what both sides say by now."""
        if self.is_deleted:
            return {}
        return {
            name: (base, self.upstream[name], self.present[name])
            for name, (base, _, _) in self.conflicts.items()
            if self.upstream[name] not in (self.present[name], base)
        }

    def say(self, values: Values) -> None:
        """The provider offers it as a run, with these values."""
        self.is_news |= self.is_withdrawn or values != self.upstream
        self.upstream = values
        self.is_withdrawn = self.is_withdrawal_pending = False

    def withdraw(self) -> None:
        """The provider lists it as something else."""
        if not self.is_withdrawn:
            self.is_withdrawn = self.is_withdrawal_pending = self.is_news = True

    def edit(self, updates: Mapping[str, Any]) -> None:
        """The runner edits it."""
        if (changed := {**self.present, **updates}) != self.present:
            self.versions.append(("edit", "Ada", changed))

    def settle(self, name: str, settlement: str) -> None:
        """The runner settles a conflict that is open."""
        if settlement == "take":
            self.edit({name: self.upstream[name]})
        del self.conflicts[name]

    def delete(self) -> None:
        """The runner deletes it."""
        if not self.is_deleted:
            self.is_deleted = True
            self.versions.append(("deletion", "Ada", self.present))

    def restore(self, version_number: int) -> None:
        """The runner restores a version."""
        values = self.versions[version_number - 1][2]
        if values != self.present or self.is_deleted:
            self.is_deleted = False
            self.versions.append(("edit", "Ada", values))

    def merge(self) -> None:
        """What the provider says is merged."""
        if self.is_inserted:
            self._merge_known()
        elif not self.is_withdrawn:
            self.versions.append(("original", "system", self.upstream))
            self.is_withdrawal_pending = False
        self.base, self.is_news = self.upstream, False

    def _merge_known(self) -> None:
        if not (self.is_news or self.is_withdrawal_pending):
            return
        before, base, upstream = self.present, self.base, self.upstream
        after = {name: merged(base[name], upstream[name], before[name]) for name in VALUES}
        deletions = [by for kind, by, _ in self.versions if kind == "deletion"]
        is_deleted_now = self.is_withdrawal_pending and not self.is_deleted
        is_revived = self.is_deleted and not self.is_withdrawn and deletions[-1] == "mmf"
        if not self.is_deleted or is_revived:
            for name in VALUES:
                if is_conflict(base[name], upstream[name], before[name]):
                    first_base = self.conflicts.get(name, (base[name],))[0]
                    self.conflicts[name] = (first_base, upstream[name], before[name])
        for name in VALUES:
            if upstream[name] == after[name]:
                self.conflicts.pop(name, None)
        if after != before or is_deleted_now or is_revived:
            self.versions.append(("deletion" if is_deleted_now else "edit", "mmf", after))
        self.is_deleted = (self.is_deleted or is_deleted_now) and not is_revived
        self.is_withdrawal_pending = False


def assert_as_expected(connection: AnyConnection, expected: Mapping[str, ReferenceRun]) -> None:
    """Make sure that runs, histories and open conflicts are as they have to be."""
    runs = {run.id: run for run in get_all_runs(include_deleted=True, conn=connection)}
    with connection.cursor(row_factory=class_row(RunVersion)) as cursor:
        versions = cursor.execute("select * from runs_history order by run_id, version_number").fetchall()
    inserted = {id: run for id, run in expected.items() if run.is_inserted}
    assert {id: (values_of(run), run.deleted_at is not None, run.version) for id, run in runs.items()} == {
        id: (run.present, run.is_deleted, len(run.versions)) for id, run in inserted.items()
    }
    for id, run in inserted.items():
        assert [
            (version.version_number, version.change_type, version.changed_by, values_of(version))
            for version in versions
            if version.run_id == id
        ] == [(number, *version) for number, version in enumerate(run.versions, start=1)]
    conflicts = {
        (conflict.run_id, conflict.field): (
            conflict.base_value,
            conflict.upstream_value,
            conflict.current_value,
        )
        for conflict in get_open_conflicts(conn=connection)
    }
    assert conflicts == {
        (id, name): tuple(map(_as_json, values))
        for id, run in expected.items()
        for name, values in run.open_conflicts.items()
    }


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
