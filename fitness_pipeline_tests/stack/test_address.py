"""The UI answers on this machine only, the API where it may; each at a port that nobody else has."""

import socket
from collections.abc import Iterator

import pytest

from fitness_pipeline.db.api_tokens import mint_token, revoke_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import ConfigurationError
from fitness_pipeline.stack.address import Address, address_of, loopback_address, require_free
from fitness_pipeline.stack.reach import require_token_beyond_loopback


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1"])
def test_this_machine_may_reach_the_ui(host: str) -> None:
    assert loopback_address(host, 3000) == Address(host, 3000)


def test_localhost_is_the_loopback_that_every_machine_has() -> None:
    assert loopback_address("localhost", 3000) == Address("127.0.0.1", 3000)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", "", "127.0.0.1.example.org"])  # noqa: S104
def test_nobody_else_may_for_the_ui_has_no_login(host: str) -> None:
    with pytest.raises(ConfigurationError, match="has no login") as refusal:
        loopback_address(host, 3005)
    assert "ssh -L 3005:127.0.0.1:3005" in str(refusal.value)


def test_a_port_that_is_in_use_is_refused_with_another_one(taken_port: int) -> None:
    with pytest.raises(ConfigurationError, match="is in use by another program") as refusal:
        require_free(Address("127.0.0.1", taken_port))
    assert f"up --port {taken_port + 1}`" in str(refusal.value)


def test_the_advice_is_that_of_the_command(taken_port: int) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        require_free(Address("127.0.0.1", taken_port), "fitness-pipeline api --port {port}")
    assert f"`fitness-pipeline api --port {taken_port + 1}`" in str(refusal.value)


def test_a_port_that_nobody_uses_is_free(taken_port: int) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    require_free(Address("127.0.0.1", port))


def test_a_port_is_free_again_right_after_its_server_has_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
        with socket.create_connection((address.host, address.port)):
            listener.accept()[0].close()
    require_free(address)


def test_an_address_that_this_machine_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="cannot be used"):
        require_free(Address("192.0.2.1", 3000))


def test_a_browser_gets_ipv6_in_brackets() -> None:
    assert Address("127.0.0.1", 3000).url == "http://127.0.0.1:3000"
    assert Address("::1", 3000).url == "http://[::1]:3000"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])  # noqa: S104
def test_others_may_reach_the_api_only_while_there_is_a_token(connection: AnyConnection, host: str) -> None:
    address = address_of(host, 8000)
    with pytest.raises(ConfigurationError, match="`fitness-pipeline token mint"):
        require_token_beyond_loopback(address)
    mint_token("dashboard", "viewer", conn=connection)
    require_token_beyond_loopback(address)
    revoke_token("dashboard", conn=connection)
    with pytest.raises(ConfigurationError):
        require_token_beyond_loopback(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_may_reach_the_api_always(environment: pytest.MonkeyPatch, host: str) -> None:
    environment.setenv("DATABASE_URL", "postgresql://somebody@nowhere.invalid/x")
    require_token_beyond_loopback(address_of(host, 8000))


def test_what_answers_everywhere_is_reached_from_here_at_the_loopback() -> None:
    assert address_of("0.0.0.0", 8000).on_this_machine == Address("127.0.0.1", 8000)  # noqa: S104
    assert address_of("::", 8000).on_this_machine.url == "http://[::1]:8000"
    assert address_of("192.168.1.7", 8000).on_this_machine == Address("192.168.1.7", 8000)
