"""Dagster's own folder and storage: made when missing, apart from our tables, without a secret in a file."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from fitness_pipeline.automation.dagster_home import (
    STORAGE_URL_VARIABLE,
    dagster_environment,
    dagster_instance,
)
from fitness_pipeline.automation.sensors import FILE_TAG
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.settings import Settings, load_settings

pytestmark = pytest.mark.usefixtures("environment_is_restored")


@pytest.fixture
def settings(database_url: str, data_dir: Path) -> Settings:
    return load_settings()


def test_the_folder_lies_below_the_data_folder_one_for_each_environment(
    settings: Settings, data_dir: Path
) -> None:
    environment = dagster_environment(settings)
    home = data_dir / "dagster_home" / "test"
    assert environment["DAGSTER_HOME"] == str(home)
    assert environment["ENV"] == "test"
    assert (home / "dagster.yaml").is_file()


def test_the_url_of_the_storage_is_in_the_environment_and_in_no_file(settings: Settings) -> None:
    environment = dagster_environment(settings)
    written = [path.read_text() for path in settings.dagster_home.rglob("*") if path.is_file()]
    assert environment[STORAGE_URL_VARIABLE].startswith("postgresql://")
    assert not [text for text in written if environment[STORAGE_URL_VARIABLE] in text or "://" in text]


def test_dagsters_tables_lie_in_a_database_beside_ours(settings: Settings, database_url: str) -> None:
    with dagster_instance(settings) as instance:
        assert instance.get_runs() == []
        url = dagster_environment(settings)[STORAGE_URL_VARIABLE]
    assert urlsplit(url).path == f"{urlsplit(database_url).path}_dagster"
    with psycopg.connect(url) as dagsters, psycopg.connect(database_url) as ours:
        assert dagsters.execute("select to_regclass('event_logs') is not null").fetchone() == (True,)
        assert ours.execute("select to_regclass('event_logs') is not null").fetchone() == (False,)


def test_dagster_phones_nobody_and_asks_for_no_address(settings: Settings) -> None:
    with dagster_instance(settings) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
    assert dagster_environment(settings)["DAGSTER_DISABLE_TELEMETRY"] == "yes"


def test_exports_are_read_one_after_the_other(settings: Settings) -> None:
    with dagster_instance(settings) as instance:
        limits = instance.get_concurrency_config().run_queue_config
    assert limits is not None
    assert limits.tag_concurrency_limits == [{"key": FILE_TAG, "limit": 1}]


def test_a_configuration_that_somebody_spoilt_is_written_again(settings: Settings) -> None:
    dagster_environment(settings)
    (settings.dagster_home / "dagster.yaml").write_text("telemetry: [")
    with dagster_instance(settings) as instance:
        assert not instance.telemetry_enabled


def test_a_database_that_dagster_url_names_is_used_as_it_is(
    data_dir: Path, server: EmbeddedServer, environment: pytest.MonkeyPatch
) -> None:
    url = server.url("postgres")
    environment.setenv("DATABASE_URL", "postgresql://somebody@db.example.org/fitness")
    environment.setenv("DAGSTER_DATABASE_URL", url)
    assert dagster_environment(load_settings())[STORAGE_URL_VARIABLE] == url
