"""A way to a Postgres server that is longer than a socket: everything said to it takes a while to arrive."""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from fitness_pipeline.db.embedded import EmbeddedServer

_CHUNK = 64 * 1024
_PORT = 5432


class DistantPostgres:
    """Forwards connections to an embedded server, each of whose round trips takes so much longer.

    Args:
        server: which is forwarded to.
        folder: for a socket; its path is to be short.
        delay_seconds: for each round trip.
    """

    def __init__(self, server: EmbeddedServer, folder: Path, delay_seconds: float) -> None:
        self._server = server
        self._folder = folder
        self._delay_seconds = delay_seconds
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def url(self, database: str) -> str:
        """Return the address of a database, by the long way.

        Args:
            database: its name.
        """
        return f"postgresql://postgres@/{database}?host={self._folder}&port={_PORT}"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, with every connection."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        listener = await asyncio.start_unix_server(
            self._forward, self._folder / f".s.PGSQL.{_PORT}", backlog=500
        )
        self._listening.set()
        await self._ended.wait()
        listener.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = self._server.socket_dir / f".s.PGSQL.{self._server.port}"
        server_reader, server_writer = await asyncio.open_unix_connection(target)
        with suppress(asyncio.CancelledError):  # that is the end of all connections
            await asyncio.gather(
                self._pass_on(reader, server_writer, self._delay_seconds),
                self._pass_on(server_reader, writer, 0),
            )
        writer.close()
        server_writer.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_seconds: float
    ) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(_CHUNK):
                # Whoever talks waits for an answer before it goes on, so this delays a round trip once.
                await asyncio.sleep(delay_seconds)
                writer.write(chunk)
        writer.close()
