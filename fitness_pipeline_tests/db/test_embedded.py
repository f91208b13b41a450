"""The embedded server never needs a hand: a real one, started, killed, robbed and found again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text

from fitness_pipeline.db.embedded import EmbeddedServer, bin_dir, ensure_running, find_running, stop
from fitness_pipeline.errors import EmbeddedServerFailed

AS_ROOT = os.geteuid() == 0
ENSURE_RUNNING = """
import sys
from pathlib import Path
from fitness_pipeline.db.embedded import ensure_running
print("loaded", flush=True)
sys.stdin.read()
print(ensure_running(Path(sys.argv[1])).pid)
"""


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder that is not there yet; its server is stopped and it is removed at the end."""
    # Not pytest's own: each session shuts that one to other users, and to the one who runs root's server.
    parent = Path(tempfile.mkdtemp(prefix="embedded-"))
    data_dir = parent / getattr(request, "param", "postgres")
    yield data_dir
    stop(data_dir)
    shutil.rmtree(parent)


def in_another_process(folder: Path, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[str]":
    """Have another process call `ensure_running` once its input ends; it prints the server's pid."""
    command = [sys.executable, "-c", ENSURE_RUNNING, str(folder)]
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "loaded\n"
    return process


def answer(server: EmbeddedServer, query: str) -> object:
    """Ask the server for one value."""
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def runs(pid: int) -> bool:
    """Whether a process runs; one that ended may stay as a zombie until its parent looks."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill(server: EmbeddedServer) -> None:
    """End the main process without any warning, and wait until it is gone."""
    os.kill(server.pid, signal.SIGKILL)
    while runs(server.pid):
        pass


def delete(folder: Path) -> None:
    """Remove a folder whose server may notice, and remove files of its own."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def main_processes(folder: Path) -> list[int]:
    """The servers that work on the folder."""
    processes = psutil.process_iter(["name", "cmdline"])
    return [
        it.pid
        for it in processes
        if it.info["name"] == "postgres" and str(folder) in (it.info["cmdline"] or ())
    ]


def psql(server: EmbeddedServer, *, user: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Ask the server for 1 with psql, as another user of this machine if one is named."""
    options = ["--no-psqlrc", "--tuples-only", "--no-align", "--command=select 1"]
    command = [str(bin_dir() / "psql"), *options, server.url("postgres")]
    groups: list[str] | None = [] if user else None
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=user,
        group=user and 65534,
        extra_groups=groups,
    )


def test_a_missing_folder_becomes_a_postgres_18(folder: Path) -> None:
    server = ensure_running(folder)
    assert server.data_dir == folder
    assert str(answer(server, "show server_version")).startswith("18.")
    assert answer(server, "show server_encoding") == "UTF8"


def test_an_empty_folder_and_folders_above_it_need_not_be_made_by_hand(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    try:
        assert answer(ensure_running(folder / "a" / "b"), "select 1") == 1
    finally:
        stop(folder / "a" / "b")


def test_asking_again_finds_the_same_server(folder: Path) -> None:
    assert ensure_running(folder) == ensure_running(folder) == find_running(folder)


def test_looking_for_a_server_starts_none(folder: Path) -> None:
    assert find_running(folder) is None
    assert not folder.exists()
    ensure_running(folder)
    stop(folder)
    assert find_running(folder) is None


def test_the_server_outlives_the_process_that_started_it(folder: Path) -> None:
    with in_another_process(folder) as starter:
        pid = int(starter.communicate()[0])
    found = find_running(folder)
    assert found is not None
    assert found.pid == pid
    assert answer(found, "select 1") == 1


def test_many_processes_that_start_at_once_end_up_with_one_server(folder: Path) -> None:
    blocked, release = os.pipe()
    starters = [in_another_process(folder, stdin=blocked) for _ in range(5)]
    os.close(blocked)
    os.close(release)
    pids = {int(starter.communicate()[0]) for starter in starters}
    assert len(pids) == 1
    assert main_processes(folder) == list(pids)


def test_stopping_ends_open_sessions_and_a_second_stop_finds_nothing(folder: Path) -> None:
    assert stop(folder) is False
    server = ensure_running(folder)
    with psycopg.connect(server.url("postgres")) as session:
        assert stop(folder) is True
        assert not runs(server.pid)
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    assert stop(folder) is False


def test_stopping_where_there_is_no_folder_at_all_makes_none(folder: Path) -> None:
    assert stop(folder / "not" / "there") is False
    assert not folder.exists()


def test_a_server_killed_with_sigkill_starts_again_with_its_data(folder: Path) -> None:
    server = ensure_running(folder)
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("create table kept as select 'still here' as what")
    kill(server)
    assert find_running(folder) is None
    again = ensure_running(folder)
    assert again.pid != server.pid
    assert answer(again, "select what from kept") == "still here"


def test_a_session_that_is_still_busy_after_its_server_was_killed_does_not_keep_it_down(folder: Path) -> None:
    server = ensure_running(folder)
    with psycopg.connect(server.url("postgres")) as busy, ThreadPoolExecutor() as threads:
        # Counting never looks up, so it does not notice that its server is gone.
        counting = threads.submit(busy.execute, "select count(*) from generate_series(1, 1e12::bigint)")
        orphan = busy.info.backend_pid
        while (
            answer(server, "select count(*) from pg_stat_activity where query ~ '^select count.*1e12'") == 0
        ):
            pass
        kill(server)
        assert answer(ensure_running(folder), "select 1") == 1
        assert not runs(orphan)
        assert isinstance(counting.exception(), psycopg.OperationalError)


def test_a_pid_that_now_belongs_to_another_program_is_not_taken_for_the_server(folder: Path) -> None:
    server = ensure_running(folder)
    kill(server)
    # Postgres itself gives up here, as long as it may send signals to the other program.
    owner = folder.stat().st_uid if AS_ROOT else None
    with subprocess.Popen(["/bin/sleep", "600"], user=owner) as stranger:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            stale = (folder / name).read_text()
            (folder / name).write_text(stale.replace(str(server.pid), str(stranger.pid), 1))
        assert find_running(folder) is None
        assert stop(folder) is False
        assert answer(ensure_running(folder), "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_damaged_pid_file_is_replaced(folder: Path) -> None:
    for content in ("", "1", "4711\n/somewhere\n", "not a number\n" * 8, "9" * 40 + "\n" * 8):
        kill(ensure_running(folder))
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (folder / name).write_text(content)
        assert find_running(folder) is None
        assert answer(ensure_running(folder), "select 1") == 1


def test_a_server_that_lost_its_pid_file_makes_way_for_one_that_can_be_found(folder: Path) -> None:
    lost = ensure_running(folder)
    (folder / "postmaster.pid").write_text(f"{lost.pid}\n")
    server = ensure_running(folder)
    assert main_processes(folder) == [server.pid] != [lost.pid]


def test_a_server_whose_socket_was_cleaned_away_makes_way_for_one_that_can_be_reached(folder: Path) -> None:
    unreachable = ensure_running(folder)
    (folder / ".s.PGSQL.5432").unlink()
    server = ensure_running(folder)
    assert main_processes(folder) == [server.pid] != [unreachable.pid]
    assert answer(server, "select 1") == 1


def test_the_library_s_own_list_of_processes_may_hold_nonsense(folder: Path) -> None:
    ensure_running(folder)
    stop(folder)
    (folder / ".handle_pids.json").write_text('{"not": [a list')
    assert answer(ensure_running(folder), "select 1") == 1


def test_a_folder_that_is_deleted_while_its_server_runs_gets_a_new_one(folder: Path) -> None:
    old = ensure_running(folder)
    delete(folder)
    assert find_running(folder) is None
    new = ensure_running(folder)
    assert main_processes(folder) == [new.pid] != [old.pid]
    assert answer(new, "select 1") == 1


def test_stopping_reaches_a_server_whose_folder_was_deleted(folder: Path) -> None:
    server = ensure_running(folder)
    delete(folder)
    stop(folder)
    assert not runs(server.pid)


def test_a_first_start_that_is_killed_half_way_leaves_nothing_behind(folder: Path) -> None:
    with in_another_process(folder) as starter:
        while not any(folder.parent.glob("postgres.unfinished-*/PG_VERSION")):
            assert starter.poll() is None
        starter.kill()
    assert not folder.exists()
    assert answer(ensure_running(folder), "select 1") == 1
    assert {path.name for path in folder.parent.iterdir()} == {"postgres", "postgres.lock"}


def test_a_server_that_takes_long_to_repair_itself_is_waited_for(folder: Path) -> None:
    ensure_running(folder)
    stop(folder)
    repaired = folder.parent / "repaired"
    with (folder / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'until test -e {repaired}; do sleep 0.02; done; false'\n")
    (folder / "recovery.signal").touch()
    with in_another_process(folder) as first:
        while (
            not (folder / "postmaster.pid").exists()
            or "starting" not in (folder / "postmaster.pid").read_text()
        ):
            assert first.poll() is None
        first.kill()
    assert find_running(folder) is None
    starting = main_processes(folder)
    with ThreadPoolExecutor() as threads:
        second = threads.submit(ensure_running, folder)
        repaired.touch()
        assert [second.result().pid] == starting
    assert answer(second.result(), "select 1") == 1


@pytest.mark.parametrize(
    "folder", ['Jürgen\'s "best runs" `$HOME` 100%', "one,two", "/".join(["long" * 20] * 4)], indirect=True
)
def test_any_path_will_do_for_every_kind_of_client(folder: Path) -> None:
    server = ensure_running(folder)
    url = server.url("postgres")
    assert server == find_running(folder)
    assert answer(server, "select 1") == 1
    assert psql(server).stdout == "1\n"
    for scheme in ("postgresql", "postgresql+psycopg2", "postgresql+psycopg"):
        engine = create_engine(url.replace("postgresql", scheme, 1))
        with engine.connect() as connection:
            assert connection.scalar(text("select 1")) == 1
        engine.dispose()


@pytest.mark.parametrize("folder", ["/".join(["long" * 20] * 4)], indirect=True)
def test_a_short_way_to_a_long_path_is_refused_when_others_could_have_made_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parents[3]))
    (folder.parents[3] / f"fitness-pipeline-{os.geteuid()}").mkdir(mode=0o755)
    with pytest.raises(EmbeddedServerFailed, match="yours alone"):
        ensure_running(folder)


def test_what_the_environment_says_about_another_postgres_does_not_matter(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGPORT": "6543",
        "PGHOST": "elsewhere",
        "PGUSER": "me",
        "LC_ALL": "xx_YY.latin1",
    }.items():
        monkeypatch.setenv(name, value)
    assert answer(ensure_running(folder), "select current_user::text") == "postgres"


def test_nothing_listens_on_the_network_and_the_folder_is_its_owner_s_alone(folder: Path) -> None:
    server = ensure_running(folder)
    assert answer(server, "show listen_addresses") == ""
    assert psutil.Process(server.pid).net_connections("inet") == []
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root can act as another user")
def test_another_user_of_the_machine_is_refused_even_where_the_folder_is_open(folder: Path) -> None:
    server = ensure_running(folder)
    assert "Permission denied" in psql(server, user="nobody").stderr
    folder.chmod(0o755)
    assert 'Peer authentication failed for user "postgres"' in psql(server, user="nobody").stderr


@pytest.mark.skipif(not AS_ROOT, reason="only root can give files away")
def test_a_folder_that_was_restored_under_an_unknown_owner_works_for_root(folder: Path) -> None:
    ensure_running(folder)
    stop(folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 54321, 54321)
    assert answer(ensure_running(folder), "select 1") == 1


def test_a_folder_that_came_from_another_user_lets_its_new_owner_in(folder: Path) -> None:
    ensure_running(folder)
    stop(folder)
    (folder / "pg_ident.conf").write_text('owner "somebody" postgres')
    assert answer(ensure_running(folder), "select 1") == 1


def test_data_of_another_postgres_version_is_refused_and_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(
        EmbeddedServerFailed, match=r"made by Postgres 16.*Move the folder away.*DATABASE_URL"
    ):
        ensure_running(folder)
    assert [path.name for path in folder.iterdir()] == ["PG_VERSION"]


def test_a_folder_with_other_files_is_refused_and_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "runs.csv").touch()
    with pytest.raises(EmbeddedServerFailed, match=r"holds files, but no Postgres data\. Move it away"):
        ensure_running(folder)
    assert [path.name for path in folder.iterdir()] == ["runs.csv"]


def test_a_folder_that_cannot_be_made_is_reported_with_a_next_step(folder: Path) -> None:
    folder.touch()
    with pytest.raises(EmbeddedServerFailed, match=r"File exists.*Make sure that its folder is yours"):
        ensure_running(folder / "postgres")
    folder.unlink()


def test_a_server_that_does_not_start_says_why(folder: Path) -> None:
    ensure_running(folder)
    stop(folder)
    (folder / "postgresql.conf").write_text("shared_buffers = plenty\n")
    with pytest.raises(EmbeddedServerFailed, match=r'set\s+DATABASE_URL(.|\n)*"shared_buffers": "plenty"'):
        ensure_running(folder)
