"""Apache Kafka as a careful operator runs it: TLS, SASL with SCRAM and PLAIN, and nothing allowed without an ACL."""

import base64
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka.admin import (  # type: ignore[attr-defined] # the names are there, only not exported
    AclBinding,
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from readout.streams.settings import Settings
from tests.brokers.kafka import KafkaCluster, KafkaNode, free_ports, kafka_jars
from tests.security.certificates import make_authority, make_server_key_store

MECHANISMS = {
    "publisher": "SCRAM-SHA-512",
    "reader": "PLAIN",
    "consolidator": "SCRAM-SHA-512",
    "worker": "SCRAM-SHA-256",
    "auditor": "SCRAM-SHA-512",
    "operator": "SCRAM-SHA-512",
    "redriver": "SCRAM-SHA-256",
}
PASSWORDS = {name: f"s3cret of the {name}" for name in MECHANISMS}
_MADE_WITHIN_SECONDS = 30
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class SecuredKafka:
    """A running broker; `inside` is the operator's own plain listener, `outside` wants TLS and a user."""

    inside: str
    outside: str
    trusted: Path
    untrusted: Path

    def settings(self, user: str, prefix: str, **others: object) -> Settings:
        """Settings of a user of an installation."""
        return Settings.model_validate(
            {
                "bootstrap_servers": self.outside,
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": MECHANISMS[user],
                "sasl_username": user,
                "sasl_password": PASSWORDS[user],
                "ssl_cafile": self.trusted,
                "topic_prefix": prefix,
                "application_id": f"{prefix}derive",
                "attribution": "rules",
                "derive_processes": 1,
                "session_timeout_seconds": 6,
                "rebalance_timeout_seconds": 4,
                "request_timeout_seconds": 10,
                "retry_seconds": 5,
                **others,
            }
        )

    def grant(self, bindings: Iterable[AclBinding]) -> None:
        """Let users do what they may."""
        client = AdminClient({"bootstrap.servers": self.inside})
        for made in client.create_acls(list(bindings)).values():
            made.result(_MADE_WITHIN_SECONDS)


@contextmanager
def secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """Run it for as long as the context lasts.

    Raises:
        KafkaUnavailable: Kafka cannot run here.
    """
    jars = kafka_jars()
    inside, outside, controller = free_ports(3)
    trusted, untrusted = make_authority(folder, "trusted"), make_authority(folder, "untrusted")
    node = KafkaNode(1, port=inside, folder=folder / "node-1", jars=jars)
    cluster = KafkaCluster([node])
    key_store = make_server_key_store(trusted, folder)
    try:
        node.format(_cluster_id(), _properties(node, outside, controller, key_store))
        node.start()
        cluster.wait()
        found = SecuredKafka(
            f"{_HOST}:{inside}", f"{_HOST}:{outside}", trusted.certificate, untrusted.certificate
        )
        _make_scram_users(found)
        yield found
    finally:
        cluster.end()


def _cluster_id() -> str:
    return "A" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")[1:]


def _properties(node: KafkaNode, outside: int, controller: int, key_store: Path) -> dict[str, object]:
    listeners = f"INSIDE://{_HOST}:{node.port},OUTSIDE://{_HOST}:{outside}"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    of_listener = "listener.name.outside"
    return {
        "process.roles": "broker,controller",
        "node.id": node.number,
        "controller.quorum.voters": f"1@{_HOST}:{controller}",
        "listeners": f"{listeners},CONTROLLER://{_HOST}:{controller}",
        "advertised.listeners": listeners,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "INSIDE",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,OUTSIDE:SASL_SSL",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # Only the operator reaches the plain listener.
        "super.users": "User:ANONYMOUS",
        f"{of_listener}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        f"{of_listener}.plain.sasl.jaas.config": f'{plain} required user_reader="{PASSWORDS["reader"]}";',
        f"{of_listener}.scram-sha-256.sasl.jaas.config": f"{scram} required;",
        f"{of_listener}.scram-sha-512.sasl.jaas.config": f"{scram} required;",
        f"{of_listener}.ssl.keystore.type": "PEM",
        f"{of_listener}.ssl.keystore.location": key_store,
        "log.dirs": node.folder / "data",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        "auto.create.topics.enable": "false",
    }


def _make_scram_users(kafka: SecuredKafka) -> None:
    wanted = {"SCRAM-SHA-256": ScramMechanism.SCRAM_SHA_256, "SCRAM-SHA-512": ScramMechanism.SCRAM_SHA_512}
    changes: list[Any] = [
        UserScramCredentialUpsertion(
            user, ScramCredentialInfo(wanted[mechanism], 4096), PASSWORDS[user].encode()
        )
        for user, mechanism in MECHANISMS.items()
        if mechanism in wanted
    ]
    client = AdminClient({"bootstrap.servers": kafka.inside})
    for made in client.alter_user_scram_credentials(changes).values():
        made.result(_MADE_WITHIN_SECONDS)
