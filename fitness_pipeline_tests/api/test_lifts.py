"""`/lifts` and `/exercise-templates`."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline_tests.hevy_raw import (
    BENCH_PRESS,
    SQUAT,
    a_set,
    delete_workouts,
    exercise,
    put_templates,
    put_workouts,
    template,
    workout,
)

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture
def lifted(connection: AnyConnection) -> AnyConnection:
    """Three evenings of March, two of them in the same minute, and the template of one exercise."""
    put_templates(connection, [template(BENCH_PRESS, secondary_muscle_groups=["triceps"])])
    write_exercise_templates(conn=connection)
    squat = exercise(a_set(weight_kg=100, reps=5), exercise_template_id=SQUAT, title="Squat")
    put_workouts(
        connection,
        workout("1", exercise(a_set(weight_kg=60, reps=1)), start_time="2026-03-02T23:30:00Z"),
        workout("2", exercise(a_set(weight_kg=70, reps=1)), start_time="2026-03-10T18:00:00Z"),
        workout("3", squat, start_time="2026-03-10T18:00:00Z"),
    )
    normalize_hevy(conn=connection)
    return connection


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


def test_a_session_has_its_exercises_and_its_sums(viewer: httpx.Client, lifted: AnyConnection) -> None:
    lift = viewer.get("/lifts/hevy_1").json()
    assert lift == viewer.get("/lifts").json()[2]
    assert lift["exercises"][0]["sets"][0]["weight_kg"] == 60
    assert {**lift, "exercises": []} == {
        "id": "hevy_1",
        "title": "Push Day",
        "source": "Hevy",
        "description": None,
        "start_time": "2026-03-02T23:30:00Z",
        "end_time": "2026-04-01T21:00:00Z",
        "exercises": [],
        "total_volume_kg": 60.0,
        "total_sets": 1,
        "deleted_at": None,
    }


def test_sessions_come_newest_first_in_pages(viewer: httpx.Client, lifted: AnyConnection) -> None:
    assert ids(viewer.get("/lifts")) == ["hevy_3", "hevy_2", "hevy_1"]
    first = viewer.get("/lifts", params={**MARCH, "limit": 1})
    second = viewer.get(first.links["next"]["url"])
    third = viewer.get(second.links["next"]["url"])
    assert (ids(first), ids(second), ids(third)) == (["hevy_3"], ["hevy_2"], ["hevy_1"])
    assert "next" not in third.links


def test_days_are_those_of_the_time_zone(viewer: httpx.Client, lifted: AnyConnection) -> None:
    third_of_march = {"start": "2026-03-03", "end": "2026-03-03"}
    assert ids(viewer.get("/lifts", params=third_of_march)) == []
    assert ids(viewer.get("/lifts", params={**third_of_march, "user_timezone": "Europe/Berlin"})) == [
        "hevy_1"
    ]
    ever = {"start": "0001-01-01", "end": "9999-12-31", "user_timezone": "Pacific/Kiritimati"}
    assert len(ids(viewer.get("/lifts", params=ever))) == 3


def test_a_deleted_session_is_neither_listed_nor_found(viewer: httpx.Client, lifted: AnyConnection) -> None:
    delete_workouts(lifted, "2")
    normalize_hevy(conn=lifted)
    assert ids(viewer.get("/lifts")) == ["hevy_3", "hevy_1"]
    assert viewer.get("/lifts/hevy_2").status_code == 404
    assert viewer.get("/lifts/hevy_9").status_code == 404
    assert viewer.get("/lifts/hevy%00").status_code == 422


def test_the_statistics_are_one_document(viewer: httpx.Client, lifted: AnyConnection) -> None:
    answer = viewer.get("/lifts/stats", params={**MARCH, "user_timezone": "Europe/Berlin"})
    assert answer.status_code == 200, answer.text
    stats = answer.json()
    assert (stats["start"], stats["end"], stats["user_timezone"]) == (*MARCH.values(), "Europe/Berlin")
    assert stats["weeks"] == [
        {"monday": "2026-03-02", "name": "2026-W10", "sessions": 1, "sets": 1, "volume_kg": 60.0},
        {"monday": "2026-03-09", "name": "2026-W11", "sessions": 2, "sets": 2, "volume_kg": 570.0},
    ]
    assert stats["sets_by_muscle_group"] == [
        {"muscle_group": "chest", "sets": 2.0, "primary_sets": 2, "secondary_sets": 0},
        {"muscle_group": "triceps", "sets": 1.0, "primary_sets": 0, "secondary_sets": 2},
        {"muscle_group": "unknown", "sets": 1.0, "primary_sets": 1, "secondary_sets": 0},
    ]
    assert stats["most_frequent_exercises"][0] == {
        "template_id": BENCH_PRESS,
        "title": "Bench Press (Barbell)",
        "sessions": 2,
        "sets": 2,
        "last_time": "2026-03-10T18:00:00Z",
    }
    assert [(best["lift_id"], best["weight_kg"], best["is_record"]) for best in stats["best_sets"]] == [
        ("hevy_1", 60.0, True),
        ("hevy_2", 70.0, True),
        ("hevy_3", 100.0, True),
    ]


def test_the_statistics_keep_to_their_days(viewer: httpx.Client, lifted: AnyConnection) -> None:
    stats = viewer.get("/lifts/stats", params={**MARCH, "end": "2026-03-09"}).json()
    assert [week["sessions"] for week in stats["weeks"]] == [1]
    assert [best["lift_id"] for best in stats["best_sets"]] == ["hevy_1"]


def test_without_days_the_statistics_are_those_of_the_last_twelve_weeks(viewer: httpx.Client) -> None:
    # Monday there may be Sunday here, and midnight may come between the two lines.
    days = {datetime.now(UTC).date()}
    stats = viewer.get("/lifts/stats").json()
    days.add(datetime.now(UTC).date())
    end, start = date.fromisoformat(stats["end"]), date.fromisoformat(stats["start"])
    assert end in days
    assert (start.weekday(), (end - start).days // 7) == (0, 11)


def test_a_missing_end_of_the_days_is_added(viewer: httpx.Client) -> None:
    def days(**asked: str) -> tuple[str, str]:
        stats = viewer.get("/lifts/stats", params=asked).json()
        return stats["start"], stats["end"]

    assert days(end="2026-03-11") == ("2025-12-22", "2026-03-11")
    assert days(start="9999-12-01") == ("9999-12-01", "9999-12-01")
    assert days(end="0001-01-03") == ("0001-01-01", "0001-01-03")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert days(start=yesterday)[1] > yesterday


def test_what_cannot_be_asked_for_is_named(viewer: httpx.Client) -> None:
    for path, asked, parameter in (
        ("/lifts/stats", {"start": "2000-01-01", "end": "2026-03-01"}, "start"),
        ("/lifts/stats", {"user_timezone": "Mars/Olympus"}, "user_timezone"),
        ("/lifts", {"start": "yesterday"}, "start"),
        ("/lifts", {"limit": "0"}, "limit"),
        ("/lifts", {"cursor": "WzEsMl0"}, "cursor"),  # [1,2]
        ("/lifts", {"cursor": "WyJhIiwiYiJd"}, "cursor"),  # ["a","b"]
        ("/exercise-templates", {"cursor": "WzEsMl0"}, "cursor"),
    ):
        answer = viewer.get(path, params=asked)
        assert answer.status_code == 422, (path, asked)
        assert answer.json()["detail"][0]["loc"] == ["query", parameter]


def test_exercises_come_by_their_titles_in_pages(viewer: httpx.Client, lifted: AnyConnection) -> None:
    put_templates(lifted, [template(SQUAT, title="Squat", primary_muscle_group=None, is_custom=True)])
    write_exercise_templates(conn=lifted)
    first = viewer.get("/exercise-templates", params={"limit": 1})
    assert first.json() == [
        {
            "id": BENCH_PRESS,
            "title": "Bench Press (Barbell)",
            "source": "Hevy",
            "type": "weight_reps",
            "primary_muscle_group": "chest",
            "secondary_muscle_groups": ["triceps"],
            "is_custom": False,
        }
    ]
    second = viewer.get(first.links["next"]["url"])
    assert ids(second) == [SQUAT]
    assert "next" not in second.links


def test_titles_of_any_length_have_pages(viewer: httpx.Client, connection: AnyConnection) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into exercise_templates (id, title) values (%s, %s)",
            [("1", "x" * 7000), ("2", "x" * 7001), ("3", "靴" * 7000)],
        )
    answer = viewer.get("/exercise-templates", params={"limit": 1})
    found = ids(answer)
    while "next" in answer.links:
        answer = viewer.get(answer.links["next"]["url"])
        found += ids(answer)
    assert found == ["1", "2", "3"]


def test_nobody_reads_lifts_without_a_token(stranger: httpx.Client) -> None:
    for path in ("/lifts", "/lifts/hevy_1", "/lifts/stats", "/exercise-templates"):
        assert stranger.get(path).status_code == 401
