"""How consolidated contacts look to a person: the cells of a row.

Pure: values in, text out.
"""

from readout.schemas.contacts import (
    ConsolidatedContact,
    ConsolidatedParty,
    ContactConsolidated,
    ContactEvent,
    ContactsMerged,
    ContactSplit,
    DateClaim,
)

_SHORT_ID = 12
COLUMNS = ("date", "mode", "status", "participants", "reports", "disputed")
EVENT_COLUMNS = ("id", "change", *COLUMNS)


def state_cells(contact: ConsolidatedContact) -> tuple[str, ...]:
    """The cells of a state, as `COLUMNS` names them; what is claimed most stands first."""
    return (
        " or ".join(map(date_text, contact.dates)) or "unknown",
        " or ".join(one.mode for one in contact.modes),
        " or ".join(one.status for one in contact.statuses),
        "; ".join(map(party_text, contact.participants)),
        f"{contact.report_count} ({contact.independent_reports} independent)",
        ", ".join(contact.disputed),
    )


def event_cells(event: ContactEvent) -> tuple[str, ...]:
    """The cells of an event, as `EVENT_COLUMNS` names them."""
    state = event.contact if isinstance(event, ContactConsolidated | ContactSplit) else None
    cells = state_cells(state) if state else ("",) * len(COLUMNS)
    return (short(event.consolidated_id), change_text(event), *cells)


def short(consolidated_id: str) -> str:
    """So much of an id as tells it from others."""
    return consolidated_id[:_SHORT_ID]


def date_text(claim: DateClaim) -> str:
    """A date, or the two ends of a stretch."""
    return f"{claim.date} to {claim.end}" if claim.end else claim.date


def party_text(party: ConsolidatedParty) -> str:
    """A name and its country."""
    return f"{party.name} ({party.country})" if party.country else party.name


def change_text(event: ContactEvent) -> str:
    """What an event changes."""
    if isinstance(event, ContactsMerged):
        return f"merged into {short(event.into)}"
    if isinstance(event, ContactSplit):
        return f"split: {', '.join(map(short, event.into))}"
    return "consolidated" if isinstance(event, ContactConsolidated) else "withdrawn"
