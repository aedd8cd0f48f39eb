"""The lists of versions as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from artifolio.headers import header_fields
from artifolio.website.sync import Output
from artifolio.website.urls import (
    LIST_INDEX,
    SCHEMAS,
    lineage_index,
    lineage_index_part,
    lineage_page,
    version_file,
    version_page,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from artifolio.values import Value
    from artifolio.website.numbering import Part
    from artifolio.website.units import Listed
    from artifolio.website.urls import Urls

FORMAT = 1
"""Of the lists. Fields may be added to it; where one is to mean something else, it is raised."""
LINE_CHARACTERS = 4_000
"""That a version takes in a list, unless what cannot be left out needs more."""

_SCHEMA = f"{SCHEMAS}/index-{FORMAT}.json"
_FIRST = "id type created updated description tags run code".split()
_LAST = "digest rows".split()
_SPARED = frozenset(["description", "tags", "run", "code", "change", "figures"])


class Indexes:
    """Makes the lists.

    Args:
        urls: For the addresses in them, which are seen from the list itself.
    """

    def __init__(self, urls: Urls) -> None:
        self._urls = urls

    def lineage(self, key: str | None, newest: Sequence[Listed], parts: Sequence[Part]) -> Output:
        """Return the list of a key.

        Args:
            key: The key; None for the versions without one.
            newest: Its newest versions, oldest first.
            parts: The numbered lists of the older ones.
        """
        path = lineage_index(key)
        older: list[Value] = [
            {"first": part.first, "last": part.last, "file": f"versions-{part.number}.json"}
            for part in reversed(parts)
        ]
        count = (parts[-1].last if parts else 0) + len(newest)
        head = self._head(path, {"key": key, "count": count, "older": older})
        return _listing(path, head, "versions", self._lines(path, newest))

    def part(self, key: str | None, part: Part, versions: Sequence[Listed]) -> Output:
        """Return a numbered list of older versions.

        Args:
            key: As `lineage` takes it.
            part: Which list.
            versions: Those of this list, oldest first.
        """
        path = lineage_index_part(key, part.number)
        head = self._head(path, {"key": key, "first": part.first, "last": part.last})
        return _listing(path, head, "versions", self._lines(path, versions))

    def line(self, latest: Listed) -> str:
        """Return what the list of all artifacts tells of a key.

        Args:
            latest: Its latest version.
        """
        key = latest.version.header.key
        start: dict[str, Value] = {
            "key": key,
            "url": self._urls.between(LIST_INDEX, lineage_page(key)),
            "index": self._urls.between(LIST_INDEX, lineage_index(key)),
            "versions": latest.version.number,
        }
        return _short(start | self._fields(LIST_INDEX, latest))

    def site(self, lines: Sequence[str], keyless: int) -> Output:
        """Return the list of all artifacts.

        Args:
            lines: What `line` gave for each key, in order.
            keyless: How many versions there are without one.
        """
        head = self._head(LIST_INDEX, {"count": len(lines), "keyless": keyless})
        return _listing(LIST_INDEX, head, "artifacts", lines)

    def _head(self, path: str, fields: Mapping[str, Value]) -> dict[str, Value]:
        return {"$schema": self._urls.between(path, _SCHEMA), "format": FORMAT, **fields}

    def _lines(self, path: str, versions: Sequence[Listed]) -> list[str]:
        return [_short(self._fields(path, listed)) for listed in reversed(versions)]

    def _fields(self, path: str, listed: Listed) -> dict[str, Value]:
        """Return what a list tells of a version, with addresses seen from that list."""
        header = listed.version.header
        stem = header.stem
        known = header_fields(header)
        found: dict[str, Value] = {}
        if header.key is not None:
            found["version"] = listed.version.number
        found |= {name: known[name] for name in _FIRST if name in known}
        found |= {name: known[name] for name in _LAST if name in known}
        if listed.version.pins:
            found["pins"] = list(listed.version.pins)
        if header.retired:
            gone = header.retired.to_data()
            found["retired"] = {"at": gone["at"], "size": gone["size"]}
        if listed.change:
            found["change"] = listed.change
        if listed.figures:
            found["figures"] = dict(listed.figures)
        if listed.is_troubled:
            found["has_problem"] = True
        page = self._urls.between(path, version_page(header)) if listed.page else None
        found["page"] = page
        names = {f"{stem}.json": "json", f"{stem}.csv": "csv"}
        if header.type == "markdown":
            names[f"{stem}.txt"] = "text"
        for name in listed.files:
            if name != f"{stem}.md":
                address = self._urls.between(path, version_file(header, name))
                found[names.get(name, "attachment")] = address
        return found


def _listing(path: str, head: Mapping[str, Value], name: str, lines: Iterable[str]) -> Output:
    """Return a list as a file: an object with one line for each member of its last field."""
    start = json.dumps(head, ensure_ascii=False)[:-1]
    rows = ",\n".join(lines)
    return Output(path, f'{start}, "{name}": [\n{rows}\n]}}\n'.encode())


def _short(fields: dict[str, Value]) -> str:
    """Return fields as one line of JSON; of a long one, the longest that can be spared go."""
    line = json.dumps(fields, ensure_ascii=False)
    if len(line) <= LINE_CHARACTERS:
        return line
    lengths = {
        name: len(json.dumps(value, ensure_ascii=False))
        for name, value in fields.items()
        if name in _SPARED
    }
    length, gone = len(line), []
    for name in sorted(lengths, key=lengths.__getitem__, reverse=True):
        if length > LINE_CHARACTERS:
            length -= lengths[name]
            gone.append(name)
    kept = {name: value for name, value in fields.items() if name not in gone}
    return json.dumps({**kept, "left_out": gone}, ensure_ascii=False)
