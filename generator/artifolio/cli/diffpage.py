"""A difference as an HTML page that needs no other file."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from artifolio.cli.words import clean
from artifolio.diffs import sentence
from artifolio.website.changes import EVERYTHING, diff_fragment

if TYPE_CHECKING:
    from artifolio.bodies import Body
    from artifolio.diffs import Diff

# What the style sheet of the site leaves to the theme.
_STYLE = """\
:root { color-scheme: light dark; font-size: 125%; }
body { margin: 0; font: .8rem/1.6 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: .6rem 1rem 2rem; color: var(--af-fg); }
h1 { font-size: 1.4rem; font-weight: 400; line-height: 1.3; }
@media (prefers-color-scheme: dark) {
  :root {
    --md-default-bg-color: #1b1d22; --md-default-fg-color: #e3e5ea;
    --md-default-fg-color--light: #a0a4ad; --md-default-fg-color--lightest: #3a3d45;
    background: var(--md-default-bg-color);
  }
  .af { --af-good: #4ade80; --af-bad: #f87171; }
}
"""


def diff_page(title: str, old: Body, new: Body, diff: Diff, tail: str = "") -> str:
    """Return a whole page.

    Args:
        title: What is compared, as text.
        old: The body before.
        new: The body now.
        diff: Of the two.
        tail: HTML to stand below it.
    """
    sheet = files("artifolio.website") / "assets" / "artifolio.css"
    name = escape(clean(title))
    return f"""\
<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
{sheet.read_text(encoding="utf-8")}
{_STYLE}</style>
</head>
<body class="md-typeset">
<main class="af">
<h1>{name}</h1>
<p class="af-sentence">{escape(clean(sentence(diff)))}</p>
{diff_fragment(old, new, diff, EVERYTHING)}
{tail}
</main>
</body>
</html>
"""
