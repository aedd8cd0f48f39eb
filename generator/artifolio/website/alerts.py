"""Alerts: quotes whose first line is ``[!NOTE]`` or another of five words, as GitHub has them."""

from __future__ import annotations

import re

_MARKED = re.compile(
    r"<blockquote>\n<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:<br ?/?>)?(?:\n|(</p>))",
    re.IGNORECASE,
)


def mark_alerts(clean: str) -> str:
    """Return HTML in which quotes that are alerts say so, in a line of their own."""
    return _MARKED.sub(_mark, clean)


def _mark(match: re.Match[str]) -> str:
    kind = match[1].lower()
    start = f'<blockquote class="af-alert af-alert--{kind}" role="note">'
    rest = "" if match[2] else "\n<p>"
    return f'{start}\n<p class="af-alert-title">{kind.capitalize()}</p>{rest}'
