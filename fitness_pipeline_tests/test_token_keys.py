"""Where keys are: one file for all processes, for its owner's eyes only, never replaced by accident."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import ConfigurationError, EncryptionKeyMissing, InvalidEncryptionKey
from fitness_pipeline.settings import load_settings
from fitness_pipeline.token_cipher import TokenCipher, new_key
from fitness_pipeline.token_keys import TokenKeys

_meeting: list[Barrier] = []  # of this process with others


def in_file(path: Path) -> TokenKeys:
    return TokenKeys(None, path)


def encrypt(path: Path) -> str:
    return in_file(path).cipher_for_storing().encrypt("token")


def _meet_at(barrier: Barrier) -> None:
    _meeting.append(barrier)


def _encrypt_together(path: Path) -> str:
    _meeting[0].wait()
    return encrypt(path)


def test_the_first_token_makes_a_key_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "data" / "token.key"
    hidden = encrypt(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert in_file(path).cipher().decrypt(hidden) == "token"
    assert [file.name for file in path.parent.iterdir()] == ["token.key"]


def test_processes_that_need_a_key_at_once_end_with_one(tmp_path: Path) -> None:
    count = 6
    spawn = multiprocessing.get_context("spawn")
    paths = [tmp_path / f"{number}.key" for number in range(20)]
    with ProcessPoolExecutor(count, spawn, _meet_at, (spawn.Barrier(count),)) as pool:
        for path in paths:
            hidden = list(pool.map(_encrypt_together, [path] * count))
            assert {in_file(path).cipher().decrypt(text) for text in hidden} == {"token"}
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_missing_key_is_not_made_up_where_something_is_to_be_read(tmp_path: Path) -> None:
    with pytest.raises(EncryptionKeyMissing, match=r"token\.key is not there"):
        in_file(tmp_path / "token.key").cipher()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "\n", "not a key\n", "\xff\xfe"])
def test_a_spoilt_key_file_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token.key"
    path.write_text(content)
    with pytest.raises(InvalidEncryptionKey, match="Put back what was there before"):
        encrypt(path)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_to_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(ConfigurationError, match="cannot be used"):
        encrypt(tmp_path / "data" / "token.key")


def test_a_key_that_is_given_wins_and_no_file_is_made(tmp_path: Path) -> None:
    key, old = new_key(), new_key()
    keys = TokenKeys(SecretStr(f"{key}, {old}\n"), tmp_path / "token.key")
    hidden = keys.cipher_for_storing().encrypt("token")
    assert TokenCipher([key], "").decrypt(hidden) == "token"
    assert keys.cipher().decrypt(TokenCipher([old], "").encrypt("older")) == "older"
    assert list(tmp_path.iterdir()) == []
    assert key not in repr(keys)


def test_each_environment_has_a_key_file_of_its_own(environment: pytest.MonkeyPatch) -> None:
    ours = TokenKeys.of(load_settings()).file
    environment.setenv("ENV", "other")
    assert TokenKeys.of(load_settings()).file != ours


def test_settings_that_are_printed_tell_no_secret(environment: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN_ENCRYPTION_KEY", "STRAVA_CLIENT_SECRET", "STRAVA_REFRESH_TOKEN"):
        environment.setenv(name, "hunter2")
    assert "hunter2" not in f"{load_settings()!r} {load_settings().model_dump_json()}"


def test_the_demo_never_sees_an_account(environment: pytest.MonkeyPatch) -> None:
    secrets = ("TOKEN_ENCRYPTION_KEY", "STRAVA_CLIENT_ID", "STRAVA_CLIENT_SECRET", "STRAVA_REFRESH_TOKEN")
    for name in secrets:
        environment.setenv(name, "hunter2")
    environment.setenv("ENV", "demo")
    settings = load_settings()
    assert [getattr(settings, name.lower()) for name in secrets] == [None] * 4


@pytest.mark.parametrize("name", ["STRAVA_API_URL", "STRAVA_TOKEN_URL", "STRAVA_AUTHORIZE_URL"])
@pytest.mark.parametrize("url", ["http://www.strava.com", "www.strava.com", "https://", "ftp://127.0.0.1"])
def test_tokens_are_not_sent_in_the_clear(environment: pytest.MonkeyPatch, name: str, url: str) -> None:
    environment.setenv(name, url)
    with pytest.raises(ConfigurationError, match=f"{name} cannot be used"):
        load_settings()
