"""An HTML page that needs no other file: nothing in it runs, and it asks nobody for anything."""

from __future__ import annotations

import html
from importlib.resources import files

from artifolio.website.markup import visible

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def document(title: str, content: str) -> str:
    """Return a whole page.

    Args:
        title: Any text.
        content: What is shown, as HTML that is clean.
    """
    return f"""\
<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{html.escape(visible(title))}</title>
<style>
{_sheet("assets/artifolio.css")}
{_sheet("assets/overview.css")}
{_sheet("assets/markdown.css")}
{_sheet("templates/document.css")}</style>
</head>
<body class="md-typeset">
<main class="af">
{content}
</main>
</body>
</html>
"""


def _sheet(path: str) -> str:
    return files("artifolio.website").joinpath(path).read_text(encoding="utf-8")
