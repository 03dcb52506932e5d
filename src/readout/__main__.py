"""Where `readout` and `python -m readout` begin.

The commands take a second to import, and Ctrl-C may come before they are there.
"""

import os


def main() -> None:
    """Run the command that was typed; one line and status 130 if it is interrupted while it loads."""
    try:
        from readout.streams.cli import main as run  # noqa: PLC0415 - its imports are what may be interrupted

        run()
    except KeyboardInterrupt:
        os.write(2, b"readout: interrupted\n")
        # At once: what is half imported has nothing to clean up, and might say so at length.
        os._exit(130)


if __name__ == "__main__":
    main()
