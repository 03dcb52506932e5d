"""The command line: `readout COMMAND`. Each command lives in `streams.commands`; here is how they end.

A result exits 0, something refused or wrong exits 1 with one line on standard error, Ctrl-C exits 130. A
traceback never reaches a person: the log has it at level debug.
"""

import os

# One thread a process: our parallelism is processes, and numpy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import logging
import sys
from typing import Annotated

import typer

from readout.streams.commands import reach, terminal
from readout.streams.commands.lazy import Entry, application
from readout.streams.errors import ReadoutError

_INTERRUPTED = 130
_TRY, _IN, _READ, _AUDIT, _KEEP, _LOOK = (
    "Try it",
    "Articles in, records out",
    "Read",
    "Audit and keep",
    "Repair",
    "Look after it",
)

COMMANDS = (
    Entry(
        "demo", "run:demo", "Start a broker, publish the seed article, derive, show all topics, stop.", _TRY
    ),
    Entry("up", "run:up", "The same as demo, and stay: broker and worker run until Ctrl-C.", _TRY),
    Entry("broker", "run:broker", "Run the embedded broker, with all topics, until Ctrl-C.", _TRY),
    Entry(
        "publish",
        "write:publish",
        "Publish articles to the topic news; the same revision twice adds nothing.",
        _IN,
    ),
    Entry(
        "watch",
        "watch:watch",
        "Publish what is new in feeds and pages, an edit as the article's next revision; Ctrl-C ends.",
        _IN,
    ),
    Entry(
        "worker",
        "run:worker",
        "Derive what is published, until stopped.",
        _IN,
    ),
    Entry(
        "consolidate",
        "run:consolidate",
        "Bring together what all articles tell of a contact, until stopped.",
        _IN,
    ),
    Entry(
        "derive",
        "write:derive",
        "Derive articles without any broker: JSON lines out, in article order.",
        _IN,
    ),
    Entry(
        "tail",
        "read:tail",
        "Read a topic: cards on a terminal, lines in a pipe, JSON or CSV for programs.",
        _READ,
    ),
    Entry(
        "contacts",
        "contacts:contacts",
        "List contacts as all articles tell of them together, by date.",
        _READ,
    ),
    Entry(
        "contact",
        "contacts:contact",
        "Show one contact: claims, reports with their sentences, history.",
        _READ,
    ),
    Entry(
        "replay",
        "replay:replay",
        "Read topics or an archive again, as JSON lines.",
        _READ,
    ),
    Entry(
        "export",
        "export:export",
        "Write what holds as SQLite, Parquet, CSV, FollowTheMoney, GraphML, PROV, STIX and more.",
        _READ,
    ),
    Entry(
        "trace",
        "replay:trace",
        "Show a record with its evidence, article, producer, manifest and checkpoint.",
        _READ,
    ),
    Entry(
        "report",
        "report:report",
        "Write a log, or a part of it, as one HTML file to read, mail and keep.",
        _READ,
    ),
    Entry(
        "serve",
        "serve:serve",
        "Serve the pages of a log, and show what arrives, until interrupted.",
        _READ,
    ),
    Entry(
        "audit",
        (
            Entry(
                "verify",
                "audit:verify",
                "Derive every article again and compare all records with what must be there.",
            ),
            Entry("keygen", "audit_sign:keygen", "Draw a key that signs checkpoints, or cosigns them."),
            Entry(
                "checkpoint",
                "audit_sign:checkpoint",
                "Sign what every partition holds, if it agrees with all that was signed.",
            ),
            Entry(
                "prove",
                "audit_prove:prove",
                "Prove that a record was in the log when it was signed, or that the log only grew.",
            ),
            Entry(
                "check",
                "audit_prove:check",
                "Check a proof with public keys alone: no broker, no archive, nothing to trust.",
            ),
            Entry(
                "bundle",
                "bundle:bundle",
                "Put a record with its article and all proofs into one file, which `check` reads.",
            ),
            Entry(
                "witness",
                "witness:witness",
                "Remember the last checkpoint of each log, and cosign only what goes on from it.",
            ),
        ),
        "Verify a log; sign it, prove and check.",
        _AUDIT,
    ),
    Entry(
        "archive",
        "logs:archive",
        "Copy all topics into compressed segments, without losing anything.",
        _AUDIT,
    ),
    Entry(
        "restore",
        "logs:restore",
        "Put an archive into an empty cluster; a restore that was interrupted goes on.",
        _AUDIT,
    ),
    Entry(
        "erase",
        "erase:erase",
        "Take an article, and all that was derived from it, out of an archive.",
        _AUDIT,
    ),
    Entry(
        "redrive",
        "redrive:redrive",
        "Put dead letters through again that have not been processed since.",
        _KEEP,
    ),
    Entry(
        "rederive",
        "replay:rederive",
        "Derive sealed articles again with the code that is installed; stop the workers first.",
        _KEEP,
    ),
    Entry(
        "repartition",
        "repartition:repartition",
        "Copy this log into a new one with more partitions, verify the copy, and link both.",
        _KEEP,
    ),
    Entry("topics", "describe:topics", "Create the topics that are missing, and show all of them.", _LOOK),
    Entry(
        "doctor",
        "doctor:doctor",
        "Check settings, model, disk, brokers, rights, topics, groups, workers and stalled partitions.",
        _LOOK,
    ),
    Entry("topology", "topology:topology", "Show what reads and writes which topics.", _LOOK),
    Entry(
        "schemas",
        (
            Entry(
                "export",
                "schemas:export",
                "Write JSON Schemas, examples and the AsyncAPI document, and refresh the pages that show them.",
            ),
            Entry(
                "check",
                "schemas:check",
                "Is the committed contract what the code says, and does it break no reader of a release?",
            ),
            Entry(
                "register",
                "schemas:register",
                "Register the topics' schemas in a Confluent-compatible registry; what is there already stays.",
            ),
        ),
        "The contract: JSON Schemas, examples, AsyncAPI.",
        _LOOK,
    ),
    Entry(
        "config",
        (
            Entry(
                "show",
                "describe:show",
                "Show every setting, its variable and where it comes from; secrets stay hidden.",
            ),
        ),
        "The settings in force.",
        _LOOK,
    ),
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - as Typer calls it
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - nobody else needs it

        terminal.out.print(f"readout {version('readout-streams')}", markup=False)
        raise typer.Exit


def _before(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    config: reach.Config = None,
    profile: reach.Profile = None,
    bootstrap_servers: reach.Servers = None,
    prefix: reach.Prefix = None,
) -> None:
    """Turns news articles into an auditable event log of entities, statements and contacts."""
    del version
    reach.remember(
        {"config": config, "profile": profile, "bootstrap_servers": bootstrap_servers, "prefix": prefix}
    )


app = application(COMMANDS, _before, completion=True)


def main() -> None:
    """Run the command that was typed."""
    try:
        app()
    except ReadoutError as error:
        _fail(str(error), 1)
    except KeyboardInterrupt:
        _fail("interrupted", _INTERRUPTED)
    except SystemExit as end:
        # Typer has both of these end without a word, and the first with a status of failure.
        if isinstance(end.__context__, BrokenPipeError):
            _end_quietly()
        if end.code == _INTERRUPTED:
            _fail("interrupted", _INTERRUPTED)
        raise
    except BrokenPipeError:
        _end_quietly()
    except Exception as error:  # no traceback reaches a person
        logging.getLogger("readout").debug("readout.crashed", exc_info=True)
        _fail(f"unexpected {type(error).__name__}: {error}; READOUT_LOG_LEVEL=debug shows where", 70)


def _end_quietly() -> None:
    """Whoever read our output has seen enough, as `head` has."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(0)


def _fail(message: str, code: int) -> None:
    terminal.note(f"readout: {message}")
    sys.exit(code)


if __name__ == "__main__":
    main()
