"""The derivation with a rule planted in it that does not end, or ends its process, on texts that say so."""

import os
import signal
import time
from typing import Any

from readout.streams.derive import pool_process
from readout.streams.derive.pool_process import Loaded
from readout.streams.processors import derivation
from readout.streams.settings import Settings

HANGS = "Nobody knows when this sentence ends."
DIES = "Nobody survives this sentence."
THINKS = "Somebody has to think about this sentence."
THINKS_SECONDS = 0.8


def load(settings: Settings) -> Loaded:
    """As the worker's own, with the rule."""
    module: Any = derivation
    find_contacts = module.find_contacts

    def rule(doc: Any, *others: Any, **options: Any) -> Any:
        if HANGS in doc.text:
            time.sleep(3600)
        if THINKS in doc.text:
            end = time.process_time() + THINKS_SECONDS
            while time.process_time() < end:
                pass
        if DIES in doc.text:
            os.kill(os.getpid(), signal.SIGSEGV)
        return find_contacts(doc, *others, **options)

    module.find_contacts = rule
    return pool_process.load(settings)


def die_while_loading(_: Settings) -> Loaded:
    """Instead of loading: as if the kernel had ended the process."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
