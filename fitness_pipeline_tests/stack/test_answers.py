"""Whether a service answers is seen from outside, over its socket or its port."""

import socket
from pathlib import Path

from fitness_pipeline.stack.answers import answers_on_socket, answers_on_web
from fitness_pipeline_tests.stack.running import free_port


def test_a_socket_answers_once_somebody_listens(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    assert not answers_on_socket(path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        assert not answers_on_socket(path)
        listener.listen()
        assert answers_on_socket(path)
    assert path.is_socket()
    assert not answers_on_socket(path)


def test_a_port_at_which_nobody_listens_does_not_answer() -> None:
    assert not answers_on_web(f"http://127.0.0.1:{free_port()}/server_info")
