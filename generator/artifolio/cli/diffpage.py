"""A difference as an HTML page that needs no other file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from artifolio.cli.words import clean
from artifolio.diffs import sentence
from artifolio.website.changes import EVERYTHING, diff_fragment
from artifolio.website.document import document

if TYPE_CHECKING:
    from artifolio.bodies import Body
    from artifolio.diffs import Diff


def diff_page(title: str, old: Body, new: Body, diff: Diff, tail: str = "") -> str:
    """Return a whole page.

    Args:
        title: What is compared, as text.
        old: The body before.
        new: The body now.
        diff: Of the two.
        tail: HTML to stand below it.
    """
    name = clean(title)
    return document(
        name,
        f"""\
<h1>{escape(name)}</h1>
<p class="af-sentence">{escape(clean(sentence(diff)))}</p>
{diff_fragment(old, new, diff, EVERYTHING)}
{tail}""",
    )
