"""Whatever editors do to a run, in any order: every answer is that of a model of it."""

import itertools
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.api.proofs.run_model import INITIAL, ModelRun
from fitness_pipeline_tests.builders import create_runs, history, new_run

TOKEN_NAME = "the editor"  # noqa: S105 - of a fixture
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "distance": st.sampled_from([3.0, 3.1, 1e-300, 26.2]) | st.floats(1e-3, 1e3),
    "duration": st.sampled_from([1800.0, 1800.5, 1.0]),
    "avg_heart_rate": st.sampled_from([None, 20.0, 141.5, 250.0]),
    "type": st.sampled_from(["Outdoor Run", "Treadmill Run"]),
    "shoe_id": st.sampled_from([None, "pegasus_38", "ghost_15"]),
    "datetime_utc": st.sampled_from([INITIAL["datetime_utc"], "2024-02-29T23:59:59.999999Z"]),
}
UPDATES = st.fixed_dictionaries({}, optional=VALUES).filter(bool)
REFUSED = st.sampled_from(
    [
        {"distance": 0},
        {"duration": "1800"},
        {"avg_heart_rate": 251},
        {"shoe_id": "no_such_shoe"},
        {"distance": 4, "source": "Strava"},
        {"distance": 4, "changed_by": "system"},
        {"type": None},
    ]
)
LABELS = st.sampled_from([None, "Ada", "Grace \N{SNOWMAN}"])
REASONS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
EXPECTED = st.sampled_from(["none", "any", "right", "stale", "future"])

run_numbers = itertools.count(1)


class RunStory(RuleBasedStateMachine):
    """What editors and readers do to one run."""

    editor: httpx.Client
    connection: AnyConnection

    @initialize()
    def begin(self) -> None:
        self.id = f"mmf_{next(run_numbers)}"
        self.path = f"/runs/{self.id}"
        self.model = ModelRun()
        create_runs(self.connection, new_run(self.id))

    @rule(updates=UPDATES, by=LABELS, reason=REASONS, expected=EXPECTED)
    def edit(self, updates: dict[str, Any], by: str | None, reason: str | None, expected: str) -> None:
        body = {**updates, "changed_by": by, "change_reason": reason}
        answer = self.editor.patch(self.path, json=body, headers=self.if_match(expected))
        if not self.is_refused(answer, expected, is_found=not self.model.is_deleted):
            changed = self.model.change(updates, by=by or TOKEN_NAME, reason=reason)
            self.check_change(answer, changed, by)

    @rule(by=LABELS, reason=REASONS, expected=EXPECTED)
    def delete(self, by: str | None, reason: str | None, expected: str) -> None:
        told = {name: text for name, text in (("changed_by", by), ("change_reason", reason)) if text}
        answer = self.editor.delete(self.path, params=told, headers=self.if_match(expected))
        if not self.is_refused(answer, expected):
            changed = self.model.change(
                {}, by=by or TOKEN_NAME, reason=reason, change_type="deletion", is_deleted=True
            )
            self.check_change(answer, changed, by)

    @rule(by=LABELS, reason=REASONS, expected=EXPECTED)
    def undelete(self, by: str | None, reason: str | None, expected: str) -> None:
        body = {"changed_by": by, "change_reason": reason}
        answer = self.editor.post(f"{self.path}/undelete", json=body, headers=self.if_match(expected))
        if not self.is_refused(answer, expected):
            changed = self.model.change({}, by=by or TOKEN_NAME, reason=reason or "Undeleted")
            self.check_change(answer, changed, by)

    @rule(data=st.data(), by=LABELS, expected=EXPECTED)
    def restore(self, data: st.DataObject, by: str | None, expected: str) -> None:
        number = data.draw(st.integers(0, self.model.version + 1))
        answer = self.editor.post(
            f"{self.path}/restore/{number}",
            params={"restored_by": by} if by else {},
            headers=self.if_match(expected),
        )
        is_found = 1 <= number <= self.model.version
        if not self.is_refused(answer, expected, is_found=is_found):
            values = self.model.versions[number - 1].values
            self.model.change(values, by=by or TOKEN_NAME, reason=f"Restored to version {number}")
            self.check_state(answer)
            told = answer.json()
            assert set(told) == {
                *("status", "message", "run", "restored_from_version", "restored_at", "restored_by")
            }
            assert (told["status"], told["restored_from_version"]) == ("success", number)
            assert told["restored_by"] == (by or TOKEN_NAME)

    @rule(body=REFUSED)
    def send_what_cannot_be(self, body: dict[str, Any]) -> None:
        answer = self.editor.patch(self.path, json=body)
        # A deleted run has no shoe to be wrong about.
        is_gone = self.model.is_deleted and body == {"shoe_id": "no_such_shoe"}
        assert answer.status_code == (404 if is_gone else 422)

    @rule()
    def send_nothing(self) -> None:
        assert self.editor.patch(self.path, json={"change_reason": "none"}).status_code == 400

    @rule()
    def read(self) -> None:
        answer = self.editor.get(self.path)
        listed = [run["id"] for run in self.editor.get("/runs", params={"limit": 10_000}).json()]
        assert (self.id in listed) is not self.model.is_deleted
        if self.model.is_deleted:
            assert answer.status_code == 404
        else:
            assert answer.headers["ETag"] == f'"{self.model.version}"'
            self.check_run(answer.json())

    @rule(data=st.data())
    def read_version(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, self.model.version + 1))
        answer = self.editor.get(f"{self.path}/history/{number}")
        if 1 <= number <= self.model.version:
            self.check_version(answer.json(), number)
        else:
            assert answer.status_code == 404

    @rule(limit=st.integers(1, 4))
    def read_history(self, limit: int) -> None:
        numbers = []
        page = f"{self.path}/history?limit={limit}"
        while page:
            answer = self.editor.get(page)
            for version in answer.json():
                numbers.append(version["version_number"])
                self.check_version(version, numbers[-1])
            page = answer.links.get("next", {}).get("url", "")
        assert numbers == list(range(self.model.version, 0, -1))

    def teardown(self) -> None:
        """Compare all of it in the end: without a gap, and nothing forgotten."""
        if hasattr(self, "model"):
            self.read_history(4)
            self.read()
            stored = history(self.connection, self.id)
            assert [version.values for version in self.model.versions] == [
                {**INITIAL, **{field: as_json(getattr(version, field)) for field in INITIAL}}
                for version in stored
            ]

    def if_match(self, expected: str) -> dict[str, str]:
        """Return the header of somebody who expects such a version."""
        number = self.model.version + {"stale": -1, "future": 1}.get(expected, 0)
        tags = {"none": None, "any": "*"}
        tag = tags.get(expected, f'"{number}"')
        return {} if tag is None else {"If-Match": tag}

    def is_refused(self, answer: httpx.Response, expected: str, *, is_found: bool = True) -> bool:
        """Return whether an answer is to be a refusal, after making sure that it is the right one."""
        if expected in {"stale", "future"}:
            assert answer.status_code == 412
        elif not is_found:
            assert answer.status_code == 404
        else:
            return False
        assert isinstance(answer.json()["detail"], str)
        return True

    def check_change(self, answer: httpx.Response, changed: set[str], by: str | None) -> None:
        self.check_state(answer)
        told = answer.json()
        assert set(told) == {"status", "message", "run", "updated_fields", "updated_at", "updated_by"}
        assert (told["status"], told["updated_by"]) == ("success", by or TOKEN_NAME)
        assert sorted(told["updated_fields"]) == sorted(changed)

    def check_state(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        assert answer.headers["ETag"] == f'"{self.model.version}"'
        self.check_run(answer.json()["run"])

    def check_run(self, run: dict[str, Any]) -> None:
        assert {field: run[field] for field in INITIAL} == self.model.values
        assert (run["id"], run["version"]) == (self.id, self.model.version)
        assert (run["deleted_at"] is not None) is self.model.is_deleted

    def check_version(self, version: dict[str, Any], number: int) -> None:
        expected = self.model.versions[number - 1]
        assert {field: version[field] for field in INITIAL} == expected.values
        assert (version["run_id"], version["version_number"]) == (self.id, number)
        told = tuple(version[field] for field in ("change_type", "changed_by", "change_reason"))
        assert told == (expected.change_type, expected.changed_by, expected.change_reason)


def as_json(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value


def test_every_answer_is_that_of_the_model(editor: httpx.Client, connection: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Pegasus 38", "Ghost 15"], conn=connection)

    class Story(RunStory):
        pass

    Story.editor, Story.connection = editor, connection
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
