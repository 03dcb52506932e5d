"""The auditor's page shows what the commands really print."""

from readout.streams.audit.findings import Kind, Tolerance
from tests.audit.page import PAGE, normalised, with_output


def test_the_output_on_the_auditor_s_page_is_real() -> None:
    """If this fails: `python -m tests.audit.page`, and read the difference."""
    page = PAGE.read_text("utf-8")
    assert normalised(with_output(page)) == normalised(page)


def test_every_kind_of_finding_is_explained() -> None:
    page = PAGE.read_text("utf-8")
    assert [kind for kind in Kind if kind not in page] == []
    assert [one for one in Tolerance if f"`{one}`" not in page and f"--tolerate {one}" not in page] == []
