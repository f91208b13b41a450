"""What may happen to runs, settings and events on a calendar, and what is to be shown then."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.google_calendar.world import OWNER, PRIMARY
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.sync_calendar import sync_run
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.calendar_sync import private
from fitness_pipeline_tests.faults.calendar_late import LateRequest
from fitness_pipeline_tests.faults.calendar_lives import Life
from fitness_pipeline_tests.faults.calendar_model import METRIC_TITLE, Look
from fitness_pipeline_tests.faults.calendar_projection import Projection
from fitness_pipeline_tests.faults.calendar_stories import ADA, OTHER
from fitness_pipeline_tests.faults.calendar_strategies import Event
from fitness_pipeline_tests.faults.calendar_troubles import LATEST_WORK
from fitness_pipeline_tests.moments import NOW

# So few runs that much happens to each.
MOST_RUNS = 2


class Happenings:
    """A life with two calendars, and everything that may happen in it; what that means is noted at once.

    Attributes:
        life: the database, and Google.
        projection: what is to be shown.
        late: requests of those who died, on which Google still works.
        late_until: when it has at the latest.
        is_troubled: whether requests were lost since it was last known that all is right.

    Args:
        life: which has just begun, with both calendars.
        environment: to be changed.
    """

    def __init__(self, life: Life, environment: pytest.MonkeyPatch) -> None:
        self.life = life
        self.projection = Projection(life.connection, NOW, Look(calendar=OWNER))
        self.late: list[LateRequest] = []
        self.late_until = NOW
        self.is_troubled = False
        self._notes: dict[str, list[str]] = {}
        self._reminders: dict[str, Row] = {}
        self._environment = environment

    def happen(self, events: list[Event]) -> None:
        """Change things."""
        for name, arguments in events:
            getattr(self, name)(*arguments)

    # Runs

    def import_run(self, values: dict[str, Any]) -> None:
        """A provider tells of a run, unless there are enough."""
        number = len(self.projection.runs())
        if number < MOST_RUNS:
            source = "strava" if values["source"] == "Strava" else "mmf"
            create_runs(self.life.connection, new_run(f"{source}_{number}", **values))

    def edit(self, number: int, updates: dict[str, Any]) -> None:
        """The runner edits a run."""
        if (id := self.run(number, is_deleted=False)) is not None:
            update_run_with_history(id, updates, ADA, conn=self.life.connection)

    def delete(self, number: int) -> None:
        """The runner deletes a run."""
        if (id := self.run(number, is_deleted=False)) is not None:
            soft_delete_run(id, ADA, conn=self.life.connection)

    def restore(self, number: int) -> None:
        """The runner brings a run back."""
        if (id := self.run(number, is_deleted=True)) is not None:
            restore_run_version(id, 1, ADA, conn=self.life.connection)

    def rename_the_shoe(self, name: str) -> None:
        """The runner renames the shoe."""
        self.life.connection.execute("update shoes set name = %s where id = 'ghost'", [name])

    # Settings

    def set_the_look(self, is_metric: bool, is_all_day: bool) -> None:
        """Other settings say how events look."""
        self.projection.look = replace(self.projection.look, is_metric=is_metric, is_all_day=is_all_day)
        self._environment.delenv("CALENDAR_TITLE", raising=False)
        if is_metric:
            self._environment.setenv("CALENDAR_TITLE", METRIC_TITLE)
        self._environment.setenv("CALENDAR_ALL_DAY", str(is_all_day))

    def set_another_calendar(self) -> None:
        """The settings name the other calendar."""
        calendar = OTHER if self.projection.look.calendar == OWNER else OWNER
        self.projection.look = replace(self.projection.look, calendar=calendar)
        self._environment.setenv("GOOGLE_CALENDAR_ID", PRIMARY if calendar == OWNER else calendar)

    def set_the_first_day(self, day: date | None) -> None:
        """The settings say from which day on runs are shown."""
        self.projection.configured = day
        self._environment.delenv("CALENDAR_SYNC_SINCE", raising=False)
        if day is not None:
            self._environment.setenv("CALENDAR_SYNC_SINCE", f"{day}")

    # What the runner says, here and in Google

    def remove(self, number: int) -> None:
        """The runner takes a run off the calendar, here."""
        if (id := self.run(number, is_deleted=False)) is not None:
            decline_event(id, load_settings().google_calendar_id, conn=self.life.connection)
            self.projection.declined.add(id)
            self.projection.asked.discard(id)
            self.projection.known.add(id)

    def resync(self, number: int) -> None:
        """The runner wants a run on the calendar, here."""
        id = self.run(number, is_deleted=False)
        if id is not None and id not in self.projection.unclear:
            want_event_again(id, load_settings().google_calendar_id, conn=self.life.connection)
            self.projection.declined.discard(id)
            self.projection.known.add(id)
            self.projection.asked.add(id)

    def put_now(self, number: int) -> None:
        """The runner has a run brought onto the calendar at once; the others wait for the next sync."""
        id = self.run(number, is_deleted=False)
        if id is not None and id not in self.projection.unclear and not self.is_troubled:
            self._sync_run(id, is_wanted=True)
            self.projection.note_put(id)

    def take_off_now(self, number: int) -> None:
        """The runner has a run taken off the calendar at once."""
        id = self.run(number, is_deleted=False)
        if id is not None and not self.is_troubled:
            self._sync_run(id, is_wanted=False)
            self.remove(number)

    def _sync_run(self, id: str, *, is_wanted: bool) -> None:
        sync_run(load_settings(), id, is_wanted=is_wanted, patience=self.life.sync.patience)

    def delete_in_google(self, number: int) -> None:
        """The runner deletes an event in Google."""
        if (row := self.live(number)) is not None:
            calendar, event = row
            id = private(event)["fitness_run_id"]
            self.life.world.calendar(calendar).delete_as_the_runner(event["id"])
            if self.is_troubled or calendar != self.projection.look.calendar:
                self.projection.unclear.add(id)
                self.projection.asked.discard(id)
            else:
                self.projection.binned.add(id)

    def edit_in_google(self, number: int, is_before: bool, minutes: int) -> None:
        """The runner adds to an event in Google."""
        if (row := self.live(number)) is not None:
            calendar, event = row
            notes = self._notes.setdefault(event["id"], [])
            notes.append(f"Note {len(notes)}.")
            parts = [event["description"], notes[-1]]
            reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": minutes}]}
            self._reminders[event["id"]] = reminders
            self.life.world.calendar(calendar).edit_as_the_runner(
                event["id"], description="\n".join(parts[::-1] if is_before else parts), reminders=reminders
            )

    def empty_the_bin(self, refuses: bool) -> None:
        """Deleted events disappear from Google, and later ones can be revived or not."""
        self.life.world.refuses_reviving = refuses
        if not self.late:
            for calendar in self.life.world.calendars():
                for event in calendar.all():
                    if event.is_cancelled:
                        calendar.purge(event.row["id"])

    def backfill(self, since: date | None) -> None:
        """The runner asks for runs from a day on, or for none."""
        if since is not None:
            former = self.projection.backfilled
            self.projection.backfilled = since if former is None else min(since, former)

    # Time, and requests that are under way

    def pass_time(self, minutes: int) -> None:
        """Time passes."""
        self.advance(timedelta(minutes=minutes))

    def google_works_on_it(self) -> None:
        """Google works on the requests of those who died."""
        while self.late:
            self.late.pop().be_worked_on()

    def advance(self, by: timedelta) -> None:
        """Let time pass; what Google works on late is done before it is too late."""
        if self.late and self.life.clock() + by > self.late_until:
            self.google_works_on_it()
        self.life.clock.advance(by)

    def be_in_trouble(self) -> None:
        """From now on, nobody can tell what was noticed of what the runner deleted in Google."""
        self.is_troubled = True
        self.projection.unclear |= self.projection.binned - self.projection.asked
        self.projection.binned.clear()

    def sync_and_die(self, skip: int) -> None:
        """Sync, and die after a request, on which Google works later.

        Args:
            skip: how many requests are spared before.
        """
        late = LateRequest(self.life)
        self.be_in_trouble()
        self.projection.plan()
        if late.send(skip):
            self.late.append(late)
            self.late_until = self.life.clock() + LATEST_WORK

    # What there is

    def run(self, number: int, *, is_deleted: bool) -> str | None:
        """One of the runs that are deleted, or of the others."""
        runs = [run.id for run in self.projection.runs() if run.is_deleted == is_deleted]
        return runs[number % len(runs)] if runs else None

    def events(self) -> list[tuple[str, Row]]:
        """Our events, with their calendars."""
        return [(calendar.id, row) for calendar in self.life.world.calendars() for row in calendar.live()]

    def live(self, number: int) -> tuple[str, Row] | None:
        """One of them, with its calendar."""
        rows = self.events()
        return rows[number % len(rows)] if rows else None

    def what_is_missing_of_the_runners(self, event: Row) -> list[Any]:
        """What the runner added to an event, and is not there."""
        notes = [note for note in self._notes.get(event["id"], []) if note not in event["description"]]
        reminders = self._reminders.get(event["id"], event["reminders"])
        return notes if event["reminders"] == reminders else [*notes, reminders]
