"""Untrusted Markdown and text as HTML that is safe to lay into a page."""

from __future__ import annotations

import html
import re
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3

from artifolio.markdownimages import image_path
from artifolio.website.alerts import mark_alerts
from artifolio.website.anchors import hold_id, set_anchors
from artifolio.website.commonmark import to_html
from artifolio.website.drawing import MATH, mark_blocks, put_formulas, take_formulas
from artifolio.website.highlighting import highlight
from artifolio.website.indentation import dedent

if TYPE_CHECKING:
    from collections.abc import Mapping

LINK_SCHEMES = frozenset(["http", "https", "mailto"])
"""Schemes that may be clicked."""

# Left out on purpose: everything that runs, loads, submits, styles or names itself.
_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details"),
    *("div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input"),
    *("ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong"),
    *("sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u"),
    *("ul", "var"),
}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "noscript", "template", "iframe", "object"}
_ATTRIBUTES = {
    "*": {"id"},
    "a": {"href", "title", "aria-label"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"checked"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")
_FOOTNOTES = re.compile("footnotes")
_BACK = re.compile(r"Back to reference [0-9-]+")
# As the parser of Markdown writes it.
_SECTION, _SECTION_END = '<section class="footnotes" data-footnotes>', "</section>\n"
_NOTES = '<div class="footnotes">'
# At the end of a summary that is not all.
_CUT = " …"
_ANY_TAG = re.compile(r"<[^>]*>")
# Tags within a line: what stands on both sides of them belongs together.
_INLINE_TAG = re.compile(r"</?(?:a|code|del|em|strong|sub|sup)\b[^>]*>")
_TAG = re.compile(r"<(/?)(a|img)\b([^>]*)>")
_SOURCE = re.compile(r' src="([^"]*)"')
_INPUT = re.compile(r'<input( checked="")?>')
_ALT = re.compile(r' alt="([^"]*)"')
_PRE = re.compile(r"(<pre\b[^>]*>)(.*?)(</pre>)", re.DOTALL)
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
# What Markdown's preprocessors act on even inside HTML: fences, attribute lists, macros, tabs.
_REFERENCES = str.maketrans(
    {c: f"&#{ord(c)};" for c in "`~{}\t\r"}
    # Python-Markdown's own placeholders are made of these two.
    | {"\x02": None, "\x03": None}
)
# Control characters and the like are no characters of HTML; XML refuses them outright.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_WHITE = str.maketrans({"\n": "&#10;", " ": "&#32;"})
# A tag as the parser of Markdown writes it, so that there can be no doubt where it ends.
_PLAIN_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: [a-z-]+(?:="[^"<>]*")?)*( /)?>')
_NEVER_NESTED = {"br", "dd", "dt", "hr", "img", "input", "li", "p", "tbody", "td", "th"} | {
    *("thead", "tr"),
}
_MANY_TAGS = 5_000
_DEEPEST = 500
_TOO_DEEP = "Nested too deeply to be laid out"
# What is neither text nor one of those tags with those attributes. It is never there: this wall
# holds should a later sanitiser let something through.
_UNCLEAN = re.compile(
    '<(?!/?(?:{})(?: (?:{})="[^"<>]*")*>)'.format(
        "|".join(sorted(_TAGS)),
        "|".join(sorted({"rel", *(name for names in _ATTRIBUTES.values() for name in names)})),
    )
)


def render_markdown(
    text: str,
    image_hosts: frozenset[str] = frozenset(),
    *,
    images: Mapping[str, str] = MappingProxyType({}),
    scope: str = "body",
    drawn: frozenset[str] = frozenset(),
) -> str:
    """Return GitHub-flavoured Markdown as clean HTML.

    Images from hosts that are not named become a note with a link: a page loads nothing from
    elsewhere that its owner did not allow.

    Args:
        text: Any text; raw HTML in it is cleaned, not trusted.
        image_hosts: Hosts that images may be loaded from.
        images: Addresses of the images that were published with the text, by their paths in it.
        scope: A word that tells the text from others on its page; no two start alike.
        drawn: What a script of the site draws, as `artifolio.website.drawing` names it.
    """
    text = dedent(visible(text))
    marked, formulas = take_formulas(text) if MATH in drawn else (text, [])
    rough = _mark_footnotes(to_html(marked))
    if _is_too_deep(rough):
        return _source(text, _TOO_DEEP)
    clean = nh3.clean(
        rough,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_filter_attribute, images),
        url_schemes={*LINK_SCHEMES, "data"},
        link_rel="noopener noreferrer nofollow",
    )
    if _UNCLEAN.search(clean):
        return _source(text, "Not safe to be laid out")
    # Not left to nh3 (0.3.8), which writes attributes that it adds in a random order.
    clean = _INPUT.sub(_write_box, clean)
    clean = clean.replace(_NOTES, '<div class="af-footnotes" role="doc-endnotes">')
    clean = put_formulas(_replace_images(clean, image_hosts, images), formulas)
    return highlight(mark_blocks(mark_alerts(set_anchors(clean, scope)), drawn))


def summarise(text: str, length: int = 160) -> str:
    """Return the first words of Markdown, as plain text on one line."""
    return _summary(text[: 20 * length], length)


def beyond_summary(text: str, summary: str, length: int) -> str:
    """Return the words of Markdown that its summary leaves out, as plain text on one line.

    Args:
        text: The Markdown.
        summary: What `summarise` gave.
        length: How much is wanted of it.
    """
    if not summary.endswith(_CUT):
        return ""
    shown = len(summary) - len(_CUT)
    return _words(text[: 4 * length])[shown : shown + length].strip()


# Cards, feeds and lists for programs tell the same of a version.
@lru_cache(maxsize=128)
def _summary(text: str, length: int) -> str:
    line = _words(text)
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + _CUT


def _words(text: str) -> str:
    rough = mark_alerts(to_html(dedent(visible(text))))
    return " ".join(html.unescape(_ANY_TAG.sub(" ", _INLINE_TAG.sub("", rough))).split())


def is_safe_link(url: str) -> bool:
    """Tell whether an address may be clicked: http, https or mailto, and nothing odd in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in LINK_SCHEMES or _CONTROLS.search(url) or re.search(r"[\s\\]", url):
        return False
    # A user before the host is how one address is made to look like another.
    return parts.scheme == "mailto" or bool(parts.hostname and "@" not in parts.netloc)


def host_of(url: str) -> str | None:
    """Return the host that an http or https address would be loaded from."""
    return urlsplit(url).hostname if is_safe_link(url) and url.startswith("http") else None


def visible(text: str) -> str:
    """Replace control characters, which are no characters of HTML, by U+FFFD."""
    return _CONTROLS.sub("\ufffd", text)


def seal(block: str) -> str:
    """Make a block of HTML such that no extension of Markdown finds anything in it to act on.

    Args:
        block: One element and what is in it. Inside ``<pre>`` even spaces and line ends become
            character references, since some extensions reindent or strip lines.
    """
    block = _PRE.sub(lambda match: match[1] + _seal_text(match[2]) + match[3], block)
    return block.translate(_REFERENCES)


def _seal_text(inner: str) -> str:
    return "".join(
        part if part.startswith("<") else part.translate(_WHITE)
        for part in _TAG_OR_TEXT.findall(inner)
    )


def _source(text: str, reason: str) -> str:
    source = html.escape(visible(text))
    return f"<p><em>{reason}; this is its source:</em></p>\n<pre><code>{source}</code></pre>\n"


def _mark_footnotes(rough: str) -> str:
    """Make the section of the footnotes, which comes last, what is told from other ones."""
    before, section, notes = rough.rpartition(_SECTION)
    if not section or not notes.endswith(_SECTION_END):
        return rough
    return f"{before}{_NOTES}{notes.removesuffix(_SECTION_END)}</div>\n"


def _write_box(match: re.Match[str]) -> str:
    words = "done" if match[1] else "not done"
    return f'<input type="checkbox" disabled=""{match[1] or ""} aria-label="{words}">'


def _filter_attribute(images: Mapping[str, str], tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if value.startswith("#") or is_safe_link(value) else None
    if name == "id":
        return hold_id(value)
    if name == "src":
        is_known = host_of(value) or _DATA_IMAGE.fullmatch(value) or image_path(value) in images
        return value if is_known else None
    if name == "class":
        pattern = _LANGUAGE if tag == "code" else _FOOTNOTES
        return value if pattern.fullmatch(value) else None
    if name == "aria-label":
        return value if _BACK.fullmatch(value) else None
    if name in ("checked", "open"):
        return ""
    if name in ("width", "height", "colspan", "rowspan", "start", "value"):
        return value if value.isascii() and value.isdigit() and len(value) <= 4 else None
    if name == "align":
        return value if value in ("left", "right", "center") else None
    return value


def _is_too_deep(rough: str) -> bool:
    """Tell whether HTML is nested so deeply that to clean it would take minutes.

    The parser behind nh3 walks up all open elements at each tag. Whatever is not plainly a tag,
    or is closed out of order, counts as left open: it may be one that the parser sees so.
    """
    if rough.count("<") < _MANY_TAGS:
        return False
    opened: list[str] = []
    at = rough.find("<")
    while at >= 0 and len(opened) <= _DEEPEST:
        tag = _PLAIN_TAG.match(rough, at)
        if tag is None or not tag[1]:
            if tag is None or tag[2] not in _NEVER_NESTED:
                opened.append(tag[2] if tag else "")
        elif opened and opened[-1] == tag[2]:
            opened.pop()
        at = rough.find("<", at + 1)
    return len(opened) > _DEEPEST


def _replace_images(clean: str, image_hosts: frozenset[str], images: Mapping[str, str]) -> str:
    """Give images of the text's own their addresses, and take out those of other hosts."""
    inside_link = False

    def replace(match: re.Match[str]) -> str:
        nonlocal inside_link
        closing, tag, attributes = match.groups()
        if tag == "a":
            inside_link = not closing
            return match[0]
        source = _SOURCE.search(attributes)
        url = html.unescape(source[1]) if source else ""
        if url.startswith("data:") or host_of(url) in image_hosts:
            return match[0]
        own = images.get(image_path(url) or "")
        if source and own:
            before, after = attributes[: source.start()], attributes[source.end() :]
            return f'<img{before} src="{html.escape(own)}"{after} loading="lazy">'
        alt = _ALT.search(attributes)
        words = (alt[1] if alt else "") or "image"
        if not url:
            return f'<span class="af-offsite">{words}</span>'
        host = html.escape(host_of(url) or "")
        note = f'<span class="af-offsite">{words} <small>(image at {host})</small></span>'
        if inside_link:
            return note
        rel = "noopener noreferrer nofollow"
        return f'<a href="{html.escape(url)}" rel="{rel}">{note}</a>'

    return _TAG.sub(replace, clean)
