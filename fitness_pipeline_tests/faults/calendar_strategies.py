"""Anything that may happen to runs, settings and events on a calendar, as hypothesis draws it."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from fitness_pipeline_tests.moments import NOW

NUMBERS = st.sampled_from([0, 0, 1])
STARTS = st.sampled_from([0, 1, 30, 80, 100, 400]).map(lambda days: NOW - timedelta(days=days, minutes=7))
NOONS = st.sampled_from([2, 20, 95]).map(
    lambda days: (NOW - timedelta(days=days)).replace(hour=18, minute=0, second=0)  # in Chicago
)
RUNS = st.one_of(
    st.fixed_dictionaries({"datetime_utc": STARTS, "source": st.just("Strava")}),
    st.fixed_dictionaries({"datetime_utc": NOONS, "source": st.just("MapMyFitness")}),
)
EDITS = st.one_of(
    st.fixed_dictionaries({"distance": st.sampled_from([3.0, 4.0, 6.2])}),
    st.fixed_dictionaries({"avg_heart_rate": st.sampled_from([None, 151.0])}),
    st.fixed_dictionaries({"shoe_id": st.sampled_from([None, "ghost"])}),
    st.fixed_dictionaries({"datetime_utc": STARTS}),
)
DAYS = st.none() | st.sampled_from([5, 85, 99, 500]).map(lambda days: (NOW - timedelta(days=days)).date())
MINUTES = st.sampled_from([1, 9, 16, 70, 1500])

# What happens, how often, and the arguments of the method of that name of `Happenings`.
HAPPENINGS: dict[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "import_run": (1, (RUNS,)),
    "edit": (4, (NUMBERS, EDITS)),
    "delete": (2, (NUMBERS,)),
    "restore": (2, (NUMBERS,)),
    "rename_the_shoe": (1, (st.sampled_from(["Ghost", "Ghost 15"]),)),
    "set_the_look": (1, (st.booleans(), st.booleans())),
    "set_another_calendar": (1, ()),
    "set_the_first_day": (1, (DAYS,)),
    "remove": (1, (NUMBERS,)),
    "resync": (2, (NUMBERS,)),
    "put_now": (2, (NUMBERS,)),
    "take_off_now": (1, (NUMBERS,)),
    "delete_in_google": (4, (NUMBERS,)),
    "edit_in_google": (2, (NUMBERS, st.booleans(), st.integers(1, 60))),
    "empty_the_bin": (1, (st.booleans(),)),
    "pass_time": (1, (MINUTES,)),
    "google_works_on_it": (1, ()),
}
Event = tuple[str, tuple[Any, ...]]
EVENTS: st.SearchStrategy[list[Event]] = st.lists(
    st.sampled_from([name for name, (weight, _) in HAPPENINGS.items() for _ in range(weight)]).flatmap(
        lambda name: st.tuples(st.just(name), st.tuples(*HAPPENINGS[name][1]))
    ),
    min_size=1,
    max_size=6,
)
