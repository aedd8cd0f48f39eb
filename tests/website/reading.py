"""What HTML means: its elements, its words, and what in it could do harm."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_FORBIDDEN = set(
    "script style iframe frame object embed form base meta link svg math template video audio "
    "source track button textarea select title noscript applet dialog portal marquee".split()
)
_NEVER = set(
    "style name srcset srcdoc action formaction poster background data ping target".split()
)
_CLICKED = {"http", "https", "mailto"}
_CLASS = re.compile(
    r"language-[\w+#.-]+|af-offsite|highlight|[a-z][a-z0-9]{0,2}|af-footnotes|af-alert-title"
    r"|af-alert af-alert--(note|tip|important|warning|caution)|af-diagram"
    r"|af-math( af-math--display)?"
)
_ID = re.compile(r"user-content-(body|description)-[^\s<>\"'&:/%]+")
_RASTER = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,")
_RELATIVE = re.compile(r"(?:[\w.-]+/)*[\w.-]*(?:\?compare=[0-9TZa-f-]+\.\.[0-9TZa-f-]+)?")
_OWN_SCRIPT = re.compile(r"(?:[\w.-]+/)*_assets/artifolio\.js")
_OWN_STYLE = re.compile(r"(?:[\w.-]+/)*_assets/(artifolio|overview|markdown)\.css")
_OWN_NAMES = {("section", "problems"), ("h2", "problems-title")}


@dataclass(frozen=True)
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.texts: list[str] = []
        self.odd: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.append("")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if data.strip() and self._open and self._open[-1] == "script":
            self.odd.append(f"inline script {data[:60]!r}")

    def handle_comment(self, data: str) -> None:
        self.odd.append(f"comment {data[:60]!r}")

    def handle_decl(self, decl: str) -> None:
        self.odd.append(f"declaration {decl[:60]!r}")

    def handle_pi(self, data: str) -> None:
        self.odd.append(f"instruction {data[:60]!r}")

    def unknown_decl(self, data: str) -> None:
        self.odd.append(f"section {data[:60]!r}")


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def elements(html: str, tag: str | None = None) -> list[Element]:
    """Give the elements, or those with one tag, in order."""
    return [element for element in read(html).elements if tag in (None, element.tag)]


def with_class(html: str, name: str) -> list[Element]:
    """Give the elements of a class."""
    return [
        element for element in elements(html) if name in element.attributes.get("class", "").split()
    ]


def addresses(html: str) -> list[str]:
    """Give what is linked to, without what an address has the browser compare there."""
    return [
        element.attributes["href"].partition("?compare=")[0]
        for element in elements(html, "a")
        if element.attributes.get("href")
    ]


def words(html: str) -> str:
    """Give the text, with single spaces."""
    return " ".join(" ".join(read(html).texts).split())


def dangers(html: str) -> list[str]:
    """Say what in clean HTML should not be there: nothing at all, if it is clean."""
    return _found(html, lambda element: element.tag in _FORBIDDEN, _is_bad)


# A title may be in an SVG, where it is what is shown on hover.
_CHART = re.compile(
    r'<svg (?:class="af-spark" )?viewBox="0 0 \d+ \d+" (?:role="group" '
    r'aria-labelledby="[a-z0-9-]+"|aria-hidden="true")>'
    r'(?:\s|<title(?: id="[a-z0-9-]+")?>[^<]*</title>|<path class="af-chart-line" d="[ML0-9. ]+">'
    r'</path>|<a href="[A-Za-z0-9./_-]+"(?: tabindex="-1")?>|</a>'
    r'|<circle class="[a-z -]+" cx="[0-9.]+" cy="[0-9.]+" r="\d"></circle>)*</svg>'
)


def page_dangers(html: str) -> list[str]:
    """Say what in a generated page should not be there.

    Its own style sheet and script, relative links, an SVG inside an ``<img>`` and charts may be.
    """
    return _found(
        _CHART.sub("", html),
        lambda element: element.tag in _FORBIDDEN and not _is_own(element),
        _is_bad_in_page,
    )


def hash_of(script: str) -> str:
    """Return what a policy names an inline script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy_of(html: str) -> dict[str, list[str]]:
    """Give the directives of a page's Content-Security-Policy; none without one."""
    for element in elements(html, "meta"):
        if element.attributes.get("http-equiv") == "Content-Security-Policy":
            directives = [d.split() for d in element.attributes["content"].split(";")]
            return {name: sources for name, *sources in directives}
    return {}


def inline_scripts(html: str) -> list[str]:
    """Give the scripts that stand in a page and run."""
    return [
        script
        for attributes, script in re.findall(r"<script\b([^>]*)>(.*?)</script>", html, re.S)
        if "src=" not in attributes and "json" not in attributes and script.strip()
    ]


def _found(
    html: str,
    is_bad_element: Callable[[Element], bool],
    is_bad_attribute: Callable[[str, str, str], bool],
) -> list[str]:
    reader = read(html)
    return [
        *reader.odd,
        *(f"<{element.tag}>" for element in reader.elements if is_bad_element(element)),
        *(
            f"<{element.tag} {name}={value[:60]!r}>"
            for element in reader.elements
            for name, value in element.attributes.items()
            if is_bad_attribute(element.tag, name, value)
        ),
    ]


def _is_bad(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return not _CLASS.fullmatch(value)
    if name == "id":
        return not _ID.fullmatch(value)
    if tag == "a" and name == "href" and value.startswith("#"):
        return not _ID.fullmatch(value[1:])
    if tag == "img" and name == "src" and _RASTER.match(value):
        return False
    if name in ("href", "src"):
        return urlsplit(value).scheme not in _CLICKED
    return name.startswith("on") or name in _NEVER


def _is_bad_in_page(tag: str, name: str, value: str) -> bool:
    if name == "class" or (name == "id" and (tag, value) in _OWN_NAMES):
        return False
    if tag == "img" and name == "src" and _PICTURE.match(value):
        return False
    if name in ("href", "src") and _RELATIVE.fullmatch(value):
        return False
    return _is_bad(tag, name, value)


def _is_own(element: Element) -> bool:
    source, target = (element.attributes.get(name, "") for name in ("src", "href"))
    if element.tag == "script":
        return bool(_OWN_SCRIPT.fullmatch(source))
    return element.tag == "link" and bool(_OWN_STYLE.fullmatch(target))
