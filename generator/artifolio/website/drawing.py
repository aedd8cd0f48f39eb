"""Diagrams and formulas: marked for a script that draws them, where the site has one."""

from __future__ import annotations

import html
import re
from functools import partial

MERMAID = "mermaid"
MATH = "math"

# What begins first wins; the named ones are formulas. The others are passed over: code, in which a
# dollar sign is one, and what is escaped.
_PIECE = re.compile(
    r"""
    ^[ \t>*+\-0-9.)]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*\n)*?[ \t>]*(?P=fence)[`~]*[ \t]*$
    |(?P<quoted>\$`[^`\n]+`\$)
    |(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)(?P=ticks)(?!`)
    |`+
    |\\[\\$`]
    |(?P<display>\$\$(?!\$)(?:[^$\\\n]|\\.|\\?\n(?![ \t]*\n))+\$\$)
    |(?P<inline>(?<![\w$])\$(?![\s$])(?:[^$`\\\n]|\\[^\n])*(?<!\s)\$(?![\w$]))
    """,
    re.MULTILINE | re.VERBOSE,
)
# Of private use, so that Markdown takes them for letters of no meaning.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]{{1,6}}){_CLOSE}")
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
_CODE = re.compile(r"<(/?)(?:code|pre)\b")
_BLOCK = re.compile(r'<pre>(<code class="language-(mermaid|math)">)')
_LONGEST = 200_000


def take_formulas(text: str) -> tuple[str, list[str]]:
    """Take formulas out of Markdown, which would read stars and underscores in them.

    Returns:
        The text with a mark in place of each, and the formulas with their dollar signs. A text
        that has such marks of its own keeps its formulas.
    """
    taken: list[str] = []
    if "$" not in text or len(text) > _LONGEST or _OPEN in text:
        return text, taken

    def take(match: re.Match[str]) -> str:
        if not (match["quoted"] or match["display"] or match["inline"]):
            return match[0]
        taken.append(match[0])
        return f"{_OPEN}{len(taken) - 1}{_CLOSE}"

    return _PIECE.sub(take, text), taken


def put_formulas(clean: str, taken: list[str]) -> str:
    """Put formulas back, marked; in code and attributes as the text that they are.

    Args:
        clean: Cleaned HTML.
        taken: From `take_formulas`.
    """
    if not taken:
        return clean
    depth = 0
    pieces = []
    for piece in _TAG_OR_TEXT.findall(clean):
        code = _CODE.match(piece)
        depth += (-1 if code[1] else 1) if code else 0
        put = _put_plain if depth > 0 or piece.startswith("<") else _put_marked
        pieces.append(_MARK.sub(partial(put, taken), piece))
    return "".join(pieces)


def mark_blocks(clean: str, drawn: frozenset[str]) -> str:
    """Mark blocks of code that are drawn.

    Args:
        clean: Cleaned HTML.
        drawn: What is: `MERMAID`, `MATH`.
    """

    def mark(match: re.Match[str]) -> str:
        if match[2] not in drawn:
            return match[0]
        name = "af-diagram" if match[2] == MERMAID else "af-math af-math--display"
        return f'<pre class="{name}">{match[1]}'

    return _BLOCK.sub(mark, clean)


def _put_plain(taken: list[str], mark: re.Match[str]) -> str:
    number = int(mark[1])
    # A reference in the text may have become a mark.
    return html.escape(taken[number]) if number < len(taken) else mark[0]


def _put_marked(taken: list[str], mark: re.Match[str]) -> str:
    source = _put_plain(taken, mark)
    display = " af-math--display" if source.startswith("$$") else ""
    return f'<span class="af-math{display}">{source}</span>'
