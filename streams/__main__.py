"""`python -m streams` is `readout`."""

from streams.cli import main

main()
