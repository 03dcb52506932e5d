"""Register the schemas of the topics in a Confluent-compatible schema registry: `readout schemas register`.

Reads:  the schemas, and what the registry has
Writes: for each topic of events the subject `<topic>-value` with its compatibility mode; what is there stays

Values stay plain JSON on the wire: no magic byte and no schema id, so that nobody needs a registry to read. The
mode is BACKWARD_TRANSITIVE: whoever reads with the newest schema can read the whole log. The registry's own idea
of compatibility is looser than ours; `readout schemas check --against` is the gate.
"""

import base64
import http.client
import ssl
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote, urlsplit

import orjson
from pydantic import JsonValue

from readout.schemas.contract import JsonObject, topic_schema
from readout.schemas.envelope import canonical_json
from readout.streams.errors import ConfigurationError, IncompatibleSchemas, TransientError
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings

COMPATIBILITY = "BACKWARD_TRANSITIVE"
_CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
_NOT_FOUND, _CONFLICT, _INVALID = 404, 409, 422

_OK = 200


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the registry, and the schema that it is to have."""

    name: str
    schema: str

    @property
    def body(self) -> JsonObject:
        """The schema as the registry is handed it."""
        return {"schemaType": "JSON", "schema": self.schema}


@dataclass(frozen=True, slots=True)
class Registered:
    """What registering a subject came to; `changed` is what was done, or would be."""

    subject: str
    version: int | None
    changed: tuple[str, ...]


def subjects(settings: Settings) -> tuple[Subject, ...]:
    """The subject of every topic that holds events."""
    return tuple(
        Subject(f"{topic_name(settings, topic.stem)}-value", _text(topic_schema(topic.stem, topic.events)))
        for topic in TOPICS
        if topic.events
    )


def register(subject: Subject, registry: "Registry", *, dry_run: bool = False) -> Registered:
    """Give a subject its mode and its schema, unless it has them.

    Raises:
        IncompatibleSchemas: the registry refuses to replace what it has.
        ConfigurationError: it refuses us, or the schema.
        TransientError: it does not answer.
    """
    changed = []
    if registry.mode(subject.name) != COMPATIBILITY:
        changed.append(f"compatibility {COMPATIBILITY}")
        if not dry_run:
            registry.set_mode(subject.name, COMPATIBILITY)
    version = registry.version(subject)
    if version is None:
        registry.require_compatible(subject)
        changed.append("schema")
        if not dry_run:
            registry.add(subject)
            version = registry.version(subject)
    return Registered(subject.name, version, tuple(changed))


class Registry:
    """A schema registry behind its REST interface; `url` may have a path, but no credentials."""

    def __init__(self, url: str, settings: Settings) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise ConfigurationError(
                "--url has to be http://… or https://… without credentials: they go into "
                "READOUT_REGISTRY_USERNAME and READOUT_REGISTRY_PASSWORD"
            )
        self._place = f"the schema registry at {parts.hostname}"
        self._path = parts.path.rstrip("/")
        self._connection = _connection(parts.scheme, parts.netloc, settings)
        self._headers = {"Content-Type": _CONTENT_TYPE, "Accept": _CONTENT_TYPE} | _authorization(settings)

    def mode(self, subject: str) -> str | None:
        """The compatibility mode that a subject has of its own; None if it has none."""
        answer = self._ask("GET", f"/config/{_quoted(subject)}")
        return None if answer is None else str(answer.get("compatibilityLevel"))

    def set_mode(self, subject: str, mode: str) -> None:
        """Give a subject a compatibility mode."""
        self._change("PUT", f"/config/{_quoted(subject)}", {"compatibility": mode})

    def version(self, subject: Subject) -> int | None:
        """Under which version the subject has exactly this schema; None if it does not."""
        answer = self._ask("POST", f"/subjects/{_quoted(subject.name)}", subject.body) or {}
        found = answer.get("version")
        return found if isinstance(found, int) else None

    def require_compatible(self, subject: Subject) -> None:
        """Ask whether the schema may follow the latest one, and change nothing.

        Raises:
            IncompatibleSchemas: it may not.
        """
        path = f"/compatibility/subjects/{_quoted(subject.name)}/versions/latest?verbose=true"
        answer = self._ask("POST", path, subject.body) or {}
        if answer.get("is_compatible") is False:
            raise IncompatibleSchemas(f"{self._place} refuses {subject.name}: {_reasons(answer)}")

    def add(self, subject: Subject) -> None:
        """Add the schema as the subject's next version."""
        self._change("POST", f"/subjects/{_quoted(subject.name)}/versions", subject.body)

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()

    def _change(self, method: str, path: str, body: JsonObject) -> None:
        if self._ask(method, path, body) is None:
            raise ConfigurationError(f"{self._place} does not know {path}: is it a schema registry?")

    def _ask(self, method: str, path: str, body: JsonObject | None = None) -> JsonObject | None:
        """What it answers; None if there is nothing by that name."""
        data = canonical_json(body) if body else None
        try:
            self._connection.request(method, self._path + path, data, self._headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise TransientError(f"{self._place} does not answer: {error}") from error
        answer = _object(text)
        if response.status not in (_OK, _NOT_FOUND):
            self._refused(response.status, str(answer.get("message", response.reason)))
        return answer if response.status == _OK else None

    def _refused(self, status: int, message: str) -> NoReturn:
        if status == _CONFLICT:
            raise IncompatibleSchemas(f"{self._place} refuses the schema: {message}")
        if status >= 500:
            raise TransientError(f"{self._place} answers {status}: {message}")
        raise ConfigurationError(f"{self._place} answers {status}: {message}")


def _connection(scheme: str, place: str, settings: Settings) -> http.client.HTTPConnection:
    seconds = settings.request_timeout_seconds
    if scheme == "http":
        return http.client.HTTPConnection(place, timeout=seconds)
    try:
        context = ssl.create_default_context(cafile=settings.ssl_cafile)
    except OSError as error:
        raise ConfigurationError(f"READOUT_SSL_CAFILE cannot be read: {error}") from error
    return http.client.HTTPSConnection(place, timeout=seconds, context=context)


def _authorization(settings: Settings) -> dict[str, str]:
    if settings.registry_username is None:
        return {}
    password = settings.registry_password.get_secret_value() if settings.registry_password else ""
    token = base64.b64encode(f"{settings.registry_username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def _text(schema: JsonObject) -> str:
    return canonical_json(schema).decode()


def _object(text: bytes) -> JsonObject:
    try:
        found: JsonValue = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _reasons(answer: JsonObject) -> str:
    messages = answer.get("messages")
    return (
        "; ".join(map(str, messages)) if isinstance(messages, list) and messages else "it is not compatible"
    )


def _quoted(subject: str) -> str:
    return quote(subject, safe="")
