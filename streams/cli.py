"""The command line: `readout COMMAND`. Each command lives in `streams.commands`; here is how they end.

A result exits 0, something refused or wrong exits 1 with one line on standard error, Ctrl-C exits 130. A
traceback never reaches a person: the log has it at level debug.
"""

import os

# One thread a process: our parallelism is processes, and numpy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys

import structlog
import typer

from readout.streams.commands import (
    audit,
    bundle,
    describe,
    erase,
    logs,
    read,
    redrive,
    replay,
    run,
    schemas,
    terminal,
    witness,
    write,
)
from readout.streams.errors import ReadoutError

_INTERRUPTED = 130

app = typer.Typer(
    help="Turns news articles into an auditable event log of entities, statements and contacts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    run.demo,
    run.up,
    run.broker,
    run.worker,
    write.publish,
    write.derive,
    read.tail,
    describe.topics,
    redrive.redrive,
    replay.replay,
    replay.trace,
    replay.rederive,
    logs.archive,
    logs.restore,
    erase.erase,
):
    app.command()(command)
app.add_typer(schemas.schemas, name="schemas")
audit.audit.command()(bundle.bundle)
audit.audit.command()(witness.witness)
app.add_typer(audit.audit, name="audit")
app.add_typer(describe.config, name="config")


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
    except Exception as error:  # noqa: BLE001 - no traceback reaches a person
        structlog.get_logger("readout").debug("readout.crashed", exc_info=True)
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
