"""The command line as a whole: every command is listed as it describes itself, and can be asked for help."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from readout.streams.cli import COMMANDS, app
from readout.streams.commands.lazy import Entry
from tests.cli.commands import readout


def leaves(entries: tuple[Entry, ...] = COMMANDS, *before: str) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for entry in entries:
        if isinstance(entry.home, tuple):
            yield from leaves(entry.home, *before, entry.name)
        else:
            yield (*before, entry.name), entry


LEAVES = list(leaves())


@pytest.mark.parametrize(("words", "entry"), LEAVES, ids=[" ".join(words) for words, _ in LEAVES])
def test_a_command_is_listed_with_the_first_line_of_its_own_description(
    words: tuple[str, ...], entry: Entry
) -> None:
    module, _, name = str(entry.home).partition(":")
    function = getattr(import_module(f"readout.streams.commands.{module}"), name)
    assert entry.summary == function.__doc__.splitlines()[0]
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    assert re.sub(r"\s+", " ", entry.summary) in re.sub(r"\s+", " ", shown.stdout)
    for option in ("--config", "--profile", "--bootstrap-servers", "--prefix"):
        assert option in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert not re.search("<[a-z]", shown.stdout), "an option shows Typer's name of its type"


# They run long and tell how far they are, or their output has a form of its own: JSON lines, a proof, a named file.
NO_JSON = set(
    "demo up broker worker consolidate serve watch repartition derive replay report export witness prove bundle".split()
)


_ITS_OWN = {("schemas", "export")}


@pytest.mark.parametrize(("words", "entry"), LEAVES, ids=[" ".join(words) for words, _ in LEAVES])
def test_every_command_that_prints_has_json(words: tuple[str, ...], entry: Entry) -> None:
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(app, [*words, "--help"])
    assert ("--json" in shown.stdout) == (entry.name not in NO_JSON or words in _ITS_OWN)


def test_the_list_of_commands_loads_none_of_them() -> None:
    code = (
        "import sys; from readout.streams.cli import app; from typer.testing import CliRunner; "
        "print(CliRunner().invoke(app, ['--help']).exit_code, "
        "sorted(name for name in sys.modules if name.startswith(('spacy', 'aiokafka', 'faust', 'thinc', 'numpy'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0 []\n"


def test_the_version_is_that_of_the_package() -> None:
    done = readout("--version")
    assert (done.returncode, done.stdout.decode()) == (0, f"readout {version('readout-streams')}\n")


def test_a_mistyped_command_is_told_what_was_meant() -> None:
    done = readout("tial")
    assert done.returncode == 2
    assert b"Did you mean 'tail'?" in done.stderr


SHELLS = {
    "bash": {"COMP_WORDS": "readout audit ch", "COMP_CWORD": "2"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "readout audit ch"},
    "fish": {"_TYPER_COMPLETE_ARGS": "readout audit ch", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_complete_commands_of_a_group(shell: str) -> None:
    environment = {**os.environ, **SHELLS[shell], "_READOUT_COMPLETE": f"complete_{shell}"}
    code = "import sys; sys.argv[0] = 'readout'; from readout.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"check", "checkpoint"} <= set(re.findall(r"[a-z]+", done.stdout))
    assert "verify" not in re.findall(r"[a-z]+", done.stdout.split("Check a proof")[0])
