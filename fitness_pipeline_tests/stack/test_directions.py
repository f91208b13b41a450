"""What a person reads once the stack runs."""

from pathlib import Path

import pytest

from fitness_pipeline.cli.up import print_directions
from fitness_pipeline.settings import load_settings


def test_addresses_and_paths_are_printed_as_they_are(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("FITNESS_DATA_DIR", "/srv/[data]")
    print_directions(load_settings(), "http://[::1]:3000", "http://[::1]:8000", Path("/srv/[/logs]"))
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert lines[:4] == [
        "Dagster UI  http://[::1]:3000",
        "REST API    http://[::1]:8000/docs: ask it with a token of `fitness-pipeline --env test token mint`",
        "Inbox       /srv/[data]/inbox: a MapMyFitness export dropped here is imported",
        "Logs        /srv/[/logs]",
    ]
    assert lines[4].startswith("Stop        Ctrl-C. ")
    assert "`fitness-pipeline --env test db stop`" in lines[4]


def test_a_database_of_the_users_own_is_not_ours_to_stop(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DATABASE_URL", "postgresql://somebody:secret@db.example.org/fitness")
    print_directions(load_settings(), "http://127.0.0.1:3000", "http://127.0.0.1:8000", Path("logs"))
    said = capsys.readouterr().out
    assert "The database of DATABASE_URL is left as it is." in said
    assert "secret" not in said
