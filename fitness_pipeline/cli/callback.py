"""Listens on this machine for the browser that comes back from a consent page."""

import queue
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from fitness_pipeline.api.consent_page import HEADERS, consent_page
from fitness_pipeline.errors import AuthorizationRefused, ConfigurationError

PATH = "/callback"
Query = Mapping[str, str]


class CallbackListener:
    """Waits on 127.0.0.1 for one answer, while it is entered.

    Args:
        is_ours: whether an answer is the one that is waited for; others are refused, and waiting goes on.
        reply: what the browser shows, as plain text.
        port: 0 for any free one.
    """

    def __init__(
        self, *, is_ours: Callable[[Query], bool], reply: Callable[[Query], str], port: int = 0
    ) -> None:
        self._is_ours = is_ours
        self._reply = reply
        self._answers: queue.SimpleQueue[Query] = queue.SimpleQueue()
        self._is_open = True
        self._lock = threading.Lock()
        try:
            self._server = _Server(("127.0.0.1", port), self._handler())
        except (OSError, OverflowError) as error:
            raise ConfigurationError(
                f"Port {port} cannot be used: {error}. Name another with --port, or leave it out for any "
                "free one."
            ) from None

    def __enter__(self) -> Self:
        """Begin to listen."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where the consent page is to send the browser."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, timeout_seconds: float) -> Query:
        """Return the parameters of the answer.

        Args:
            timeout_seconds: how long to wait.

        Raises:
            AuthorizationRefused: there was none.
        """
        try:
            return self._answers.get(timeout=timeout_seconds)
        except queue.Empty:
            raise AuthorizationRefused(
                f"There was no answer within {timeout_seconds:g} seconds. Run the command again, and answer "
                "on the page; --timeout gives more time."
            ) from None

    def _take(self, query: Query) -> tuple[int, str]:
        """Return the status and the text to answer with."""
        if not self._is_ours(query):
            return 400, "This is not the answer that was asked for. Follow the link in your terminal again."
        with self._lock:
            was_open, self._is_open = self._is_open, False
        if not was_open:
            return 409, "This was answered already. Look into your terminal."
        return 200, self._reply(query)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # for a browser that connects in advance and then says nothing

            def do_GET(self) -> None:
                target = urlsplit(self.path)
                if target.path != PATH:
                    self._send(404, "There is nothing here.")
                    return
                query = dict(parse_qsl(target.query, keep_blank_values=True))
                status, text = listener._take(query)
                try:
                    self._send(status, text)
                finally:
                    # Only now, since the process may end as soon as it has the answer.
                    if status == 200:
                        listener._answers.put(query)

            def _send(self, status: int, text: str) -> None:
                body = consent_page(text)
                self.send_response(status)
                for name, value in {**HEADERS, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *parts: Any) -> None:
                """Log nothing: the address has the code in it."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a browser that has gone away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
