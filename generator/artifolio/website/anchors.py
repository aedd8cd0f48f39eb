"""Ids in a body and the links to them: none is one of the page's own or another body's."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import quote, unquote

_HELD = "user-content-"
_VOID = {"br", "hr", "img", "input"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_ANY_TAG = re.compile(r"<[^>]*>")
_ID = re.compile(r' id="([^"]*)"')
_LINK = re.compile(r'<a((?: [a-z-]+="[^"]*")*?) href="#([^"]*)"([^>]*)>')
_REL = re.compile(r' rel="[^"]*"')
# Longer headings are cut; they are no headings.
_LONGEST = 1_000


def hold_id(name: str) -> str:
    """Return an id as `set_anchors` takes it; it is harmless as it is, should none come."""
    return _HELD + quote(name[:_LONGEST], safe="")


def slug_of(text: str) -> str:
    """Return the id of a heading as GitHub makes it: lowercase, dashes for spaces, words only."""
    return "".join(
        "-" if char == " " else char for char in text.lower() if char in " -" or _is_of_a_word(char)
    )


def set_anchors(clean: str, scope: str) -> str:
    """Give headings ids as GitHub does, and lead links within the text to where they belong.

    Links to what is not there are no links any more.

    Args:
        clean: Cleaned HTML, in which each id is from `hold_id`.
        scope: A word that tells the text from others on its page; no two start alike.
    """
    if "<h" not in clean and f' id="{_HELD}' not in clean and ' href="#' not in clean:
        return clean
    anchors = _Anchors(f"{_HELD}{scope}-")
    return _LINK.sub(anchors.lead, _TAG.sub(anchors.place, clean))


class _Anchors:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._given: dict[str, int] = {}
        self._targets: dict[str, str] = {}
        self._depth = 0

    def place(self, match: re.Match[str]) -> str:
        """Return a tag with its id; to be called on all tags in order."""
        closing, tag, attributes = match.groups()
        if closing:
            self._depth -= 1
            return match[0]
        if tag not in _VOID:
            self._depth += 1
        held = _ID.search(attributes)
        # Once for what `hold_id` did, and once for footnotes, whose labels Markdown quotes.
        name = unquote(unquote(html.unescape(held[1]).removeprefix(_HELD))) if held else ""
        rest = attributes.replace(held[0], "", 1) if held else attributes
        if tag in _HEADINGS:
            return self._place_heading(match, tag, rest, name)
        if not held:
            return match[0]
        given = self._give("".join(c if c in "-." or _is_of_a_word(c) else "-" for c in name))
        self._targets.setdefault(name, given)
        return f'<{tag} id="{self._prefix}{given}"{rest}>'

    def lead(self, match: re.Match[str]) -> str:
        """Return the tag of a link within the text with where it leads; it may lead nowhere."""
        before, fragment, after = match.groups()
        name = unquote(html.unescape(fragment))
        target = self._targets.get(name) or self._targets.get(name.lower())
        href = f' href="#{self._prefix}{target}"' if target else ""
        return f"<a{_REL.sub('', before)}{href}{_REL.sub('', after)}>"

    def _place_heading(self, match: re.Match[str], tag: str, rest: str, name: str) -> str:
        inner = match.string[match.end() : match.end() + _LONGEST]
        words = html.unescape(_ANY_TAG.sub("", inner.partition(f"</{tag}>")[0]))
        slug = slug_of(words.strip())
        if not slug:
            return f"<{tag}{rest}>"
        given = self._give(slug)
        self._targets.setdefault(given, given)
        if name:
            self._targets.setdefault(name, given)
        identity = f' id="{self._prefix}{given}"'
        # Material's search begins a section at each heading with an id, and fails on some that
        # are inside of other elements.
        if self._depth == 1:
            return f"<{tag}{identity}{rest}>"
        return f"<{tag}{rest}><span{identity}></span>"

    def _give(self, name: str) -> str:
        """Return a name that was not given before, numbered as GitHub does."""
        given = name
        while given in self._given:
            self._given[name] += 1
            given = f"{name}-{self._given[name]}"
        self._given[given] = 0
        return given


def _is_of_a_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category in ("Nd", "Pc")
