"""A key's badge: a small picture of its latest value and time, to show in other places."""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING

from artifolio.deltas import plain
from artifolio.website.charts import leading_figure, words_of
from artifolio.website.markup import visible
from artifolio.website.sync import Output
from artifolio.website.urls import badge_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifolio.website.units import Listed

_HEIGHT = 20
_PADDING = 6
_WORDS_CHARACTERS = 30
_VALUE_CHARACTERS = 24
# White on each of these is read well on light and dark pages: contrast 5 to 1 and more.
_GREY, _BLUE, _RED = "#4d4d4d", "#3f51b5", "#b3261e"
# In DejaVu Sans of 11 pixels, which is about as wide as Verdana.
_WIDTHS = {
    character: width
    for width, characters in {
        3.0: "'IJijl",
        3.5: " ,./:;\\|·",
        4.0: "-f",
        4.5: "!()[]rt",
        5.0: '"',
        5.5: "*_`s",
        6.0: "?Lcz",
        6.5: "FPTYakovxy",
        7.0: "$0123456789EKSbdeghnpqu{}",
        7.5: "ABCRVXZ",
        8.0: "NU",
        8.5: "&DGHOQ",
        9.0: "#+<=>^w~",
        9.5: "M",
        10.5: "%m",
        11.0: "@W…",
    }.items()
    for character in characters
}
_UNITS = {
    ("progress", "percent"): "%",
    ("image", "size"): " bytes",
    ("file", "size"): " bytes",
}
_OTHER_WIDTH, _WIDE = 8.0, 11.0


def badge(key: str, listed: Sequence[Listed]) -> Output:
    """Return the badge of a key.

    Args:
        key: The key.
        listed: Its newest versions, oldest first.
    """
    latest = listed[-1]
    header, number = latest.version.header, latest.version.number
    value = "problem" if latest.is_troubled else _value(listed) or f"v{number}"
    date = (header.updated or header.created).date().isoformat()
    message = visible(f"{value} · {date}")
    left, right = (round(text_width(text)) + 2 * _PADDING for text in (key, message))
    colour = _RED if latest.is_troubled else _BLUE
    title = html.escape(f"{key}: {visible(value)}, v{number} of {date}")
    width = left + right
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}"'
        f' viewBox="0 0 {width} {_HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<clipPath id="r"><rect width="{width}" height="{_HEIGHT}" rx="3"/></clipPath>',
        '<g clip-path="url(#r)">',
        f'<rect width="{left}" height="{_HEIGHT}" fill="{_GREY}"/>',
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{colour}"/>',
        "</g>",
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">',
        _text(key, 0, left),
        _text(message, left, right),
        "</g>",
        "</svg>",
    ]
    return Output(badge_file(key), ("\n".join(lines) + "\n").encode())


def text_width(text: str) -> float:
    """Return about how many pixels a text takes in a badge."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER_WIDTH


def _text(text: str, start: int, width: int) -> str:
    # Whatever font there is, the text is made as wide as its place.
    return (
        f'<text x="{start + _PADDING}" y="14" textLength="{width - 2 * _PADDING}"'
        f' lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>'
    )


def _value(listed: Sequence[Listed]) -> str:
    """Return what a reader most likely looks for; nothing where no number is followed."""
    name = leading_figure(listed)
    if name is None:
        return ""
    number = plain(listed[-1].figures[name])
    number = number if len(number) <= _VALUE_CHARACTERS else f"{number[: _VALUE_CHARACTERS - 1]}…"
    unit = _UNITS.get((listed[-1].version.header.type, name))
    if unit:
        return number + unit
    words = " ".join(words_of(name).split())
    words = words if len(words) <= _WORDS_CHARACTERS else f"{words[: _WORDS_CHARACTERS - 1]}…"
    return f"{words} {number}"
