"""How fast Readout is, as ratios to spaCy alone on the same articles in the same run: `python -m benchmarks`."""
