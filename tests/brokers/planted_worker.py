"""`readout worker` whose derivation has a planted rule that does not end: `python -m tests.brokers.planted_worker`."""

import os
import sys
from functools import partial
from typing import Any

from readout.streams.logs import configure_logs
from readout.streams.settings import read_settings
from readout.streams.worker import run
from tests.agents import planted

if __name__ == "__main__":
    module: Any = run
    module.DerivationPool = partial(module.DerivationPool, load=planted.load)
    settings = read_settings(os.environ)
    configure_logs(settings.log_level)
    sys.exit(run.run_worker(settings))
