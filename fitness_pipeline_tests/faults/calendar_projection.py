"""What a calendar is to show after anything that may happen to runs, settings and events."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.faults.calendar_model import HOME, Look, Shown, shown_runs

_DEFAULT = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class KnownRun:
    """What counts of a run."""

    id: str
    datetime_utc: datetime
    is_deleted: bool
    shoe: str | None


@dataclass
class Projection:
    """What the runner has said of runs and events, and what a sync has found out.

    Attributes:
        connection: to the runs.
        connected_at: when the calendar was connected.
        look: what the settings say.
        configured: the first day that is shown, as the settings say.
        backfilled: the first day that the runner asked for.
        known: the runs that were ever to be shown; they stay, however old they are.
        declined: the runs that the runner does not want.
        binned: the runs whose event the runner has deleted in Google, which nobody has noticed.
        asked: the runs that the runner has asked for since: they come, whatever was done to their events.
        unclear: of which nobody can tell whether that was noticed: requests were lost meanwhile.
        held: what was shown of each run when it was written last, with the shoe.
    """

    connection: AnyConnection
    connected_at: datetime
    look: Look
    configured: date | None = None
    backfilled: date | None = None
    known: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    binned: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
    held: dict[str, tuple[Shown, str | None]] = field(default_factory=dict)

    def runs(self) -> list[KnownRun]:
        """Return all runs, the deleted ones too."""
        with self.connection.cursor(row_factory=class_row(KnownRun)) as cursor:
            return cursor.execute(
                """
                select runs.id, datetime_utc, runs.deleted_at is not null as is_deleted, shoes.name as shoe
                from runs left join shoes on shoes.id = shoe_id order by runs.id
                """
            ).fetchall()

    def plan(self) -> dict[str, tuple[Shown, str | None]]:
        """Take note that a sync begins; return what it has to show, and the shoe, by the run's id."""
        first = self.configured or self.connected_at.date() - _DEFAULT
        first = first if self.backfilled is None else min(first, self.backfilled)
        since = datetime.combine(first, time(), HOME)
        wanted = {
            run.id: run.shoe
            for run in self.runs()
            if not run.is_deleted
            and run.id not in self.declined
            and (run.datetime_utc >= since or run.id in self.known)
        }
        self.known |= wanted.keys()
        shown = shown_runs(self.connection, wanted, self.look)
        return {id: (shown[id], shoe) for id, shoe in wanted.items()}

    def note_put(self, id: str) -> None:
        """Take note that one run was brought onto the calendar, whatever had been said of it before.

        Args:
            id: of a run that is not unclear.
        """
        self.declined.discard(id)
        self.known.add(id)
        shown = self.plan()[id]
        if id in self.asked or self.held.get(id) != shown:
            self.binned.discard(id)  # it was written, so its deletion was noticed, and undone
        self.asked.discard(id)
        self.held[id] = shown

    def settle(self, declined: set[str], live: set[str]) -> dict[str, Shown]:
        """Take note that a sync has come to its end; return what is to be on the calendar, by the run's id.

        Args:
            declined: those that it takes to be declined; counts only for those that are unclear.
            live: those that are shown; the same.
        """
        self.declined |= self.unclear & declined
        wanted = self.plan()
        for id in self.binned - self.unclear:
            if id in self.asked or id not in wanted or self.held[id][0].calendar != self.look.calendar:
                self.binned.remove(id)  # it comes again, or was to go from there anyway
            elif self.held[id] != wanted[id]:
                self.binned.remove(id)
                self.declined.add(id)
                del wanted[id]
        self.binned |= (self.unclear & wanted.keys()) - live
        self.unclear.clear()
        self.asked.clear()
        self.held = wanted
        return {id: shown for id, (shown, _) in wanted.items() if id not in self.binned}
