"""The witness's HTTP port, and how a signer asks it: one call, that of https://c2sp.org/tlog-witness.

POST /add-checkpoint    `old SIZE`, the hashes of a consistency proof, an empty line, the checkpoint
"""

import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from readout.schemas.checkpoints import from_base64
from readout.streams.audit.proof.witness import CONFLICT, SENSELESS, Refusal, Witness
from readout.streams.errors import ConfigurationError, ReplayMismatch, TransientError

_OLD = re.compile(r"old (0|[1-9][0-9]{0,14})")
_SIZE = re.compile(r"(0|[1-9][0-9]{0,14})\n?")
_MOST_HASHES = 63
_LARGEST = 64 * 1024
_SECONDS = 10.0

ProofFrom = Callable[[int], Awaitable[Sequence[bytes]]]
"""Makes the hashes of a consistency proof from a size that the witness knows."""


@asynccontextmanager
async def witness_port(
    witness: Witness, host: str, port: int, seconds: Callable[[], int]
) -> AsyncIterator[int]:
    """Serve for as long as the context lasts; gives the port, which is a free one if 0 was asked for.

    Args:
        witness: who cosigns.
        host: on which address; the loopback one unless the world may ask.
        port: which port.
        seconds: the clock, in seconds since 1970.

    Raises:
        ConfigurationError: the port cannot be had.
    """

    async def add_checkpoint(request: web.Request) -> web.Response:
        try:
            old_size, proof, note = parse_request((await request.read()).decode(errors="replace"))
            return web.Response(text=witness.cosign(note, old_size, proof, seconds()))
        except Refusal as refusal:
            if refusal.status == CONFLICT and refusal.known_size is not None:
                size = f"{refusal.known_size}\n".encode()
                return web.Response(status=CONFLICT, body=size, content_type="text/x.tlog.size")
            return web.Response(status=refusal.status, text=f"{refusal}\n")

    application = web.Application(client_max_size=_LARGEST)
    application.router.add_post("/add-checkpoint", add_checkpoint)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    except OSError as error:
        raise ConfigurationError(f"{host}:{port} cannot be listened on: {error.strerror}") from None
    finally:
        await runner.cleanup()


async def ask_witness(url: str, note: str, proof_from: ProofFrom) -> str:
    """The cosignature lines of a witness, which nobody has verified yet.

    Raises:
        ReplayMismatch: the witness refuses; its reason is in the text.
        TransientError: it cannot be reached.
    """
    try:
        async with ClientSession(timeout=ClientTimeout(total=_SECONDS)) as session:
            status, text = await _post(session, url, _request(0, (), note))
            known = _SIZE.fullmatch(text) if status == CONFLICT else None
            if known and int(known[1]):
                old_size = int(known[1])
                status, text = await _post(session, url, _request(old_size, await proof_from(old_size), note))
    except (ClientError, TimeoutError) as error:
        raise TransientError(f"the witness {url} does not answer: {type(error).__name__}: {error}") from None
    if status != web.HTTPOk.status_code:
        raise ReplayMismatch(f"the witness {url} does not cosign ({status}): {text.strip()[:300]}")
    return text


def parse_request(body: str) -> tuple[int, list[bytes], str]:
    """Old size, proof and checkpoint.

    Raises:
        Refusal: the body is another.
    """
    head, blank, note = body.partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if not blank or old is None or len(lines) > _MOST_HASHES:
        raise Refusal(SENSELESS, "expected: old SIZE, up to 63 hashes, an empty line, a checkpoint")
    try:
        hashes = [from_base64(line) for line in lines]
    except ValueError:
        raise Refusal(SENSELESS, "a line of the proof is no base64") from None
    return int(old[1]), hashes, note


def _request(old_size: int, proof: Sequence[bytes], note: str) -> str:
    lines = [f"old {old_size}", *(base64.b64encode(one).decode() for one in proof)]
    return "\n".join(lines) + "\n\n" + note


async def _post(session: ClientSession, url: str, body: str) -> tuple[int, str]:
    async with session.post(f"{url.rstrip('/')}/add-checkpoint", data=body.encode()) as response:
        return response.status, (await response.content.read(_LARGEST)).decode(errors="replace")
