"""docs/api.md is so: its blocks run, its tests pass, and it has an example of every public name."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import readout
from readout import testing
from readout.testing import MemoryLog, example

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

readout_log = testing.readout_log


def test_every_block_of_the_page_runs_and_so_do_the_tests_in_it(readout_log: MemoryLog) -> None:
    names = (
        readout.ArticlePublished,
        readout.EntityMentioned,
        readout.StatementAttributed,
        readout.ContactLogged,
        readout.ManifestSealed,
        readout.ContactConsolidated,
    )
    for one in names:
        readout_log.append(example(one))
    page: dict[str, object] = {"__name__": "page", "log": readout_log}
    for block in BLOCKS:
        exec(compile(block, str(PAGE), "exec"), page)
    tests = [(name, one) for name, one in page.items() if name.startswith("test_")]
    assert len(tests) == 2
    for _, test in tests:
        run_on_a_log_of_its_own(test)  # type: ignore[arg-type]


def run_on_a_log_of_its_own(test: Callable[[MemoryLog], None]) -> None:
    log = MemoryLog()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READOUT_BOOTSTRAP_SERVERS", log.settings.bootstrap_servers)
        test(log)
    log.close()


@pytest.mark.parametrize("name", [*readout.__all__, *testing.__all__])
def test_a_public_name_has_an_example(name: str) -> None:
    used = {node.id for block in BLOCKS for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Name)}
    used |= {node.arg for block in BLOCKS for node in ast.walk(ast.parse(block)) if isinstance(node, ast.arg)}
    assert name in used
