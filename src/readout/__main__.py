"""`python -m readout` is `readout`."""

from readout.streams.cli import main

main()
