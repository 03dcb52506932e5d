"""Whatever bytes somebody puts into a log: an audit never breaks, and never takes them for well."""

import asyncio
import contextlib
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readout.streams.audit.replay.select import Selection, replay, replay_as_of
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from tests.audit.auditing import KEY, audit, sign_log
from tests.audit.ledger import MemoryLog, honest_ledger

FIELDS = st.one_of(
    st.none(), st.binary(max_size=60), st.just(b"[" * 2000), st.just(b'{"article_id":"\\ud800"}')
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["ce_type", "ce_id", "ce_sourceoffset", "readout.restored", "__connect.errors.offset", "x"]
        ),
        FIELDS,
    )
).map(tuple)
CHANGES = st.one_of(
    st.fixed_dictionaries({"value": FIELDS}),
    st.fixed_dictionaries({"key": FIELDS}),
    st.fixed_dictionaries({"headers": HEADERS}),
    st.fixed_dictionaries({"value": FIELDS, "key": FIELDS, "headers": HEADERS}),
)


async def signed_log() -> MemoryLog:
    ledger = await honest_ledger(8)
    await sign_log(ledger.log)
    return ledger.log


LOG = asyncio.run(signed_log())
RECORDS = list(LOG.all())


async def everything(log: MemoryLog) -> list[StoredRecord]:
    found = [record async for record in replay(log, Selection(person="Shoigu"))]
    return found + [record async for record in replay_as_of(log, Selection(), 1 << 50)]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(RECORDS) - 1), CHANGES)
def test_any_bytes_in_any_record_are_found(index: int, changes: dict[str, object]) -> None:
    log, record = LOG.copy(), RECORDS[index]
    tampered = replace(record, **changes)  # type: ignore[arg-type]
    place = next(place for place, records in log.records.items() if record in records)
    log.records[place][log.records[place].index(record)] = tampered
    _, found = asyncio.run(audit(log, key=KEY.public))
    if tampered != record:
        assert any((one.topic, one.partition) == place for one in found)
    with contextlib.suppress(ReplayMismatch):
        asyncio.run(everything(log))
