"""Why can the brokers not be reached, or the group not be joined? aiokafka says only that it is so; here is why.

Reads:  the settings, what the first broker that they name does with a connection, and the state of a group member
Writes: nothing
"""

import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import errors as kafka_errors
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError

from readout.streams.errors import ConfigurationError, ReadoutError, TransientError
from readout.streams.kafka.connection import broker_errors, connection
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings

log = EventLogger(__name__)

_NO_SUCH_USER = (
    kafka_errors.SaslAuthenticationFailed,
    kafka_errors.AuthenticationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.IllegalSaslStateError,
)


@contextlib.asynccontextmanager
async def connecting(doing: str, settings: Settings) -> AsyncIterator[None]:
    """`broker_errors` for a first connection; where there is none, the error says why.

    Raises:
        ConfigurationError: the brokers refuse us, or we do not trust them.
        TransientError: nobody answers.
    """
    try:
        with broker_errors(doing):
            yield
    except TransientError as error:
        if not isinstance(error.__cause__, kafka_errors.KafkaConnectionError):
            raise
        raise await _better(error, doing, settings) from error.__cause__


async def _better(error: TransientError, doing: str, settings: Settings) -> ReadoutError:
    options = connection(settings)
    host, port, _ = collect_hosts(options.pop("bootstrap_servers"), randomize=False)[0]
    place = f"{doing}: {host}:{port}"
    try:
        (await create_conn(host, port, **options)).close()
    except _NO_SUCH_USER as refused:
        return ConfigurationError(f"{place} refuses the user ({refused}); check READOUT_SASL_…")
    except ssl.SSLCertVerificationError as untrusted:
        why = untrusted.verify_message
        return ConfigurationError(
            f"{place} has a certificate not to be trusted ({why}); check READOUT_SSL_CAFILE"
        )
    except ssl.SSLError as failed:
        return ConfigurationError(f"{place} does not agree on TLS ({failed.reason}); check READOUT_SSL_…")
    except (ConnectionResetError, KafkaError):
        return TransientError(f"{place} closes the connection; check READOUT_SECURITY_PROTOCOL")
    except (OSError, TimeoutError):
        return error
    return TransientError(f"{place} takes the connection and no request; check READOUT_SECURITY_PROTOCOL")


def group_failure(coordinator: Any, group: str) -> ReadoutError | None:  # noqa: ANN401 - aiokafka's own
    """Why this worker cannot be a member of its group; None if it can, or if trying again may help."""
    try:
        coordinator.check_errors()
    except kafka_errors.GroupAuthorizationFailedError:
        return ConfigurationError(
            f"joining the group {group!r}: the broker refuses; the user needs READ on that consumer group "
            f"(READOUT_APPLICATION_ID)"
        )
    except KafkaError as error:
        if coordinator._coordination_task.done():  # noqa: SLF001 - it tells nobody else
            return TransientError(f"the group {group!r} has lost us: {error}")
        log.warning("group.error", error=f"{type(error).__name__}: {error}")
    return None
