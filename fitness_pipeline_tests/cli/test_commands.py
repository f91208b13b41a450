"""Tests of the commands that show and of the ways in which commands fail."""

import json
import subprocess
from datetime import date
from pathlib import Path

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db import embedded
from fitness_pipeline_tests.cli.conftest import Run


@pytest.mark.usefixtures("database_url", "data_dir")
class TestOnAMigratedDatabase:
    """What the commands do where all is well."""

    def test_status_of_an_empty_database_says_how_to_begin(self, run: Run) -> None:
        ended = run("status")
        assert ended.code == 0
        assert "There are no runs yet." in ended.out

    def test_status_tells_a_script_the_counts(self, run: Run) -> None:
        told = json.loads(run("status", "--json").out)
        assert told["tables"]["runs"] == 0
        assert told["imports"] == []

    def test_why_a_file_was_refused_is_told_below_the_table(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "page.csv").write_text("<!DOCTYPE html>", encoding="utf-8")
        assert run("import", tmp_path / "page.csv").code == 2
        lines = run("status").out.splitlines()
        assert [line.split()[2:4] for line in lines if "page.csv" in line] == [
            ["page.csv", "refused"],
            ["is", "not"],
        ]
        assert lines[-2].startswith("Refused: page.csv is not a MapMyFitness export: expected")

    def test_no_reject_is_said_in_words(self, run: Run) -> None:
        assert run("rejects").out == "No row is rejected.\n"
        assert json.loads(run("rejects", "--json").out) == []

    def test_a_shoe_is_retired_and_taken_back(self, run: Run) -> None:
        db.shoes.bulk_create_shoes_by_names(["Karhu Fusion 3.5"])
        assert run("shoes", "retire", "karhu_fusion_3_5", "--on", "2025-06-01", "--notes", "worn").code == 0
        shoe = db.shoes.get_shoe_by_id("karhu_fusion_3_5")
        assert shoe is not None
        assert (shoe.retired_at, shoe.retirement_notes) == (date(2025, 6, 1), "worn")
        assert "2025-06-01" in run("shoes", "list").out
        assert run("shoes", "unretire", "karhu_fusion_3_5").code == 0
        assert [shoe.retired_at for shoe in db.shoes.get_shoes()] == [None]

    def test_an_unknown_shoe_is_one_sentence(self, run: Run) -> None:
        ended = run("shoes", "retire", "nobody_s_shoe")
        assert ended.code == 2
        assert "There is no shoe 'nobody_s_shoe'." in ended.err

    def test_the_url_is_one_that_another_program_can_use(self, run: Run) -> None:
        url = run("db", "url").out.strip()
        psql = embedded.bin_dir() / "psql"
        asked = subprocess.run(
            [psql, url, "-Atc", "select count(*) from runs"], check=True, capture_output=True, text=True
        )
        assert asked.stdout == "0\n"

    def test_a_server_of_your_own_is_not_ours_to_stop(self, run: Run) -> None:
        ended = run("db", "stop")
        assert ended.code == 2
        assert "not ours to stop" in ended.err

    def test_piped_output_has_no_colours(self, run: Run) -> None:
        assert "\x1b" not in run("status").out


def test_an_empty_database_is_upgraded_by_a_command_and_not_by_looking(
    run: Run, empty_database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", empty_database_url)
    refused = run("status")
    assert refused.code == 2
    assert "fitness-pipeline --env test db upgrade" in refused.err
    assert run("db", "upgrade").code == 0
    assert "already at its newest version" in run("db", "upgrade").out
    assert run("status").code == 0
    assert run("db", "status").code == 0


def test_an_unreachable_server_is_one_sentence_without_the_password(
    run: Run, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", "postgresql://runner:open-sesame@127.0.0.1:1/fitness")
    ended = run("status")
    assert ended.code == 2
    assert "cannot be reached" in ended.err
    assert "open-sesame" not in ended.err
    assert "Traceback" not in ended.err


def test_the_version_is_that_of_the_package(run: Run) -> None:
    ended = run("--version")
    assert ended.code == 0
    assert ended.out.count(".") == 2


def test_an_environment_can_be_named_before_the_command(
    run: Run, environment: pytest.MonkeyPatch, database_url: str
) -> None:
    environment.setenv("ENV", "test")  # put back at the end
    told = json.loads(run("--env", "prod", "status", "--json").out)
    assert told["environment"] == "prod"
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from runs").fetchone() == (0,)
