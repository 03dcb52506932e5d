"""`python -m readout` is `readout`."""

from readout.streams.start import main

main()
