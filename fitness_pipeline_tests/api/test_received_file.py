"""Files that come with requests: their names, and what is left of them."""

import os
from pathlib import Path

import pytest

from fitness_pipeline.api.received_file import discard_leftovers, safe_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("user1001_workout_history.csv", "user1001_workout_history.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\runs.csv", "runs.csv"),
        ("/absolute/", "upload.csv"),
        ("..", "upload.csv"),
        ("", "upload.csv"),
        ("\x00a\n\r.csv", "a.csv"),
        ("läufe 2025.csv", "läufe 2025.csv"),
        (".hidden.csv", "hidden.csv"),
    ],
)
def test_a_name_leads_nowhere_else(given: str, name: str) -> None:
    assert safe_name(given) == name


def test_a_long_name_keeps_its_end_and_fits_into_a_folder(tmp_path: Path) -> None:
    name = safe_name("🏃" * 500 + ".csv")
    assert name.endswith("🏃.csv")
    (tmp_path / name).touch(exist_ok=False)


def test_what_a_killed_process_left_is_removed_after_a_day(tmp_path: Path) -> None:
    for place in ("old", "new"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "export.csv").touch()
    os.utime(tmp_path / "old", (0, 0))
    discard_leftovers(tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ["new"]
    discard_leftovers(tmp_path / "nowhere")


def test_a_link_to_nowhere_keeps_nothing_from_being_removed(tmp_path: Path) -> None:
    for place in ("a", "z"):
        (tmp_path / place).mkdir()
        os.utime(tmp_path / place, (0, 0))
    (tmp_path / "link").symlink_to("nothing")
    discard_leftovers(tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ["link"]
