"""Check a manifest against what its article and its records imply, and what it says of dead letters.

Pure: a case in, findings out.
"""

from collections.abc import Iterator

from readout.streams.audit.facts import header
from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.verify.cases import Bench, Case
from readout.streams.audit.verify.differences import differences, differing_names
from readout.streams.audit.verify.expectations import Expected
from readout.streams.audit.verify.record_checks import header_findings, key_findings
from readout.streams.deliver.batch_plan import ENVIRONMENT
from readout.streams.processors.records import Derivation, DerivationFailure

_OF_RECORDS = frozenset({"live", "withdrawn"})


def seal_findings(
    case: Case, expected: Expected, derived: Derivation | DerivationFailure | None, bench: Bench
) -> Iterator[Finding]:
    """What is wrong with the manifest of a case."""
    seal, manifest = case.seal, case.manifest
    if seal is None:
        return
    yield from key_findings(seal, case)
    yield from _value_findings(case, expected, bench)
    if manifest is None:
        return
    if manifest.outcome == "dead-lettered":
        yield from _dead_letter_findings(case)
    elif isinstance(derived, DerivationFailure):
        detail = f"the article cannot be derived here: {derived.error}: {derived.message}"
        yield at(seal, Kind.DIFFERS, detail)


def elsewhere(case: Case, bench: Bench) -> str | None:
    """Both environments, if the manifest was recorded in another one than this; else None."""
    recorded = header(case.seal, ENVIRONMENT) if case.seal else None
    if recorded is None or recorded == bench.environment:
        return None
    return f"recorded on {recorded}; derived here on {bench.environment}"


def _value_findings(case: Case, expected: Expected, bench: Bench) -> Iterator[Finding]:
    seal = case.seal
    if seal is None or expected.seal is None:
        return
    wanted = expected.seal.value or b""
    if seal.value == wanted:
        yield from header_findings(seal, expected.seal.headers, case)
        return
    fields = differences(wanted, seal.value)
    both = elsewhere(case, bench)
    if both and differing_names(wanted, seal.value) <= _OF_RECORDS:
        yield at(seal, Kind.ENVIRONMENT, both, fields)
        return
    yield at(seal, Kind.MANIFEST, f"is not the manifest that {case} and its records imply", fields)


def _dead_letter_findings(case: Case) -> Iterator[Finding]:
    if case.seal is not None and not case.has_letter:
        detail = f"the manifest says that {case} was dead-lettered, but no dead letter is of it"
        yield at(case.seal, Kind.MISSING, detail)


def derives_now(case: Case, derived: Derivation | DerivationFailure | None, bench: Bench) -> str | None:
    """Why a dead-lettered article is none any more for the code that is installed; None if it is or was none."""
    manifest = case.manifest
    if manifest is None or manifest.outcome != "dead-lettered" or not isinstance(derived, Derivation):
        return None
    if _is_too_large(derived, case, bench):
        return None
    return f"{case} can be derived, although it was dead-lettered: {manifest.reason}"


def _is_too_large(derived: Derivation, case: Case, bench: Bench) -> bool:
    """Was it refused for its size, and is it still of that size? A little is taken up by headers."""
    largest = max((len(record.value or b"") for record in derived.records), default=0)
    said = case.manifest is not None and (case.manifest.reason or "").startswith("RecordTooLarge")
    return said and 2 * largest > bench.settings.max_record_bytes
