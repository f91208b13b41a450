"""The watched folder: what counts as a file in it, and how files leave it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fitness_pipeline.steps.inbox import archive, list_inbox, reject


def put(folder: Path, name: str, text: str = "text", modified_ns: int = 0) -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, ns=(modified_ns, modified_ns))
    return path


def test_files_that_end_in_csv_count_in_any_case_oldest_first(tmp_path: Path) -> None:
    put(tmp_path, "b.CSV", modified_ns=3)
    put(tmp_path, "c.Csv", modified_ns=2)
    put(tmp_path, "z.csv", modified_ns=1)
    put(tmp_path, "a.csv", modified_ns=2)
    assert [file.path.name for file in list_inbox(tmp_path)] == ["z.csv", "a.csv", "c.Csv", "b.CSV"]


def test_other_files_hidden_ones_and_folders_do_not_count(tmp_path: Path) -> None:
    for name in ("a.txt", "a.csv.part", ".gitkeep", ".hidden.csv", "._a.csv", "csv"):
        put(tmp_path, name)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "missing")
    assert list_inbox(tmp_path) == []


def test_a_missing_inbox_has_nothing_in_it(tmp_path: Path) -> None:
    assert list_inbox(tmp_path / "inbox") == []


def test_a_file_is_told_with_its_size_and_when_it_was_written(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "12345", modified_ns=1_746_534_600_123_456_789)
    (file,) = list_inbox(tmp_path)
    assert (file.path, file.size_bytes, file.modified_ns) == (path, 5, 1_746_534_600_123_456_789)


def test_a_file_that_grows_or_is_written_again_has_another_signature(tmp_path: Path) -> None:
    signatures = set()
    for text, modified_ns in (("a", 1), ("ab", 1), ("ab", 2)):
        put(tmp_path, "a.csv", text, modified_ns)
        (file,) = list_inbox(tmp_path)
        signatures.add(file.signature)
        (file,) = list_inbox(tmp_path)
        signatures.add(file.signature)
    assert len(signatures) == 3


def test_an_imported_file_moves_to_the_archive(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "first")
    moved = archive(path, tmp_path / "data" / "archive")
    assert moved == tmp_path / "data" / "archive" / "a.csv"
    assert moved.read_text() == "first"
    assert not path.exists()


def test_nothing_in_the_archive_is_ever_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    moved = [archive(put(tmp_path, "a.csv", text), folder) for text in ("1", "2", "3")]
    assert [path.name for path in moved] == ["a.csv", "a-2.csv", "a-3.csv"]
    assert [path.read_text() for path in moved] == ["1", "2", "3"]


def test_movers_at_the_same_time_get_names_of_their_own(tmp_path: Path) -> None:
    paths = []
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        paths.append(put(tmp_path / str(number), "a.csv", str(number)))
    with ThreadPoolExecutor(8) as pool:
        moved = list(pool.map(lambda path: archive(path, tmp_path / "archive"), paths))
    assert [path.read_text() for path in moved] == [str(number) for number in range(20)]


def test_a_rejected_file_has_its_reason_beside_it(tmp_path: Path) -> None:
    moved = reject(put(tmp_path, "a.csv"), tmp_path / "rejected", "Wrong file. Größe? Export it again.")
    assert moved == tmp_path / "rejected" / "a.csv"
    reason = tmp_path / "rejected" / "a.csv.reason.txt"
    assert reason.read_text(encoding="utf-8") == "Wrong file. Größe? Export it again.\n"


def test_a_file_that_is_rejected_again_keeps_both_reasons(tmp_path: Path) -> None:
    for reason in ("first", "second"):
        reject(put(tmp_path, "a.csv", reason), tmp_path / "rejected", reason)
    found = {path.name: path.read_text().strip() for path in (tmp_path / "rejected").iterdir()}
    assert found == {
        "a.csv": "first",
        "a.csv.reason.txt": "first",
        "a-2.csv": "second",
        "a-2.csv.reason.txt": "second",
    }


@pytest.mark.parametrize("name", ["übung 1.csv", "a.b.csv", "-rf.csv"])
def test_any_name_can_be_moved(tmp_path: Path, name: str) -> None:
    assert archive(put(tmp_path, name), tmp_path / "archive").name == name


def test_a_file_that_somebody_else_moved_meanwhile_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        archive(tmp_path / "gone.csv", tmp_path / "archive")
    assert list((tmp_path / "archive").iterdir()) == []
