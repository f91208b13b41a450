"""A page of the list, taken apart: every usable row with its own bytes, and a reason for every other."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.errors import ProviderUnavailable
from fitness_pipeline.providers.strava.listed import read_activities_page, read_instant
from fitness_pipeline.sandbox.strava.listing import Window
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.sandbox.strava.callers import fill

START = "2018-02-16T14:52:54Z"
STARTED = datetime(2018, 2, 16, 14, 52, 54, tzinfo=UTC)
LARGEST = 2**63 - 1


def row(id: Any = 1, start_date: Any = START, **more: Any) -> dict[str, Any]:
    return {"id": id, "start_date": start_date, "athlete": {"id": 7}, **more}


def page_of(*rows: Any) -> bytes:
    return json.dumps(rows).encode()


# A row that is told apart from all others, so that the page is read row by row.
ODD = row(id="odd")


def test_a_page_of_strava_is_taken_apart() -> None:
    world = StravaWorld()
    ids = fill(world, 3)
    body = world.activities.page(Window(), with_private=True)
    page = read_activities_page(body)
    assert page.activity_ids == ids[::-1]
    assert page.start_dates == [datetime.fromisoformat(row["start_date"]) for row in world.activities.rows()]
    assert b"[%s]" % b",".join(page.payloads) == body
    assert page.digests == [hashlib.sha256(payload).digest() for payload in page.payloads]
    assert page.athlete_ids == {ATHLETE_ID}
    assert (page.size, page.is_empty, page.unusable) == (3, False, [])


@pytest.mark.parametrize("body", [b"[]", b" [ ]\n"])
def test_the_empty_page_is_told_from_one_without_a_usable_row(body: bytes) -> None:
    assert read_activities_page(body).is_empty
    assert not read_activities_page(page_of(ODD)).is_empty


def test_payloads_are_the_bytes_as_sent() -> None:
    first, second = (
        b'{ "id" : 1,\n"start_date": "2018-02-16T14:52:54Z", "distance": 3.10, "name":"\\u00e9"}',
        '{"id":2,"start_date":"2018-02-16T14:52:54Z","distance":0.0,"name":"é 🏃"}'.encode(),
    )
    assert read_activities_page(b"[ %s ,\t%s\n]" % (first, second)).payloads == [first, second]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(id=None), "Its id is no positive whole number: None."),
        (row(id="1"), "Its id is no positive whole number: '1'."),
        (row(id=1.0), "Its id is no positive whole number: 1.0."),
        (row(id=True), "Its id is no positive whole number: True."),
        (row(id=0), "Its id is no positive whole number: 0."),
        (row(id=-5), "Its id is no positive whole number: -5."),
        (row(id=LARGEST + 1), "Its id is no positive whole number: 9223372036854775808."),
        ({"start_date": START}, "Its id is no positive whole number: None."),
        (row(start_date=None), "Its start_date is no instant: None."),
        (row(start_date="yesterday"), "Its start_date is no instant: 'yesterday'."),
        (row(start_date="2018-02-16"), "Its start_date is no instant: '2018-02-16'."),
        (row(start_date="2018-02-16T14:52:54"), "Its start_date is no instant: '2018-02-16T14:52:54'."),
        (row(start_date="2018-02-30T14:52:54Z"), "Its start_date is no instant: '2018-02-30T14:52:54Z'."),
        (row(start_date=1518792774), "Its start_date is no instant: 1518792774."),
        ({"id": 1}, "Its start_date is no instant: None."),
        (
            row(start_date="0001-01-01T00:00:00+05:00"),
            "Its start_date is no instant: '0001-01-01T00:00:00+05:00'.",
        ),
        (row(start_date="x" * 100), f"Its start_date is no instant: '{'x' * 59}...."),
        (None, "It is no activity: None."),
        ([1, START], f"It is no activity: [1, '{START}']."),
    ],
    ids=str,
)
def test_a_row_that_is_unusable_says_why_and_its_neighbours_go_on(bad: Any, reason: str) -> None:
    page = read_activities_page(page_of(row(id=5), bad, row(id=6)))
    assert page.activity_ids == [5, 6]
    assert page.size == 3
    (unusable,) = page.unusable
    assert unusable.reason == reason
    assert unusable.payload == json.dumps(bad).encode()


def test_an_activity_without_a_usable_start_is_still_known_to_be_there() -> None:
    page = read_activities_page(page_of(row(id=5, start_date=""), ODD))
    assert [unusable.activity_id for unusable in page.unusable] == [5, None]


def test_the_largest_id_is_one() -> None:
    assert read_activities_page(page_of(row(id=LARGEST))).activity_ids == [LARGEST]


@pytest.mark.parametrize("others", [[], [ODD]], ids=["all at once", "row by row"])
def test_of_a_row_that_repeats_the_last_one_counts(others: list[Any]) -> None:
    page = read_activities_page(page_of(row(id=1, name="old"), row(id=2), row(id=1, name="new"), *others))
    assert page.activity_ids == [1, 2]
    assert [json.loads(payload).get("name") for payload in page.payloads] == ["new", None]
    assert page.digests == [hashlib.sha256(payload).digest() for payload in page.payloads]
    assert page.size == 3 + len(others)


@pytest.mark.parametrize("others", [[], [ODD]], ids=["all at once", "row by row"])
@pytest.mark.parametrize(
    ("athlete", "ids"),
    [({"id": 9}, {9}), ({}, set()), (None, set()), ("me", set()), ({"id": "9"}, set()), ({"id": 0}, set())],
)
def test_an_athlete_who_is_not_told_costs_no_activity(athlete: Any, ids: set[int], others: list[Any]) -> None:
    page = read_activities_page(page_of(row(athlete=athlete), *others))
    assert (page.activity_ids, page.athlete_ids) == ([1], ids)


@pytest.mark.parametrize(
    "text", [b'"\\ud83c"', b'"\xff"', b'"a\tb"', b"NaN", b"1e999", b'"\\u0000"'], ids=ascii
)
def test_what_no_text_or_number_can_hold_costs_no_activity(text: bytes) -> None:
    """Whether it can be stored is for whoever stores it to say."""
    bad = b'{"name":%s,"id":2,"start_date":"2018-02-16T14:52:54Z"}' % text
    body = (
        b"[" + json.dumps(row(id=1)).encode() + b" , " + bad + b",\n" + json.dumps(row(id=3)).encode() + b"] "
    )
    page = read_activities_page(body)
    assert page.activity_ids == [1, 2, 3]
    assert page.payloads[1] == bad


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'{"message":"Bad Request","errors":[]}',
        b"[1,]",
        b"[,1]",
        b"[] []",
        b"[\xff]",
        b"<html>We'll be right back</html>",
        b"[" * 100_000,
        page_of(row()) + b"x",
        page_of(row(name="\ud800")) + b"]",
    ],
    ids=lambda body: str(body[:20]),
)
def test_what_is_no_array_is_a_failure_that_passes(body: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match="Try again later"):
        read_activities_page(body)


@given(st.data())
def test_a_page_that_is_cut_off_anywhere_is_a_failure_that_passes(data: st.DataObject) -> None:
    body = page_of(
        row(id=1, name="é"), data.draw(st.sampled_from([row(id=2), row(id=2, name="\ud800"), ODD]))
    )
    with pytest.raises(ProviderUnavailable, match="cut off"):
        read_activities_page(body[: data.draw(st.integers(0, len(body) - 1))])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
starts = st.datetimes(timezones=offsets).map(datetime.isoformat)
rows = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(1, 5) | st.integers() | values,
        "start_date": starts | values,
        "athlete": st.fixed_dictionaries({"id": st.integers() | values}) | values,
        "name": st.text(),
    },
)


@given(st.lists(rows | values, max_size=6))
def test_a_row_is_read_the_same_whatever_its_neighbours_are(rows: list[Any]) -> None:
    """All at once where all are usable, row by row otherwise."""
    together = read_activities_page(page_of(*rows, ODD))
    alone = [read_activities_page(page_of(one)) for one in rows]
    usable = {page.activity_ids[0]: page for page in alone if page.activity_ids}
    assert together.activity_ids == list(usable)
    assert together.start_dates == [page.start_dates[0] for page in usable.values()]
    assert together.payloads == [page.payloads[0] for page in usable.values()]
    assert together.athlete_ids == {id for page in usable.values() for id in page.athlete_ids}
    assert together.unusable[:-1] == [unusable for page in alone for unusable in page.unusable]
    assert together.size == len(rows) + 1


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (START, STARTED),
        ("2018-02-16T16:52:54+02:00", STARTED),
        ("2018-02-16T14:52:54.25Z", STARTED + timedelta(milliseconds=250)),
    ],
)
def test_an_instant_is_read_in_utc(text: str, instant: datetime) -> None:
    found = read_instant(text)
    assert found == instant
    assert found is not None
    assert found.tzinfo is UTC
    assert [start.tzinfo for start in read_activities_page(page_of(row(start_date=text))).start_dates] == [
        UTC
    ]
