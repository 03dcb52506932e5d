"""How to reach the brokers, what a stored record is, and what their errors mean for us.

`readout.streams.kafka` is the only package that imports aiokafka (Faust brings its own consumer of the group). It
speaks in typed values and raises our own errors, ordered by what happens next. Deliberately absent: what the
records mean, and when to retry.
"""

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiokafka import errors as kafka_errors
from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context

from readout.schemas.envelope import Header
from readout.streams.errors import ConfigurationError, Fenced, InvalidRecord, TransientError
from readout.streams.settings import Settings

_FENCED = (kafka_errors.ProducerFenced, kafka_errors.InvalidProducerEpoch)
_REFUSED = (
    kafka_errors.AuthenticationFailedError,
    kafka_errors.TopicAuthorizationFailedError,
    kafka_errors.GroupAuthorizationFailedError,
    kafka_errors.ClusterAuthorizationFailedError,
    kafka_errors.TransactionalIdAuthorizationFailed,
    kafka_errors.InvalidReplicationFactorError,
)


class Partition(NamedTuple):
    """A partition of a topic, by the topic's full name."""

    topic: str
    number: int


class Bounds(NamedTuple):
    """The first offset that is kept, and the offset that the next committed record gets."""

    first: int
    next: int


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as the log holds it; `topic` is the full name, `timestamp` milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]


@contextlib.contextmanager
def broker_errors(doing: str) -> Iterator[None]:
    """Turn what aiokafka raises into our errors; `doing` says what we were about, for a person."""
    try:
        yield
    except _FENCED as error:
        raise Fenced(f"{doing}: another writer has taken over") from error
    except _REFUSED as error:
        raise ConfigurationError(f"{doing}: the broker refuses: {error}") from error
    except kafka_errors.KafkaConnectionError as error:
        raise TransientError(f"{doing}: nobody answers; check READOUT_BOOTSTRAP_SERVERS ({error})") from error
    except kafka_errors.MessageSizeTooLargeError as error:
        raise InvalidRecord(f"{doing}: {error}") from error
    except (KafkaError, TimeoutError, OSError) as error:
        raise TransientError(f"{doing}: {type(error).__name__}: {error}") from error


def connection(settings: Settings) -> dict[str, Any]:
    """What every client needs to reach the brokers.

    Raises:
        ConfigurationError: a certificate cannot be read, or there is no user where one is needed.
    """
    password = settings.sasl_password
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
        "ssl_context": tls_context(settings),
        "request_timeout_ms": round(settings.request_timeout_seconds * 1000),
    }
    if settings.security_protocol.startswith("SASL"):
        if settings.sasl_username is None or password is None:
            raise ConfigurationError(
                f"READOUT_SECURITY_PROTOCOL={settings.security_protocol} needs READOUT_SASL_USERNAME and "
                "READOUT_SASL_PASSWORD"
            )
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = password.get_secret_value()
    return options


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context of the settings; None for plain connections.

    Raises:
        ConfigurationError: a certificate cannot be read.
    """
    if "SSL" not in settings.security_protocol:
        return None
    files = (settings.ssl_cafile, settings.ssl_certfile, settings.ssl_keyfile)
    cafile, certfile, keyfile = (str(path) if path else None for path in files)
    try:
        context: ssl.SSLContext = create_ssl_context(cafile=cafile, certfile=certfile, keyfile=keyfile)
    except OSError as error:
        raise ConfigurationError(f"TLS files cannot be read: {error}; check READOUT_SSL_…") from error
    return context
