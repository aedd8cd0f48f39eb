"""Text that no spreadsheet takes for a formula."""

from __future__ import annotations

# A spreadsheet takes text that starts so for a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return text for a cell of CSV; what could be a formula gets an apostrophe in front."""
    # NUL is no character of a text file, and Python 3.10 can neither write nor read it in CSV.
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
