"""Indentation that a whole text has, for it was written in the middle of a program."""

from __future__ import annotations

import re
from itertools import takewhile

_LEADING = re.compile(r"^[ \t]*(?=[^ \t\r\n])", re.MULTILINE)


def dedent(text: str) -> str:
    r"""Remove the spaces and tabs that all lines start with, but for lines without a word.

    The first line counts like any other. Where it alone stands at the margin, nothing goes: what
    follows may be meant as code, which Markdown tells by indentation.

    Args:
        text: With ``\n`` or ``\r\n`` at the end of lines.
    """
    first = _LEADING.search(text)
    if first is None or not first[0]:
        return text
    found = set(_LEADING.findall(text))
    # What these two have in common, all have that stand between them.
    margin = _shared(min(found), max(found))
    return re.sub(f"^{margin}", "", text, flags=re.MULTILINE) if margin else text


def _shared(one: str, other: str) -> str:
    pairs = zip(one, other, strict=False)
    return one[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))]
