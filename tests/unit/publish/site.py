"""A web site on this machine for tests: pages with ETags, redirects and refusals, and a list of what was asked for."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What the site answers at a path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """The answers by path, and every path that was asked for, with the status that it got."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, text: str | bytes, **headers: str) -> None:
        body = text.encode() if isinstance(text, str) else text
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body, 200, {"Content-Type": "text/html; charset=utf-8"} | named)

    def redirect(self, path: str, to: str) -> None:
        self.answers[path] = Answer(b"", 302, {"Location": to})


@contextmanager
def site() -> Iterator[Site]:
    """Serve for as long as the context lasts."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = made.answers.get(self.path, Answer(status=404))
            tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            known = answer.status == 200 and self.headers.get("If-None-Match") == tag
            status = 304 if known else answer.status
            made.asked.append((self.path, status))
            self.send_response(status)
            body = b"" if known else answer.body
            for name, value in ({"ETag": tag} | answer.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def bomb(size: int) -> bytes:
    """Some bytes that gzip makes a thousandth of."""
    return gzip.compress(b" " * size)
