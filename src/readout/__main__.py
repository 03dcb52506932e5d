"""Where `readout` and `python -m readout` begin.

The commands take a moment to import, and Ctrl-C may come before they are there: until a command begins its work
there is nothing to clean up, so that the process ends at once. Python itself would raise `KeyboardInterrupt` in the
middle of an import, and tell of it at length.
"""

import os
import signal


def _end(_number: int, _frame: object) -> None:
    os.write(2, b"readout: interrupted\n")
    os._exit(130)


def main() -> None:
    """Run the command that was typed; one line and status 130 if it is interrupted while it loads."""
    # Whoever starts us in the background may have it ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    from readout.streams.cli import main as run  # noqa: PLC0415 - its imports are what may be interrupted

    run()


if __name__ == "__main__":
    main()
