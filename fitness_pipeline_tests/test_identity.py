"""The same thing gets the same id, and different things do not share one."""

import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fitness_pipeline.identity import mmf_fallback_run_id, mmf_run_id, shoe_id, strava_run_id

WORKOUT_IDS = st.integers(min_value=1, max_value=10**12)


def test_a_strava_activity_gives_its_number() -> None:
    assert strava_run_id(16195505756) == "strava_16195505756"


def test_a_link_gives_its_workout() -> None:
    assert mmf_run_id("https://www.mapmyfitness.com/workout/8622076198") == "mmf_8622076198"


@settings(deadline=None)
@given(
    workout_id=WORKOUT_IDS,
    scheme=st.sampled_from(["http://", "https://", "//", ""]),
    host=st.sampled_from(
        ["www.mapmyfitness.com", "mapmyfitness.com", "www.mapmyrun.com", "www.mapmyride.com", "mapmywalk.com"]
    ),
    ending=st.sampled_from(["", "/", "?utm=x", "/?utm=2", "#top", "/edit"]),
)
def test_scheme_host_and_ending_of_a_link_do_not_matter(
    workout_id: int, scheme: str, host: str, ending: str
) -> None:
    assert mmf_run_id(f"{scheme}{host}/workout/{workout_id}{ending}") == f"mmf_{workout_id}"


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://www.mapmyfitness.com/",
        "https://www.mapmyfitness.com/workout/",
        "/workout/x1",
        "8622076198",
    ],
)
def test_a_link_without_a_workout_gives_no_id(link: str) -> None:
    assert mmf_run_id(link) is None


def test_digits_of_other_scripts_are_no_workout() -> None:
    assert mmf_run_id("https://www.mapmyfitness.com/workout/१२३") is None


def test_two_runs_of_one_day_keep_apart_without_a_link() -> None:
    morning = mmf_fallback_run_id(date(2025, 5, 9), "Run", 1500.0)
    evening = mmf_fallback_run_id(date(2025, 5, 9), "Run", 1620.0)
    assert morning != evening


def test_a_run_without_a_link_keeps_its_id_for_ever() -> None:
    assert mmf_fallback_run_id(date(2025, 5, 9), "Run", 1500.0) == "mmf_x_8d85394eca86207b"


@settings(deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_facts_do_not_run_into_one_another(first: str, second: str, third: str, other: str) -> None:
    assume(other != second and "\x1f" not in first + second + third + other)
    assert mmf_fallback_run_id(first, second, third) != mmf_fallback_run_id(first, other, third)
    assert mmf_fallback_run_id(first, second, third).startswith("mmf_x_")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nike Air Zoom Pegasus 38", "nike_air_zoom_pegasus_38"),
        ("New Balance M1080K10", "new_balance_m1080k10"),
        ("Karhu Fusion 3.5", "karhu_fusion_3_5"),
        ("  Brooks -- Ghost!! 15 ", "brooks_ghost_15"),
        ("Brücke", "brücke"),
        ("एयर ज़ूम", "एयर_ज़ूम"),
    ],
)
def test_a_shoe_is_known_by_its_letters_and_digits(name: str, expected: str) -> None:
    assert shoe_id(name) == unicodedata.normalize("NFKC", expected)


@settings(deadline=None)
@given(st.text())
def test_the_id_of_an_id_is_itself(name: str) -> None:
    assert shoe_id(shoe_id(name)) == shoe_id(name)


@settings(deadline=None)
@given(st.text())
def test_a_shoe_always_has_a_tidy_id(name: str) -> None:
    made = shoe_id(name)
    assert made
    assert "__" not in made
    assert made == made.strip("_")
    assert not any(letter.isspace() for letter in made)


@settings(deadline=None)
@given(st.text())
def test_upper_and_lower_case_are_one_shoe(name: str) -> None:
    assume(name.upper().lower() == name.lower())
    assert shoe_id(name.upper()) == shoe_id(name.lower())


def test_names_in_other_scripts_do_not_share_an_id() -> None:
    names = [
        "नाइके एयर",  # Devanagari
        "आसिक्स जेल",
        "รองเท้าวิ่ง",  # Thai
        "รองเท้าเดิน",
        "アシックス",  # Katakana
        "ミズノ",
        "走鞋",  # Han
        "حذاء الجري",  # Arabic
        "حذاء المشي",
        "👟",
        "👟👟",
        "🏃",
        "!!!",
        "???",
    ]
    ids = {shoe_id(name) for name in names}
    assert len(ids) == len(names)
    assert "" not in ids
