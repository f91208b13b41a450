"""The state of the stand-in, which tests change at any time: calendars, and who may write to them."""

from pathlib import Path
from typing import Self

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar, Role
from fitness_pipeline.sandbox.google_calendar.composing import Home
from fitness_pipeline.sandbox.google_calendar.grants import Client
from fitness_pipeline.sandbox.google_calendar.keeping import read, write
from fitness_pipeline.sandbox.google_calendar.ledger import Ledger
from fitness_pipeline.sandbox.google_calendar.list_query import ListQuery
from fitness_pipeline.sandbox.google_calendar.listing import compose_page
from fitness_pipeline.sandbox.google_calendar.oauth import Authorizations
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.serving.clock import Clock, utc_now

OWNER = "runner@example.com"
PRIMARY = "primary"


class GoogleCalendarWorld:
    """Everything that Google Calendar knows of one owner.

    Attributes:
        owner: an address, which is the primary calendar's id.
        oauth: what the owner granted; revoke, or kill tokens.
        refuses_reviving: whether an update of a deleted event ends with 403, as two clients' users report.
        events_a_page: how many events a page of a list looks at, be they listed or not: pages are shorter
            then than was asked for, or empty, though others follow. None for as many as are asked for.
    """

    def __init__(
        self,
        *,
        owner: str = OWNER,
        zone: str = "America/Chicago",
        client: Client | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Begin with an empty primary calendar.

        Args:
            owner: an address.
            zone: the primary calendar's time zone.
            client: the application.
            clock: tells when changes happen; a stand-in that serves the world replaces it with its own.
        """
        self.owner = owner
        self.oauth = Authorizations(client)
        self.refuses_reviving = False
        self.events_a_page: int | None = None
        self._zone = zone
        self._path: Path | None = None
        self._ledger = Ledger(clock, self._write)
        self._calendars = {owner: Calendar(Home(owner, owner, zone, owner), self._ledger)}

    @classmethod
    def kept_in(cls, path: Path, *, zone: str = "America/Chicago", clock: Clock = utc_now) -> Self:
        """Return a world that outlives its process, without its tokens.

        Args:
            path: a JSON file, read if it is there, and written after each change; the changes of a request
                are written before its reply goes out.
            zone: the primary calendar's time zone, for a new file.
            clock: tells when changes happen.

        Raises:
            ValueError: the file is there, and is none of ours.
        """
        world = cls(zone=zone, clock=clock)
        if path.exists():
            world.owner, calendars = read(path, world._ledger)
            world._calendars = {calendar.id: calendar for calendar in calendars}
        world._path = path
        return world

    @property
    def clock(self) -> Clock:
        """Tells when changes happen."""
        return self._ledger.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self._ledger.clock = clock

    def calendar(self, calendar_id: str = PRIMARY) -> Calendar:
        """Return a calendar, be it shared with the owner or not.

        Args:
            calendar_id: an address, or `primary`.

        Raises:
            KeyError: there is none.
        """
        return self._calendars[self._resolved(calendar_id)]

    def calendars(self) -> list[Calendar]:
        """Return all calendars."""
        with self._ledger.lock:
            return list(self._calendars.values())

    def add_calendar(
        self, calendar_id: str, *, summary: str = "", role: Role = "owner", zone: str | None = None
    ) -> Calendar:
        """Add a calendar beside the primary one.

        Args:
            calendar_id: an address.
            summary: its title; by default its id.
            role: what the owner may do there.
            zone: by default that with which the world began.
        """
        with self._ledger.lock:
            home = Home(calendar_id, summary or calendar_id, zone or self._zone, self.owner)
            calendar = Calendar(home, self._ledger, role)
            self._calendars[calendar_id] = calendar
            self._changed()
            return calendar

    def remove(self, calendar_id: str) -> None:
        """Delete a calendar with its events.

        Raises:
            KeyError: there is none.
        """
        with self._ledger.lock:
            del self._calendars[self._resolved(calendar_id)]
            self._changed()

    def page(self, calendar: Calendar, query: ListQuery) -> Row:
        """Return a page of a list; see `compose_page`."""
        with self._ledger.lock:
            return compose_page(calendar, query, self._ledger.revision, self.events_a_page)

    def keep(self) -> None:
        """Write down what changed, if the world is kept."""
        self._ledger.keep()

    def _changed(self) -> None:
        self._ledger.is_due = True
        self._ledger.keep()

    def _resolved(self, calendar_id: str) -> str:
        return self.owner if calendar_id == PRIMARY else calendar_id

    def _write(self) -> None:
        if self._path is not None:
            write(self._path, self.owner, self._ledger, self._calendars.values())
