"""Create and describe topics, and say who in a group has which. Deliberately absent: altering or deleting any."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.errors import KafkaError

from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Partition, broker_errors, connection
from readout.streams.kafka.diagnosis import connecting
from readout.streams.settings import Settings

# Every member has been told what is its own, were it nothing.
_STABLE = "Stable"


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as the broker has it; None for a setting that the broker does not tell."""

    partitions: int
    retention_ms: str | None
    cleanup_policy: str | None
    timestamp_type: str | None


class Administration:
    """Creates and describes topics; changes nothing that exists."""

    def __init__(self, settings: Settings) -> None:
        self._admin = AIOKafkaAdminClient(**connection(settings))
        self._reach = settings

    async def __aenter__(self) -> Self:
        try:
            async with connecting("connecting to the brokers", self._reach):
                await self._admin.start()
        except BaseException:
            await self._admin.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._admin.close()

    async def existing(self, names: Iterable[str]) -> dict[str, TopicState]:
        """Those of the topics that exist. Never asks for others: the embedded broker would create them."""
        with broker_errors("listing topics"):
            found = set(await self._admin.list_topics())
            here = [name for name in names if name in found]
            if not here:
                return {}
            described = await self._admin.describe_topics(here)
            settings = await self._settings(here)
        return {
            topic["topic"]: TopicState(
                partitions=len(topic["partitions"]),
                retention_ms=settings[topic["topic"]].get("retention.ms"),
                cleanup_policy=settings[topic["topic"]].get("cleanup.policy"),
                timestamp_type=settings[topic["topic"]].get("message.timestamp.type"),
            )
            for topic in described
        }

    async def cluster(self) -> tuple[str, int]:
        """The cluster's id, and how many brokers it has."""
        with broker_errors("asking for the cluster"):
            found = await self._admin.describe_cluster()
        return str(found["cluster_id"]), len(found["brokers"])

    async def topics(self) -> tuple[str, ...]:
        """The names of all topics that we may see, of others as well."""
        with broker_errors("listing topics"):
            return tuple(sorted(await self._admin.list_topics()))

    async def groups(self) -> tuple[str, ...]:
        """The names of all consumer groups that we may see."""
        with broker_errors("listing groups"):
            return tuple(sorted(name for name, *_ in await self._admin.list_consumer_groups()))

    async def owners(self, group: str) -> dict[Partition, str] | None:
        """Who in a consumer group has each partition, as client and host; None if the broker does not tell."""
        try:
            (answer,) = await self._admin.describe_consumer_groups([group])
        except (KafkaError, NotImplementedError):
            return None
        groups = answer.groups
        assigned = [bool(member[4]) for _, _, _, _, _, members, *_ in groups for member in members]
        if assigned and not any(assigned) and all(state == _STABLE for _, _, state, *_ in groups):
            # The embedded broker names members and not what they have.
            return None
        return {
            Partition(*place): f"{client}@{host.lstrip('/')}"
            for _, _, _, _, _, members, *_ in groups
            for _, client, host, _, assignment, *_ in members
            for place in (ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions() if assignment else ())
        }

    async def create(
        self, names: Sequence[str], *, partitions: int, replicas: int, config: dict[str, str]
    ) -> None:
        """Create topics; one that somebody else creates at the same moment is left to them.

        Raises:
            ConfigurationError: the broker refuses one, with its reason.
        """
        wanted = [NewTopic(name, partitions, replicas, topic_configs=config) for name in names]
        with broker_errors("creating topics"):
            answer = await self._admin.create_topics(wanted)
        for name, code, reason in (tuple(error)[:3] for error in answer.topic_errors):
            if code not in (0, kafka_errors.TopicAlreadyExistsError.errno):
                raise ConfigurationError(f"topic {name!r} cannot be created: {reason or code}")

    async def _settings(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        for answer in await self._admin.describe_configs(resources):
            for resource in answer.resources:
                found[resource[3]] = {entry[0]: entry[1] for entry in resource[4]}
        return found
