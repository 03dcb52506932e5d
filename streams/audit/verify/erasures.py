"""Take note of erased records: who signed that their content went; and of those of which nobody did.

Reads:  records as they go by
Writes: the account; an erasure that nobody signed is reported
An article is erased with all that was derived from it. So nothing is missing, as long as all of it says so: what is
left of an article that is gone in part is found as any other contradiction is.
"""

from readout.streams.audit.findings import Kind, at
from readout.streams.audit.proof.erasures import first_erasure, is_claimed
from readout.streams.audit.verify.state import AuditState
from readout.streams.kafka.connection import StoredRecord


def is_erased(record: StoredRecord, state: AuditState) -> bool:
    """Was a record erased, and does somebody stand for it? Then there is nothing more to check of it."""
    if not is_claimed(record):
        return False
    erasure = first_erasure(record, state.keys)
    if erasure is None:
        detail = "it says that it was erased, but no key that is trusted here has signed that"
        state.report(at(record, Kind.ERASURE, detail))
        return False
    state.account.records += 1
    state.account.erased[str(erasure)] += 1
    return True
