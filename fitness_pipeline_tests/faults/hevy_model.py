"""What syncs are meant to leave of a changing Hevy, in plain Python and one workout at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import get_exercise_templates
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.sandbox.hevy.rows import Row
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline_tests.hevy_reference import instant_of, lift_of

_COLUMNS = (
    "title",
    "description",
    "start_time",
    "end_time",
    "exercises",
    "total_volume_kg",
    "total_sets",
)


@dataclass(frozen=True)
class LiftState:
    """What a lift says, or said.

    Attributes:
        values: by the names of its columns.
    """

    values: dict[str, Any]
    is_deleted: bool


def states_of_lifts(connection: AnyConnection) -> dict[str, list[LiftState]]:
    """Return all states of each lift by the id of its workout, the present one last."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select lift_id, version_number, state from normalized.lift_versions
            union all
            select id, null, to_jsonb(lifts) from lifts
            order by lift_id, version_number
            """
        ).fetchall()
    states: dict[str, list[LiftState]] = {}
    for row in rows:
        known = states.setdefault(row["lift_id"].removeprefix("hevy_"), [])
        assert row["version_number"] in (None, len(known) + 1), f"{row['lift_id']} has a gap"
        known.append(_state(row["state"]))
    return states


def assert_lifts_are_the_workouts(connection: AnyConnection, world: HevyWorld) -> None:
    """Make sure that lifts and rejects are what Hevy's workouts say now."""
    states = {id: states[-1] for id, states in states_of_lifts(connection).items()}
    lifts = {row["id"]: lift_of(row) for row in world.workouts.rows()}
    unreadable = {id for id, lift in lifts.items() if lift is None}
    expected = {id: LiftState(lift, is_deleted=False) for id, lift in lifts.items() if lift is not None}
    # What cannot be understood stays as it was.
    live = {id: state for id, state in states.items() if id not in unreadable and not state.is_deleted}
    assert live == expected
    rejects = {reject.raw_key for reject in get_open_rejects("hevy", conn=connection)}
    assert rejects == {f"hevy_{id}" for id in unreadable}


def assert_templates_are_those(connection: AnyConnection, world: HevyWorld) -> None:
    """Make sure that each exercise template that lifts name is there, and that each of them is right."""
    found = {
        template.id: (
            template.title,
            template.type,
            template.primary_muscle_group,
            template.secondary_muscle_groups,
            template.is_custom,
        )
        for template in get_exercise_templates(conn=connection)
    }
    named = templates_of_lifts(connection)
    expected = {
        row["id"]: (
            row["title"],
            row["type"],
            row["primary_muscle_group"],
            row["secondary_muscle_groups"],
            row["is_custom"],
        )
        for row in world.templates.rows()
        if row["id"] in named | found.keys()
    }
    # One that Hevy does not have any more stays.
    assert {id: found[id] for id in expected} == expected


def templates_of_lifts(connection: AnyConnection) -> set[str]:
    """Return the ids of the templates that live lifts name."""
    states = [states[-1] for states in states_of_lifts(connection).values()]
    return {
        exercise["template_id"]
        for state in states
        if not state.is_deleted
        for exercise in state.values["exercises"]
    }


class HevyModel:
    """What was ever to be seen of workouts, and what is known to have become of it."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._states: dict[str, list[LiftState]] = {}

    def see(self, rows: Iterable[Row]) -> None:
        """Remember what workouts say now."""
        for row in rows:
            known = self._rows.setdefault(row["id"], [])
            if row not in known:
                known.append(row)

    def assert_history_goes_on(self, connection: AnyConnection, *, is_undisturbed: bool) -> None:
        """Make sure that nothing of what lifts were before is lost, and that nothing was made up.

        Args:
            connection: after a sync.
            is_undisturbed: whether Hevy stayed as it was during the sync, so that no lift changed twice.
        """
        states = states_of_lifts(connection)
        assert self._states.keys() <= states.keys()
        for id, history in states.items():
            known = self._states.get(id, [])
            assert history[: len(known)] == known
            assert all(former != later for former, later in pairwise(history))
            assert not is_undisturbed or len(history) <= len(known) + 1
            assert all(_was_ever(state, self._rows[id]) for state in history[len(known) :])
        self._states = states


def _was_ever(state: LiftState, rows: Sequence[Row]) -> bool:
    """Return whether a workout ever said so."""
    lifts = [lift_of(row) for row in rows]
    if state.values in lifts or not state.is_deleted:
        return state.values in lifts
    # What is deleted takes the last that was said, even where its start is none, beside the former start.
    start = state.values["start_time"]
    is_former = start in [lift["start_time"] for lift in lifts if lift is not None]
    return is_former and state.values in [lift_of(row | {"start_time": start.isoformat()}) for row in rows]


def _state(columns: Mapping[str, Any]) -> LiftState:
    values = {name: columns[name] for name in _COLUMNS}
    values |= {name: instant_of(values[name]) for name in ("start_time", "end_time")}
    return LiftState(values, is_deleted=columns["deleted_at"] is not None)
