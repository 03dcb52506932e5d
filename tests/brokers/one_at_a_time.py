"""Let one test process at a time use an installer: Maven and npm do not expect company in their caches."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_folder() -> Path:
    """Where downloads of the tests stay from run to run."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "readout-tests"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other test process installs anything."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
