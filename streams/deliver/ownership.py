"""One log, one application: a second one that sealed the same log would write everything twice.

Reads:  the newest manifests of each partition, which say by which application they were sealed
Writes: nothing
Workers of one application share a consumer group, so that each partition has one of them. Workers of two would each
have all partitions.
"""

from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.origin import origin_of
from readout.streams.log.run_facts import APPLICATION
from readout.streams.log.topics import MANIFESTS, topic_name
from readout.streams.settings import Settings

_LOOKED_AT = 16
_FETCH_BYTES = 64 * 1024


async def require_own_log(settings: Settings) -> None:
    """Make sure that no other application seals this log.

    Raises:
        ConfigurationError: another one does.
        TransientError: the brokers did not answer.
    """
    name = topic_name(settings, MANIFESTS.stem)
    places = [Partition(name, number) for number in range(settings.partitions)]
    async with Reader(settings, fetch_bytes=_FETCH_BYTES) as reader:
        bounds = await reader.bounds(places)
        starts = {place: max(bound.first, bound.next - _LOOKED_AT) for place, bound in bounds.items()}
        stops = {place: bound.next for place, bound in bounds.items()}
        found: dict[Partition, str] = {}
        async for record in reader.read(starts, stops):
            application = application_of(record)
            if application is not None:
                found[Partition(record.topic, record.partition)] = application
    for place, application in found.items():
        refuse_another_application(settings, place, application)


def refuse_another_application(settings: Settings, manifests: Partition, application: str | None) -> None:
    """Refuse to write where another application does; None if the log says of none.

    Raises:
        ConfigurationError: another one does.
    """
    if application in (None, settings.application_id, settings.take_over_from):
        return
    place = f"{manifests.topic} partition {manifests.number}"
    raise ConfigurationError(
        f"{place} is sealed by the application {application!r}, and this is {settings.application_id!r}: both "
        f"would write it all; give this one its own READOUT_TOPIC_PREFIX, or, if the other has ended for good, set "
        f"READOUT_TAKE_OVER_FROM={application}"
    )


def application_of(manifest: StoredRecord) -> str | None:
    """Which application has sealed an article; None if the manifest does not say, or was restored."""
    if origin_of(manifest).restored:
        return None
    said = (text for name, text in manifest.headers if name == APPLICATION and text is not None)
    return next((text.decode(errors="replace") for text in said), None)
