"""Check a manifest against what its article and its records imply, and what it says of dead letters.

Pure: a revision in, findings out.
"""

from collections.abc import Iterator

from readout.streams.audit.facts import header
from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.verify.differences import differences, differing_names
from readout.streams.audit.verify.expectations import Expected
from readout.streams.audit.verify.record_checks import header_findings, headers_without_article, key_findings
from readout.streams.audit.verify.state import InstalledCode, Revision
from readout.streams.log.run_facts import ENVIRONMENT
from readout.streams.processors.records import Derivation, DerivationFailure

_OF_RECORDS = frozenset({"live", "withdrawn"})


def seal_findings(
    revision: Revision,
    expected: Expected,
    derived: Derivation | DerivationFailure | None,
    installed: InstalledCode,
) -> Iterator[Finding]:
    """What is wrong with the manifest of a revision."""
    seal, manifest = revision.seal, revision.manifest
    if seal is None:
        return
    yield from key_findings(seal, revision)
    yield from _value_findings(revision, expected, installed)
    if manifest is None:
        return
    if revision.is_deleted:
        yield from header_findings(
            seal, headers_without_article(manifest, seal, revision, manifest), revision
        )
    if manifest.outcome == "dead-lettered":
        yield from _dead_letter_findings(revision)
    elif isinstance(derived, DerivationFailure):
        detail = f"the article cannot be derived here: {derived.error}: {derived.message}"
        yield at(seal, Kind.DIFFERS, detail)


def elsewhere(revision: Revision, installed: InstalledCode) -> str | None:
    """Both environments, if the manifest was recorded in another one than this; else None."""
    recorded = header(revision.seal, ENVIRONMENT) if revision.seal else None
    if recorded is None or recorded == installed.environment:
        return None
    return f"recorded on {recorded}; derived here on {installed.environment}"


def _value_findings(revision: Revision, expected: Expected, installed: InstalledCode) -> Iterator[Finding]:
    seal = revision.seal
    if seal is None or expected.seal is None:
        return
    wanted = expected.seal.value or b""
    if seal.value == wanted:
        yield from header_findings(seal, expected.seal.headers, revision)
        return
    fields = differences(wanted, seal.value)
    both = elsewhere(revision, installed)
    if both and differing_names(wanted, seal.value) <= _OF_RECORDS:
        yield at(seal, Kind.ENVIRONMENT, both, fields)
        return
    yield at(seal, Kind.MANIFEST, f"is not the manifest that {revision} and its records imply", fields)


def _dead_letter_findings(revision: Revision) -> Iterator[Finding]:
    if revision.seal is not None and not revision.has_dead_letter:
        detail = f"the manifest says that {revision} was dead-lettered, but no dead letter is of it"
        yield at(revision.seal, Kind.MISSING, detail)


def derives_now(
    revision: Revision, derived: Derivation | DerivationFailure | None, installed: InstalledCode
) -> str | None:
    """Why a dead-lettered article is none any more for the code that is installed; None if it is or was none."""
    manifest = revision.manifest
    if manifest is None or manifest.outcome != "dead-lettered" or not isinstance(derived, Derivation):
        return None
    if _is_too_large(derived, revision, installed):
        return None
    return f"{revision} can be derived, although it was dead-lettered: {manifest.reason}"


def _is_too_large(derived: Derivation, revision: Revision, installed: InstalledCode) -> bool:
    """Was it refused for its size, and is it still of that size? A little is taken up by headers."""
    largest = max((len(record.value or b"") for record in derived.records), default=0)
    said = revision.manifest is not None and (revision.manifest.reason or "").startswith("RecordTooLarge")
    return said and 2 * largest > installed.settings.max_record_bytes
