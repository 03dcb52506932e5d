"""README says what is so: its output is real, its Python runs, its commands exist, its links lead somewhere."""

import ast
import re
from pathlib import Path

import pytest
from typer.main import get_command

from readout.streams.cli import app
from tests.cli.commands import readout

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def block_after(marker: str) -> str:
    found = re.search(re.escape(marker) + r"\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no block after {marker}"
    return found.group(1)


def test_the_demo_prints_what_readme_shows() -> None:
    done = readout("demo")
    lines = done.stdout.decode().splitlines()
    shown = [line for line in lines if line.startswith("contact-log/")]
    assert done.returncode == 0, done.stderr.decode()
    assert block_after("<!-- output: readout demo, contact-log -->").splitlines() == shown
    assert {line.split("/")[0] for line in lines} == {
        "manifests",
        "entities",
        "statements",
        "contact-log",
        "contacts",
    }


def test_the_demo_of_many_articles_shows_three_contacts_and_who_is_independent() -> None:
    done = readout("demo", "--many")
    assert done.returncode == 0, done.stderr.decode()
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [row[1] for row in rows] == ["2022-10-23", "2022-10-24", "2022-10-24"]
    for row in rows:
        reports, independent = map(int, re.findall(r"\d+", row[5]))
        assert 1 < independent < reports
    assert sum(int(row[5].split()[0]) for row in rows) > 30


def test_the_python_of_readme_compiles_against_the_package() -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert code
    for snippet in code:
        for node in ast.walk(ast.parse(snippet)):
            if isinstance(node, ast.ImportFrom):
                module = __import__(node.module or "", fromlist=[name.name for name in node.names])
                assert all(hasattr(module, name.name) for name in node.names)


COMMANDS = sorted(set(re.findall(r"^(?:.*?, )?readout ([a-z]+)", README, re.MULTILINE)))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_readme_names_exists(command: str) -> None:
    assert command in get_command(app).commands  # type: ignore[attr-defined]


def test_every_command_is_in_readme() -> None:
    missing = [name for name in get_command(app).commands if f"readout {name}" not in README]  # type: ignore[attr-defined]
    assert missing == []


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_a_link_of_readme_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()
