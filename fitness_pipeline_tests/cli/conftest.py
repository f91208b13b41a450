"""Runs commands in this process and tells what they printed and how they ended."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fitness_pipeline.cli import app

EXPORT_HEADER = (
    "Date Submitted,Workout Date,Activity Type,Calories Burned (kCal),Distance (mi),Workout Time (seconds),"
    "Avg Pace (min/mi),Max Pace (min/mi),Avg Speed (mi/h),Max Speed (mi/h),Avg Heart Rate,Steps,Notes,"
    "Source,Link"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        code: its exit code.
        out: what it printed.
        err: what it printed on standard error.
    """

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """A function that runs `fitness-pipeline` with the given words."""

    def run_command(*words: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["fitness-pipeline", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main()
        out, err = capfd.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, out, err)

    return run_command


def export_row(day: str, number: int, *, miles: str = "3.1", notes: str = "", kind: str = "Run") -> str:
    """Return a row of an export."""
    link = f"http://www.mapmyfitness.com/workout/{number}"
    return f'"{day}","{day}",{kind},300,{miles},1500,8.1,7.1,7.4,8.4,150,4100,{notes},iPhone,{link}'


def export(*rows: str) -> str:
    """Return the text of an export."""
    return "\n".join((EXPORT_HEADER, *rows, ""))
