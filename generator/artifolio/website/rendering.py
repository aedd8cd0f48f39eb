"""Templates to text: the one place that knows Jinja."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from artifolio.deltas import signed
from artifolio.keys import format_time
from artifolio.website.cells import cell_of, looks_of
from artifolio.website.markup import render_markdown, seal, summarise, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from artifolio.values import Value

DESCRIPTION_CHARACTERS = 10_000
"""Of a description's source; longer ones are cut."""

_DESCRIPTION_BYTES = 40_000
# What is left of a description that would take more than that: a link a word, say.
_PLAIN_CHARACTERS = 5_000
# What has a style sheet of its own, for few texts have any of it.
_SPECIAL = re.compile(r'class="af-(?:alert|footnotes|math|diagram)|type="checkbox"')
_HEADING = re.compile(r"<(h[1-6])\b")


class Renderer:
    """Renders pages.

    Args:
        image_hosts: Hosts that images may be loaded from.
        drawn: What a script of the site draws, as `artifolio.website.drawing` names it.
    """

    def __init__(
        self, image_hosts: frozenset[str] = frozenset(), drawn: frozenset[str] = frozenset()
    ) -> None:
        self._environment = Environment(
            loader=PackageLoader("artifolio.website"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_finalize,
        )

        # The page of a version and then that of its key show the same.
        @lru_cache(maxsize=1)
        def body(text: str, images: tuple[tuple[str, str], ...]) -> Markup:
            shown = render_markdown(text, image_hosts, images=dict(images), drawn=drawn)
            return Markup(shown)  # noqa: S704 - cleaned

        @lru_cache(maxsize=1)
        def description(text: str) -> Markup:
            return _description(text, image_hosts, drawn)

        self._environment.filters.update(
            markdown=lambda text, images: body(text, tuple(images.items())),
            description=description,
            summary=summarise,
            brief=_brief,
            few=_few,
            time=_time,
            size=_size,
            pairs=_pairs,
            cell=_cell,
            lines=_lines,
            looks=looks_of,
            has_special_markdown=lambda content: _SPECIAL.search(content) is not None,
            has_null=lambda rows: any(None in row for row in rows),
            look_cell=cell_of,
            count=_count,
            number=_number,
            brief_cell=_brief_cell,
            signed=signed,
            moment=_moment,
            unsearched=unsearched,
            ready=lambda text: Markup(text),  # noqa: S704 - what `part` gave
        )

    def page(
        self, template: str, title: str, *, searchable: bool, ready: str = "", **context: Any
    ) -> bytes:
        """Render a page of ``site_src/``: front matter, then one block of HTML.

        Args:
            template: Name of the template.
            title: Of the page; never text from a record, for themes do not escape it.
            searchable: Whether the site's search finds the page.
            ready: What `part` gave, to stand where the template has ``<af-ready>``.
            context: What the template uses.
        """
        lines = self.part(template, **context).replace("<af-ready>", ready, 1)
        matter = ["---", f"title: {json.dumps(title)}", "hide: [navigation, toc]"]
        if not searchable:
            matter.append("search: {exclude: true}")
        return ("\n".join([*matter, "---", ""]) + "\n" + lines + "\n").encode()

    def part(self, template: str, **context: Any) -> str:
        """Render what may stand in a page's block.

        Args:
            template: Name of the template.
            context: What it uses.
        """
        block = seal(self._environment.get_template(template).render(**context))
        # A blank line would end the block for some Markdown readers; in <pre> none is left.
        return "\n".join(line for line in block.split("\n") if line.strip())


@lru_cache(maxsize=4)
def renderer_for(image_hosts: frozenset[str], drawn: frozenset[str] = frozenset()) -> Renderer:
    """Return a renderer; to compile the templates takes longer than to make a page of each.

    Args:
        image_hosts: Hosts that images may be loaded from.
        drawn: What a script of the site draws.
    """
    return Renderer(image_hosts, drawn)


def unsearched(block: Markup) -> Markup:
    """Return HTML in an element that Material's search leaves out.

    The element is one of its own, for the search counts those of the name that begins it as
    its end. A heading with an id would be an entry, though one without a text.
    """
    marked = _HEADING.sub(r"<\1 data-search-exclude", block)
    return Markup("<af-unsearched data-search-exclude>{}</af-unsearched>").format(
        Markup(marked)  # noqa: S704 - a block as it was, with attributes that hold nothing
    )


def _finalize(value: Any) -> Any:
    return visible(value) if type(value) is str else value


def _description(text: str, image_hosts: frozenset[str], drawn: frozenset[str]) -> Markup:
    shown = render_markdown(
        text[:DESCRIPTION_CHARACTERS], image_hosts, scope="description", drawn=drawn
    )
    if len(seal(shown).encode()) > _DESCRIPTION_BYTES:
        cut = text[:_PLAIN_CHARACTERS]
        shown = str(Markup("<p>{}</p>\n").format(visible(cut)))
    else:
        cut = text[:DESCRIPTION_CHARACTERS]
    if len(cut) < len(text):
        shown += (
            '<p class="af-note">Too long to be shown in full; the record holds all of it.</p>\n'
        )
    return Markup(shown)  # noqa: S704 - cleaned or escaped above


def _brief(text: str | None, length: int) -> str:
    text = text or ""
    return text if len(text) <= length else text[: length - 1] + "…"


def _brief_cell(cell: str | Markup, length: int) -> str | Markup:
    return cell if isinstance(cell, Markup) else _brief(cell, length)


def _few(texts: Iterable[str], length: int) -> list[str]:
    """Return as many of the texts as fit into a length, the last perhaps cut."""
    found: list[str] = []
    # An empty one takes place as well.
    for text in texts:
        if length <= 0:
            return [*found, "…"]
        found.append(_brief(text, length))
        length -= len(text) + 8
    return found


def _pairs(mapping: Mapping[str, Value], length: int) -> list[tuple[str, str]]:
    """Return as many fields of a mapping as fit into a length, the last perhaps cut."""
    found: list[tuple[str, str]] = []
    for name, value in mapping.items():
        if length <= 0:
            return [*found, ("…", "more in the record")]
        cell = _cell(value)
        found.append((_brief(name, 200), cell if value is None else _brief(cell, length)))
        length -= len(name) + len(cell) + 20
    return found


def _time(moment: datetime) -> Markup:
    # strftime does not pad years below 1000 on Linux.
    exact = moment.isoformat(" ", "seconds")[:19]
    return Markup('<time datetime="{}" title="{} UTC">{} UTC</time>').format(
        format_time(moment), exact, exact[:16]
    )


def _moment(seconds: int) -> str | Markup:
    try:
        return _time(datetime.fromtimestamp(seconds, timezone.utc))
    except (ValueError, OverflowError, OSError):
        return "at no time that a calendar has"


def _size(size_bytes: int) -> str:
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


def _cell(value: Value) -> str | Markup:
    if value is None:
        return Markup('<span class="af-null" title="null">&ndash;</span>')
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        # Python itself refuses to write out very long ones.
        return str(value) if value.bit_length() < 1000 else f"{value:#x}"
    return repr(value) if isinstance(value, float) else value


def _lines(text: str) -> Markup:
    # As references they are no blank lines, which could not stand in a page's block.
    return Markup(str(escape(visible(text))).replace("\n", "&#10;"))  # noqa: S704 - escaped


def _number(number: float) -> str:
    if isinstance(number, int):
        return f"{number:,}" if number.bit_length() < 100 else f"{float(number):g}"
    return f"{number:,.6g}" if abs(number) < 1e15 else f"{number:g}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
