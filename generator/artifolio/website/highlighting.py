"""Colours for code: the one place that knows Pygments."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_BLOCK = re.compile(r'<pre><code class="language-([^"<>]*)">([^<]*)</code></pre>')
# What users call a language, by what Pygments does. Each lexer was tried on long runs of odd
# characters: none takes more than the square of the length. C#'s and Java's are left out: they take
# seconds for many short lines.
_NAMES = {
    "bash": "bash sh shell zsh",
    "c": "c h",
    "console": "console shell-session sh-session",
    "cpp": "cpp c++ cc cxx hpp",
    "css": "css",
    "diff": "diff patch udiff",
    "docker": "dockerfile docker",
    "go": "go golang",
    "html": "html xhtml",
    "ini": "ini cfg dosini",
    "javascript": "javascript js jsx mjs node",
    "json": "json jsonl geojson ipynb",
    "julia": "julia jl",
    "make": "make makefile",
    "powershell": "powershell ps1 pwsh",
    "pycon": "pycon",
    "pytb": "pytb traceback py3tb",
    "python": "python py python3 py3",
    "r": "r",
    "ruby": "ruby rb",
    "rust": "rust rs",
    "scala": "scala",
    "sql": "sql",
    "terraform": "terraform tf hcl",
    "toml": "toml",
    "typescript": "typescript ts tsx",
    "xml": "xml svg",
    "yaml": "yaml yml",
}
_LANGUAGES = {name: lexer for lexer, names in _NAMES.items() for name in names.split()}
# Those that Material's style sheet has a colour for.
_CLASSES = frozenset(
    "bp c c1 ch cm cp cpf cs gd ge gh gi go gp gr gs gt gu il k kc kd kn kp kr kt l m mb mf mh mi "
    "mo na nb nc nd ne nf ni nl nn no nt nv o ow s s1 s2 sb sc sd se sh si sr ss sx vc vg "
    "vi".split()
)
_LINEAR = {"json"}
# For all blocks of a text, the sum of the squares of their lengths: lexers were seen to take up to
# 0.03 µs for each, on texts that were made to be slow.
_BUDGET = 150_000_000
_LINEAR_COST = 1_000
# Some lexers take ten times that for long lines and for many spaces or empty lines in a row.
_ODD = re.compile(r"[^\n]{1001}|\s{301}")


def highlight(clean: str) -> str:
    """Return HTML in which blocks of code have spans with the classes of Pygments.

    Languages that are not known stay plain, and so do blocks that would take long. Nothing but
    the classes comes from the lexer: the text stays what it was, whatever it does.

    Args:
        clean: Cleaned HTML.
    """
    budget = _BUDGET

    def colour(match: re.Match[str]) -> str:
        nonlocal budget
        language = _LANGUAGES.get(match[1].lower())
        if language is None:
            return match[0]
        is_linear = language in _LINEAR
        cost = len(match[2]) * (_LINEAR_COST if is_linear else len(match[2]))
        if cost > budget or (not is_linear and _ODD.search(match[2])):
            return match[0]
        budget -= cost
        spans = _spans(html.unescape(match[2]), language)
        if spans is None:
            return match[0]
        start = f'<div class="highlight"><pre><code class="language-{match[1]}">'
        return f"{start}{spans}</code></pre></div>"

    return _BLOCK.sub(colour, clean)


def _spans(code: str, language: str) -> str | None:
    """Return code as HTML; None if the lexer lost some of it."""
    from pygments.token import STANDARD_TYPES

    tokens = [
        (STANDARD_TYPES.get(kind, ""), text)
        for _, kind, text in _lexer(language).get_tokens_unprocessed(code)
    ]
    if "".join(text for _, text in tokens) != code:
        return None
    runs = groupby(tokens, lambda token: token[0] if token[0] in _CLASSES else "")
    return "".join(_span(name, "".join(text for _, text in run)) for name, run in runs)


def _span(name: str, text: str) -> str:
    # Quotation marks as they are: in text they end nothing, and code is full of them.
    escaped = html.escape(text, quote=False)
    return f'<span class="{name}">{escaped}</span>' if name else escaped


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language)
