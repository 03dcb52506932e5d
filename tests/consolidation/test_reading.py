"""Reading consolidated contacts: what holds, one of them with every report's sentence, and the way through a trace."""

import asyncio

import pytest

from readout.streams.audit.replay.consolidated import contact_page, held_contacts
from readout.streams.audit.replay.trace import trace
from readout.streams.commands.contact_page import page_lines
from readout.streams.errors import ConfigurationError
from tests.conftest import Broker, installation_on
from tests.consolidation.test_audit import MemoryLog, consolidated_log


@pytest.fixture(scope="module")
def log(embedded_broker: Broker) -> MemoryLog:
    return asyncio.run(consolidated_log(installation_on(embedded_broker)))


async def test_a_page_tells_every_report_with_its_sentence(log: MemoryLog) -> None:
    held = await held_contacts(log)
    wanted = max(held, key=lambda one: len(held[one].reports))
    page = await contact_page(log, wanted[:12])
    assert page.state == held[wanted]
    assert len(page.told) == len(held[wanted].reports) > 1
    assert all(told.record and told.sentences for told in page.told)
    lines = list(page_lines(page))
    assert lines[0] == f"contact {wanted}"
    assert sum(line.startswith("    [") for line in lines) == len(page.told)


async def test_a_trace_leads_from_a_contact_to_its_sentences(log: MemoryLog) -> None:
    held = await held_contacts(log)
    wanted = max(held, key=lambda one: len(held[one].reports))
    found = await trace(log, wanted)
    assert len(found.reports) == len(held[wanted].reports)
    assert all(told.sentences for told in found.reports)


async def test_an_id_that_nothing_has_is_said_so(log: MemoryLog) -> None:
    with pytest.raises(ConfigurationError, match="no consolidated contact has an id that begins with 'zzzz'"):
        await contact_page(log, "zzzz")
