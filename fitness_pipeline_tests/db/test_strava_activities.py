"""Activities as Strava sent them: only what is new or differs is stored, wherever on a page it stands."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.strava_activities import (
    IncomingActivities,
    StoredCounts,
    mark_deleted,
    store_activities,
)
from fitness_pipeline_tests.strava_raw import FETCHED

# Activity id to a distance; in the order of the page.
PAGES = st.dictionaries(st.integers(1, 12), st.integers(1, 3), max_size=12)


def incoming(page: Mapping[int, int]) -> IncomingActivities:
    payloads = [json.dumps({"id": id, "distance": distance}).encode() for id, distance in page.items()]
    return IncomingActivities(
        activity_ids=list(page),
        start_dates=[FETCHED for _ in page],
        payloads=payloads,
        digests=[hashlib.sha256(payload).digest() for payload in payloads],
    )


def store(connection: AnyConnection, page: Mapping[int, int], scope: str = "activity:read") -> StoredCounts:
    return store_activities(connection, incoming(page), scope=scope, dagster_run_id=None)


def written(connection: AnyConnection) -> dict[int, tuple[str, str]]:
    """Where each row lies and which of them are one change."""
    rows: Sequence[tuple[int, str, str]] = connection.execute(
        "select activity_id, ctid::text, change_id::text from raw.strava_activities"
    ).fetchall()
    return {id: (place, change) for id, place, change in rows}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=PAGES, second=PAGES)
def test_of_a_page_exactly_the_rows_that_are_new_or_differ_are_stored(
    scratch: AnyConnection, first: dict[int, int], second: dict[int, int]
) -> None:
    with scratch.transaction(force_rollback=True):
        store(scratch, first)
        before = written(scratch)
        counts = store(scratch, second)
        after = written(scratch)
        new = second.keys() - first.keys()
        changed = {id for id in second.keys() & first.keys() if second[id] != first[id]}
        assert (counts.new, counts.changed) == (len(new), len(changed))
        assert counts.unchanged == len(second) - len(new) - len(changed)
        assert {id for id, row in after.items() if row != before.get(id)} == new | changed
        stored = scratch.execute("select activity_id, distance from raw.strava_activities").fetchall()
        assert dict(stored) == {id: str(distance) for id, distance in {**first, **second}.items()}


def test_an_activity_that_was_deleted_and_comes_again_as_it_was_is_back(scratch: AnyConnection) -> None:
    store(scratch, {1: 1, 2: 1})
    assert mark_deleted(scratch, [2]) == 1
    assert store(scratch, {1: 1, 2: 1}) == StoredCounts(changed=1, unchanged=1)
    assert mark_deleted(scratch, [2]) == 1


def test_an_activity_that_only_another_scope_listed_is_unchanged_but_for_that(scratch: AnyConnection) -> None:
    store(scratch, {1: 1, 2: 1}, scope="activity:read")
    store(scratch, {2: 1}, scope="activity:read_all")
    assert store(scratch, {1: 1, 2: 1}, scope="activity:read_all") == StoredCounts(unchanged=2)
    scopes = scratch.execute("select distinct scope from raw.strava_activities").fetchall()
    assert scopes == [("activity:read_all",)]
