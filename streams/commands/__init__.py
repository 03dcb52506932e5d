"""The commands of `readout`, grouped by what a person wants: run, write, read, describe."""
