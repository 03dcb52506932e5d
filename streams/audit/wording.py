"""Words for people. Pure."""


def count_of(number: int, noun: str) -> str:
    """A number and what it counts: 1 record, 2 records."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
