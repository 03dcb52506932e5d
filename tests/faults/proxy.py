"""A proxy between workers and a broker, whose connections can be cut, or stall without a word.

It answers on the loopback port that the broker advertises for it, so that clients never find a way past it.
"""

import asyncio
from contextlib import suppress
from typing import Self

_HOST = "127.0.0.1"
_BYTES = 64 * 1024


class Proxy:
    """Carries bytes both ways; `async with` listens and ends."""

    def __init__(self, port: int, target_port: int) -> None:
        self._port = port
        self._target_port = target_port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, _HOST, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._flowing.set()
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """End every connection in the middle of whatever it carries."""
        for writer in list(self._connections):
            writer.transport.abort()

    async def stall(self, seconds: float) -> None:
        """Carry nothing for a while, and close nothing."""
        self._flowing.clear()
        await asyncio.sleep(seconds)
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(_HOST, self._target_port)
        except OSError:
            writer.transport.abort()
            return
        self._connections |= {writer, far_writer}
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        self._connections -= {writer, far_writer}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_BYTES):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
