"""A schema registry for tests: as much of Confluent's published REST interface as `readout schemas register` uses.

No registry that we could run comes as a package. So that the fake is no echo of our client, it is strict: an
unknown path, method, content type or field is an error, and error codes are the published ones.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
MODES = {f"{kind}{reach}" for kind in ("BACKWARD", "FORWARD", "FULL") for reach in ("", "_TRANSITIVE")} | {
    "NONE"
}
Answer = tuple[int, dict[str, Any]]


class FakeRegistry(ThreadingHTTPServer):
    """Keeps schemas in memory; `credentials` are demanded if given, `log` has method and path of each request."""

    def __init__(self, credentials: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.credentials = credentials
        self.schemas: list[str] = []
        self.subjects: dict[str, list[int]] = {}
        self.modes: dict[str, str] = {}
        self.log: list[tuple[str, str]] = []
        self.broken = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Answer:  # noqa: PLR0911 - a table
        """Route a request as the published interface does."""
        match [method, *(unquote(part) for part in path.strip("/").split("/"))]:
            case ["GET", "config", subject]:
                if subject not in self.modes:
                    return _error(
                        40408, f"Subject '{subject}' does not have subject-level compatibility configured"
                    )
                return 200, {"compatibilityLevel": self.modes[subject]}
            case ["PUT", "config", subject]:
                if set(body) != {"compatibility"} or body["compatibility"] not in MODES:
                    return _error(42203, "Invalid compatibility level")
                self.modes[subject] = body["compatibility"]
                return 200, body
            case ["POST", "subjects", subject]:
                return self._look_up(subject, body)
            case ["POST", "subjects", subject, "versions"]:
                return self._register(subject, body)
            case ["POST", "compatibility", "subjects", subject, "versions", "latest"]:
                if subject not in self.subjects:
                    return _error(40401, f"Subject '{subject}' not found.")
                messages = self._complaints(subject, body)
                return 200, {"is_compatible": not messages, "messages": messages}
        return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    def _look_up(self, subject: str, body: dict[str, Any]) -> Answer:
        if subject not in self.subjects:
            return _error(40401, f"Subject '{subject}' not found.")
        for version, number in enumerate(self.subjects[subject], start=1):
            if self.schemas[number] == body["schema"]:
                return 200, {"subject": subject, "id": number + 1, "version": version, **body}
        return _error(40403, "Schema not found")

    def _register(self, subject: str, body: dict[str, Any]) -> Answer:
        if set(body) != {"schemaType", "schema"} or body["schemaType"] != "JSON":
            return _error(42201, "Invalid schema")
        jsonschema.Draft202012Validator.check_schema(json.loads(body["schema"]))
        if complaints := self._complaints(subject, body):
            return _error(409, "; ".join(complaints))
        if body["schema"] not in self.schemas:
            self.schemas.append(body["schema"])
        number = self.schemas.index(body["schema"])
        versions = self.subjects.setdefault(subject, [])
        if number not in versions:
            versions.append(number)
        return 200, {"id": number + 1}

    def _complaints(self, subject: str, body: dict[str, Any]) -> list[str]:
        """One rule stands for all: no part of an earlier schema may go."""
        new = json.loads(body["schema"]).get("$defs", {})
        old = (json.loads(self.schemas[number]) for number in self.subjects.get(subject, []))
        gone = sorted({name for schema in old for name in schema.get("$defs", {}) if name not in new})
        return [f"TYPE_REMOVED: {name}" for name in gone]


class _Handler(BaseHTTPRequestHandler):
    server: FakeRegistry
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.log.append((self.command, self.path))
        status, answer = self._answer(json.loads(body) if body else {})
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = _serve  # noqa: N815 - the names that the server looks for

    def _answer(self, body: dict[str, Any]) -> Answer:
        if self.server.broken:
            return 500, {"error_code": 50001, "message": "Error in the backend data store"}
        if self.server.credentials and self.headers.get("Authorization") != _basic(self.server.credentials):
            return 401, {"error_code": 401, "message": "Unauthorized"}
        if body and self.headers.get("Content-Type") != CONTENT_TYPE:
            return 415, {"error_code": 415, "message": "HTTP 415 Unsupported Media Type"}
        return self.server.answer(self.command, urlsplit(self.path).path, body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _basic(credentials: str) -> str:
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"


def _error(code: int, message: str) -> Answer:
    return int(str(code)[:3]), {"error_code": code, "message": message}


@contextmanager
def fake_registry(credentials: str | None = None) -> Iterator[FakeRegistry]:
    """A registry on a free loopback port for as long as the context lasts."""
    server = FakeRegistry(credentials)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
