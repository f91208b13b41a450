"""Sockets and threads: takes requests apart, and writes replies exactly as they are to arrive."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from email.utils import format_datetime
from http.client import responses
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.incoming import Incoming
from fitness_pipeline.sandbox.serving.replies import Reply

Answer = Callable[[Incoming], Reply]

_LOOPBACK = "127.0.0.1"
_LOOK_SECONDS = 0.01  # how long the end waits for the accepting thread
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Listener(ThreadingMixIn, TCPServer):
    """Listens on the loopback interface, with a thread a connection."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer, clock: Clock) -> None:
        """Bind the port.

        Raises:
            OSError: the port cannot be used.
        """
        super().__init__((_LOOPBACK, port), _Conversation)
        self.answer = answer
        self.clock = clock
        self._accepting = threading.Thread(target=self.serve_forever, args=(_LOOK_SECONDS,), daemon=True)
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}

    @property
    def port(self) -> int:
        """The port that it got."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Begin to accept connections."""
        self._accepting.start()

    def stop(self) -> None:
        """End: when this returns, every socket is closed and every thread is over."""
        self.shutdown()
        self._accepting.join()
        self.server_close()
        with self._lock:
            conversations = dict(self._open)
        for connection in conversations.values():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in conversations:
            thread.join()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread of its own."""
        thread = threading.Thread(target=self._converse, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[thread] = request
        thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients go away whenever they like."""

    def _converse(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            with self._lock:
                del self._open[threading.current_thread()]


class _Conversation(BaseHTTPRequestHandler):
    """One connection, which may carry many requests."""

    server: Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer any request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.answer(Incoming(self.command, self.path, headers, body)))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as above

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as above
        """Print nothing."""

    def _send(self, reply: Reply) -> None:
        if reply.ending == "reset":
            self._reset()
            return
        try:
            self.wfile.write(self._head(reply) + self._body(reply))
        except OSError:
            self.close_connection = True
        if reply.ending == "cut":
            self.close_connection = True

    def _head(self, reply: Reply) -> bytes:
        phrase = responses.get(reply.status, "Unknown")
        # Bodies come in chunks (seen in recorded replies of Strava).
        is_chunked = bool(reply.body) and self.request_version != "HTTP/1.0"
        lines = [
            f"HTTP/1.1 {reply.status} {phrase}",
            f"Date: {format_datetime(self.server.clock().astimezone(UTC), usegmt=True)}",
            "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers),
        ]
        return "\r\n".join((*lines, "", "")).encode("latin-1")

    def _body(self, reply: Reply) -> bytes:
        sent = reply.body[: reply.sent_bytes] if reply.ending == "cut" else reply.body
        if not reply.body or self.request_version == "HTTP/1.0":
            return sent
        chunk = b"%x\r\n%s" % (len(reply.body), sent)
        return chunk if reply.ending == "cut" else chunk + b"\r\n0\r\n\r\n"

    def _reset(self) -> None:
        """Close so that the other side sees a reset instead of an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.rfile.close()
        self.connection.close()
