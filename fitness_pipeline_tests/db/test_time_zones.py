"""Time zones in statements."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.time_zones import zone_in_postgres
from fitness_pipeline.errors import UnknownTimeZone


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "UTC+3", "localtime", "../UTC", "Europe", "x\0"])
def test_a_zone_that_one_of_python_and_postgres_does_not_know_is_refused(
    scratch: AnyConnection, name: str
) -> None:
    with pytest.raises(UnknownTimeZone):
        zone_in_postgres(name, conn=scratch)


def test_every_zone_has_the_clock_that_the_iana_list_gives_it(scratch: AnyConnection) -> None:
    instants = [datetime(year, month, 1, tzinfo=UTC) for year in (2005, 2012, 2019) for month in (1, 7)]
    differing = []
    for name in sorted(available_timezones() - {"localtime"}):
        in_postgres = zone_in_postgres(name, conn=scratch)
        rows = scratch.execute(
            "select instant at time zone %s from unnest(%s::timestamptz[]) as instant",
            [in_postgres, instants],
        )
        zone = ZoneInfo(name)
        if [row[0] for row in rows] != [at.astimezone(zone).replace(tzinfo=None) for at in instants]:
            differing.append(name)
    assert differing == []
