"""Imports point one way: from what people use down to what stands on its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import fitness_pipeline

PACKAGE = Path(fitness_pipeline.__file__).parent

# From the bottom up. A module may import from the layers below its own, and from its own part of the package.
LAYERS = (
    ("environments", "errors", "event_templates", "models", "process_identity", "project"),
    ("identity", "settings", "token_cipher"),
    ("token_keys", "calendar"),
    ("providers", "normalize", "db"),
    ("sandbox", "steps"),
    ("assets",),
    ("automation",),
    ("definitions", "job_outcomes"),
    ("launch", "stack"),
    ("api",),
    ("cli",),
)
HEIGHTS = {part: height for height, parts in enumerate(LAYERS) for part in parts}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_below(path: Path) -> None:
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    upward = [
        imported
        for imported in _imported_parts(path)
        if imported != own and HEIGHTS[imported] >= HEIGHTS[own]
    ]
    assert upward == []


def test_every_part_of_the_package_has_its_layer() -> None:
    parts = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in MODULES}
    assert parts == set(HEIGHTS)


@pytest.mark.parametrize(
    ("part", "foreign"),
    [
        ("normalize", ("httpx", "psycopg", "time")),
        ("calendar", ("googleapiclient", "psycopg", "time")),
        ("providers", ("psycopg",)),
        ("db", ("httpx", "dagster")),
    ],
)
def test_a_part_keeps_to_its_own_business(part: str, foreign: tuple[str, ...]) -> None:
    imported = {name for path in (PACKAGE / part).rglob("*.py") for name in _imported_modules(path)}
    assert {name for name in imported if name.split(".")[0] in foreign} == set()


def _imported_parts(path: Path) -> Iterator[str]:
    for name in _imported_modules(path):
        root, _, rest = name.partition(".")
        if root == PACKAGE.name and rest:
            yield rest.split(".")[0]


def _imported_modules(path: Path) -> Iterator[str]:
    """Yield the dotted names of all modules that a file imports, at its top or within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
