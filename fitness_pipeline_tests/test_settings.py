"""Configuration: where it comes from, who wins, and what is said about a value that cannot be used."""

import json
import os
import shutil
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from fitness_pipeline import project
from fitness_pipeline.errors import (
    ConfigurationError,
    FitnessPipelineError,
    InvalidDatabaseUrl,
    UnknownTimeZone,
)
from fitness_pipeline.event_templates import DESCRIPTION, FIELDS, TITLE
from fitness_pipeline.settings import load_settings, time_zone

OURS = ("ENV", "DATABASE_URL", "DAGSTER_DATABASE_URL", "MMF_TIMEZONE", "FITNESS_DATA_DIR")
SECRET = "hunter2"  # noqa: S105 - of nobody
PRINT_SETTINGS = """
import json
from fitness_pipeline.settings import load_settings
settings = load_settings()
print(json.dumps({
    "env": settings.env,
    "database_url": settings.database_url and settings.database_url.get_secret_value(),
    "mmf_timezone": settings.mmf_timezone,
    "fitness_data_dir": str(settings.fitness_data_dir),
}))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project in a folder of its own, with files for two environments."""
    root = tmp_path / "checkout"
    (root / "fitness_pipeline").mkdir(parents=True)
    for module in project.PACKAGE_DIR.glob("*.py"):
        shutil.copy(module, root / "fitness_pipeline")
    (root / "alembic.ini").touch()
    (root / ".env.dev").write_text(
        "MMF_TIMEZONE=Europe/Berlin\nDATABASE_URL=postgresql://dev/dev\nUNRELATED=1\n"
    )
    (root / ".env.prod").write_text("MMF_TIMEZONE=Asia/Tokyo\nDATABASE_URL=postgresql://prod/prod\n")
    (root / ".env").write_text("MMF_TIMEZONE=Pacific/Auckland\n")
    return root


def settings_in(root: Path, cwd: Path, **variables: str) -> dict[str, Any]:
    """The settings of a process that runs the package in `root`, with these variables and no others."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PRINT_SETTINGS],
        cwd=cwd,
        env={**inherited, "PYTHONPATH": str(root), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refusal() -> FitnessPipelineError:
    """The error that the environment leads to, after making sure that it tells no secret."""
    with pytest.raises(FitnessPipelineError) as raised:
        load_settings()
    everything = "\n".join([str(raised.value), repr(raised.value), *traceback.format_exception(raised.value)])
    assert SECRET not in everything
    return raised.value


def test_the_file_of_the_environment_dev_is_read_by_default(checkout: Path, tmp_path: Path) -> None:
    assert settings_in(checkout, cwd=tmp_path) == {
        "env": "dev",
        "database_url": "postgresql://dev/dev",
        "mmf_timezone": "Europe/Berlin",
        "fitness_data_dir": str(checkout / "data"),
    }


def test_env_chooses_the_file_and_real_variables_win_over_it(checkout: Path, tmp_path: Path) -> None:
    found = settings_in(
        checkout, cwd=tmp_path, ENV="prod", MMF_TIMEZONE="America/Lima", FITNESS_DATA_DIR="/d"
    )
    assert found == {
        "env": "prod",
        "database_url": "postgresql://prod/prod",
        "mmf_timezone": "America/Lima",
        "fitness_data_dir": "/d",
    }


def test_an_installed_package_looks_in_the_working_directory(checkout: Path, tmp_path: Path) -> None:
    (checkout / "alembic.ini").unlink()
    (tmp_path / ".env.dev").write_text("MMF_TIMEZONE=America/Denver\n")
    found = settings_in(checkout, cwd=tmp_path)
    assert (found["mmf_timezone"], found["fitness_data_dir"]) == ("America/Denver", str(tmp_path / "data"))


def test_the_demo_never_sees_a_database_of_ones_own(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".env.demo").write_text("DATABASE_URL=postgresql://mine/mine\n")
    assert settings_in(checkout, cwd=tmp_path, ENV="demo")["database_url"] is None
    url = "postgresql://other/other"
    assert settings_in(checkout, cwd=tmp_path, ENV="demo", DATABASE_URL=url)["database_url"] is None


def test_without_anything_the_embedded_database_and_chicago_are_used(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("ENV")
    environment.setenv("ENV", "nothing_there")
    settings = load_settings()
    assert (settings.is_embedded, settings.mmf_timezone) == (True, "America/Chicago")
    assert settings.embedded_database == "fitness_nothing_there"
    assert settings.fitness_data_dir == project.project_root() / "data"


def test_an_empty_variable_is_one_that_is_not_set(environment: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DAGSTER_DATABASE_URL", "MMF_TIMEZONE", "FITNESS_DATA_DIR"):
        environment.setenv(name, "")
    settings = load_settings()
    assert (settings.is_embedded, settings.mmf_timezone) == (True, "America/Chicago")


def test_all_folders_lie_under_the_data_folder(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("FITNESS_DATA_DIR", str(tmp_path))
    settings = load_settings()
    assert settings.inbox_dir == tmp_path / "inbox"
    assert settings.archive_dir == tmp_path / "archive"
    assert settings.rejected_dir == tmp_path / "rejected"
    assert settings.postgres_dir == tmp_path / "postgres"
    assert settings.dagster_home == tmp_path / "dagster_home" / "test"


def test_a_home_folder_may_be_written_as_a_tilde(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("HOME", str(tmp_path))
    environment.setenv("FITNESS_DATA_DIR", "~/fitness")
    assert load_settings().fitness_data_dir == tmp_path / "fitness"


@pytest.mark.parametrize("env", ["../prod", "Prod", "1", "a b", "a" * 40, "prod\n"])
def test_an_environment_whose_name_names_no_file_is_refused(
    environment: pytest.MonkeyPatch, env: str
) -> None:
    environment.setenv("ENV", env)
    error = refusal()
    assert type(error) is ConfigurationError
    assert "ENV cannot be used" in str(error)


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "../etc/passwd", "America", "Europe/Berlin ", "UTC+2", "/etc"]
)
def test_an_unknown_time_zone_is_refused(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv("MMF_TIMEZONE", name)
    error = refusal()
    assert type(error) is UnknownTimeZone
    assert repr(name) in str(error)
    assert "America/Chicago" in str(error)


def test_a_known_time_zone_is_found() -> None:
    assert time_zone("Europe/Berlin").key == "Europe/Berlin"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:secret@db.example.com:5433/fitness",
        "postgres://db.example.com",
        "postgresql:///fitness",
        "postgresql://",
        "postgresql://ada@%2Ftmp%2Fsocket/fitness",
        "postgresql://ada:p%40ss%2Fword@ep-cool.eu.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
        "postgresql://[::1]:5432/fitness",
    ],
)
def test_a_url_that_postgres_understands_is_taken_as_it_is(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("DATABASE_URL", url)
    settings = load_settings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == url
    assert not settings.is_embedded


@pytest.mark.parametrize("variable", ["DATABASE_URL", "DAGSTER_DATABASE_URL"])
@pytest.mark.parametrize(
    "url",
    [
        f"mysql://ada:{SECRET}@db/fitness",
        f"postgresql+psycopg://ada:{SECRET}@db/fitness",
        f"host=db password={SECRET}",
        f"ada:{SECRET}@db/fitness",
        f"postgresql://ada:{SECRET}@db:port/fitness",
        f"postgresql://ada:{SECRET}@[::1/fitness",
        f"postgresql://ada:{SECRET} @db/fitness?nonsense=1",
        f"postgresql://ada:{SECRET}%zz@db/fitness",
    ],
)
def test_a_url_that_postgres_does_not_understand_is_refused_without_its_password(
    environment: pytest.MonkeyPatch, variable: str, url: str
) -> None:
    environment.setenv(variable, url)
    error = refusal()
    assert type(error) is InvalidDatabaseUrl
    assert "postgresql://[user[:password]@][host[:port]][/database]" in str(error)


def test_the_demo_does_not_mind_a_database_url_that_cannot_be_used(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENV", "demo")
    environment.setenv("DATABASE_URL", "mysql://somewhere")
    assert load_settings().is_embedded


def test_settings_that_are_printed_tell_no_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", f"postgresql://ada:{SECRET}@db/fitness")
    environment.setenv("DAGSTER_DATABASE_URL", f"postgresql://ada:{SECRET}@db/dagster")
    settings = load_settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("variable", ["GOOGLE_API_URL", "GOOGLE_TOKEN_URL", "GOOGLE_AUTHORIZE_URL"])
def test_google_is_asked_where_google_says(environment: pytest.MonkeyPatch, variable: str) -> None:
    field = variable.lower()
    assert getattr(load_settings(), field).startswith("https://")
    environment.setenv(variable, "http://127.0.0.1:8099/")
    assert getattr(load_settings(), field) == "http://127.0.0.1:8099"
    environment.setenv(variable, "http://example.com")
    assert f"{variable} cannot be used" in str(refusal())


@pytest.mark.parametrize(
    "value", [f"https://ada:{SECRET}@example.com", "https://example.com/?a=1", "https://example.com/#a"]
)
def test_an_address_for_tokens_is_nothing_but_an_address(environment: pytest.MonkeyPatch, value: str) -> None:
    for variable in ("API_PUBLIC_URL", "STRAVA_TOKEN_URL"):
        environment.setenv(variable, value)
        assert f"{variable} cannot be used" in str(refusal())
        environment.delenv(variable)


@pytest.mark.parametrize(
    "value",
    ["null", "dashboard", "*", "dashboard.example.com", "https://a.example.com/b", "ftp://a.example.com"],
)
def test_what_is_no_origin_is_refused(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("API_CORS_ORIGINS", f"https://dashboard.example.com,{value}")
    assert f"API_CORS_ORIGINS cannot be used: Value error, {value!r} is no origin" in str(refusal())


def test_origins_may_have_ports_and_a_slash_at_their_end(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("API_CORS_ORIGINS", "https://a.example.com/, http://[::1]:3000,")
    assert load_settings().cors_origins == ["https://a.example.com", "http://[::1]:3000"]


def test_the_calendar_needs_no_setting(environment: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.google_calendar_id, settings.calendar_sync_since) == ("primary", None)
    assert (settings.calendar_title, settings.calendar_description) == (TITLE, DESCRIPTION)
    assert (settings.calendar_all_day, settings.calendar_batch_size) == (True, 50)


@pytest.mark.parametrize("variable", ["CALENDAR_TITLE", "CALENDAR_DESCRIPTION"])
def test_a_template_that_names_what_there_is_not_is_refused_with_what_there_is(
    environment: pytest.MonkeyPatch, variable: str
) -> None:
    environment.setenv(variable, "{weather} {distance}")
    error = refusal()
    assert type(error) is ConfigurationError
    assert str(error).startswith(f"{variable} cannot be used: ")
    assert "{weather}" in str(error)
    assert all(name in str(error) for name in FIELDS)


def test_a_description_may_have_lines_where_a_variable_may_not(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALENDAR_DESCRIPTION", r"{pace}\n{shoe}")
    assert load_settings().calendar_description == "{pace}\n{shoe}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CALENDAR_SYNC_SINCE", "last year"),
        ("CALENDAR_BATCH_SIZE", "0"),
        ("CALENDAR_BATCH_SIZE", "1001"),
        ("CALENDAR_ALL_DAY", "perhaps"),
    ],
)
def test_a_setting_of_the_calendar_that_cannot_be_is_refused(
    environment: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    environment.setenv(variable, value)
    assert f"{variable} cannot be used" in str(refusal())


def test_an_unknown_time_zone_of_the_calendar_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALENDAR_TIMEZONE", "Mars/Olympus")
    error = refusal()
    assert type(error) is UnknownTimeZone
    assert "CALENDAR_TIMEZONE" in str(error)


def test_the_client_secret_of_google_is_printed_nowhere(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GOOGLE_CLIENT_SECRET", SECRET)
    settings = load_settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_the_demo_never_writes_to_ones_own_calendar(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENV", "demo")
    environment.setenv("GOOGLE_CLIENT_ID", "mine")
    environment.setenv("GOOGLE_CALENDAR_ID", "mine@example.com")
    settings = load_settings()
    assert (settings.google_client_id, settings.google_calendar_id) == (None, "primary")
    assert settings.google_api_url.startswith("http://127.0.0.1:")


def test_settings_do_not_change_under_their_users(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().mmf_timezone = "UTC"
