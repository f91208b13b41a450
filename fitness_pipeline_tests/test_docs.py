"""What the pages promise: commands and options that exist, links that lead somewhere, code that runs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer.main

from fitness_pipeline import db
from fitness_pipeline.cli.app import app
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.models import NewRun
from fitness_pipeline.project import PACKAGE_DIR
from fitness_pipeline.settings import Settings

ROOT = PACKAGE_DIR.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMANDS = typer.main.get_command(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_exists(page: Path) -> None:
    for words in _commands(page.read_text(encoding="utf-8")):
        _assert_understood(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_on_a_page_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_setting_has_a_sentence_in_the_example_and_a_row_on_the_page() -> None:
    names = {name.upper() for name in Settings.model_fields}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE)) == names
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == names


def test_every_table_on_the_data_model_page_exists(connection: AnyConnection) -> None:
    page = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    named = {name.removeprefix("public.") for name in re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)}
    rows = connection.execute(
        """
        select case table_schema when 'public' then '' else table_schema || '.' end || table_name
        from information_schema.tables
        where table_schema in ('public', 'raw', 'normalized') and table_name <> 'alembic_version'
        """
    )
    assert named == {name for (name,) in rows}


def test_the_python_in_the_readme_runs(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    imported = NewRun(
        id="mmf_8551842508",
        datetime_utc=datetime(2025, 5, 6, 17, tzinfo=UTC),
        type="Treadmill Run",
        distance=4.0,
        duration=2036,
        source="MapMyFitness",
    )
    db.runs.bulk_create_runs([imported])
    (snippet,) = re.findall(
        r"```python\n(.+?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    exec(compile(snippet, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "2 4.1 me the track was longer\n1 4.0 system Initial import\n"
    restored = db.runs.get_run_by_id("mmf_8551842508")
    assert restored is not None
    assert (restored.distance, restored.version) == (4.0, 3)


def _commands(text: str) -> Iterator[list[str]]:
    """Yield the words after `fitness-pipeline` in code, up to the first that stands for something else."""
    for code in re.findall(r"`([^`\n]+)`", text) + re.findall(r"^(?:uv run .+)$", text, re.MULTILINE):
        found = re.search(r"\bfitness-pipeline ([a-z-][^#|&]*)", code)
        if found:
            yield found[1].split()


def _assert_understood(words: list[str]) -> None:
    command: Any = COMMANDS
    words = words.copy()
    while hasattr(command, "commands"):
        if not words and command.invoke_without_command:
            return
        word = words.pop(0)
        if word == "...":
            return
        if word == "--env":
            words.pop(0)
        elif word.startswith("-"):
            assert word in ("--help", "--version"), word
            return
        else:
            assert word in command.commands, f"{word} is no command"
            command = command.commands[word]
    options = {option for parameter in command.params for option in parameter.opts}
    named = {word for word in words if word.startswith("--")}
    assert named <= options | {"--help"}, f"{command.name}: {named - options}"
