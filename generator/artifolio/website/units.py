"""What each page is made from, and what is remembered of it once it is made."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from artifolio.website.history import NOT_TOLD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artifolio.catalog import Version
    from artifolio.deltas import Number
    from artifolio.entries import Entry, Scan
    from artifolio.folders import Stats
    from artifolio.website.history import Told
    from artifolio.website.sync import Identity

NOTHING = ""
"""The fingerprint that nothing has: what bears it is made again whenever it is looked at."""


@dataclass(frozen=True, slots=True)
class Made:
    """A version as it was made: its page, its data files and its attachments' copies."""

    inputs: str
    """Fingerprint of all that these were made from."""
    token: str
    """Fingerprint of what other pages show of it."""
    files: tuple[str, ...]
    """Their names."""
    run: str
    """The flow run's id, or nothing."""
    problems: tuple[str, ...]
    """What is wrong with the body or the attachments."""
    change: str = ""
    """What changed since the version before, in one line."""
    figures: Mapping[str, Number] = field(default_factory=dict)
    """The numbers that are followed over time, by name."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What was made in one folder of ``site_src/``."""

    inputs: str = NOTHING
    """Fingerprint of all versions together."""
    versions: tuple[Made, ...] = ()
    """Oldest first."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of the other files, by name."""
    outputs: Mapping[str, Identity] = field(default_factory=dict)
    """All files, by name."""
    card: str = ""
    """What the list of all artifacts shows of a key."""
    row: str = ""
    """What its filter knows of the key, as JSON."""
    line: str = ""
    """What the list for programs tells of it, as JSON."""
    mention: str = ""
    """What the list for language models tells of it, as Markdown."""
    lacks: str = ""
    """As `History.tell` gave it: what would have to be known for the pages to tell more."""

    def as_found(self, found: Mapping[str, Identity]) -> Folder:
        """Return it without what is not on disk any more as it was made.

        Args:
            found: The files that are there.
        """
        if found == self.outputs:
            return self
        good = {name: got for name, got in self.outputs.items() if found.get(name) == got}
        return Folder(
            NOTHING,
            tuple(made for made in self.versions if good.keys() >= set(made.files)),
            {name: inputs for name, inputs in self.pages.items() if name in good},
            good,
            self.card,
            self.row,
            self.line,
            self.mention,
            self.lacks,
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as lists show it."""

    version: Version
    files: tuple[str, ...]
    """Names of its files in ``site_src/``."""
    is_troubled: bool
    change: str = ""
    """As `Made.change`."""
    figures: Mapping[str, Number] = field(default_factory=dict)
    """As `Made.figures`."""

    @classmethod
    def of(cls, version: Version, made: Made) -> Listed:
        """Return a version as it was made."""
        is_troubled = bool(made.problems) or not version.entry.is_sound
        return cls(version, made.files, is_troubled, made.change, made.figures)

    @property
    def page(self) -> str | None:
        """Name of its page, if it has one of its own."""
        name = f"{self.version.entry.stem}.md"
        return name if name in self.files else None

    def data(self) -> dict[str, str]:
        """Return the names of its data files by what they are called on a page."""
        stem = self.version.entry.stem
        words = {f"{stem}.json": "JSON", f"{stem}.csv": "CSV"}
        if self.version.header.type == "markdown":
            words[f"{stem}.txt"] = "Markdown"
        named = {
            words.get(name, self.version.header.type): name
            for name in self.files
            # The images of a text are in its page.
            if name in words or self.version.header.type != "markdown"
        }
        return {word: name for word, name in named.items() if name != f"{stem}.md"}


@dataclass(frozen=True, slots=True)
class Trace:
    """What one version is made from, in short."""

    inputs: str
    """As `Made.inputs`."""
    token: str
    """As `Made.token`."""
    since: int = 1
    """Number of the version that was the first to show just this, and all since then did."""
    told: Told = NOT_TOLD
    """What the history tells of its code."""


def digest(value: object) -> str:
    """Return a short text for a nest of tuples, texts and numbers that no other has."""
    return blake2b(repr(value).encode(), digest_size=12).hexdigest()


def unique() -> str:
    """Return a fingerprint like no other."""
    return os.urandom(12).hex()


def sources(
    entries: Sequence[Entry], scans: Mapping[str, Scan], settled: int
) -> list[tuple[object, ...] | None]:
    """Tell by their status which files versions are made from.

    Args:
        entries: The versions.
        scans: By the folder of records.
        settled: Since then a file may have changed without a trace: its time may stand still.

    Returns:
        Something for each version that is the same as long as its files are; None where that
        cannot be told.
    """
    beside: dict[str, dict[str, Stats]] = {}
    found: list[tuple[object, ...] | None] = []
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        listing = scans[folder].listing
        stat = listing.records.get(name)
        attached: Stats = {}
        if listing.attached:
            if folder not in beside:
                beside[folder] = _by_stem(listing.attached)
            attached = beside[folder].get(entry.stem, {})
        if stat is None or stat[1] >= settled or any(s[1] >= settled for s in attached.values()):
            found.append(None)
        else:
            found.append((entry.path, stat, *attached.items()))
    return found


def traces(
    key: str | None,
    entries: Sequence[Entry],
    files: Sequence[tuple[object, ...] | None],
    versions_as_pages: int,
    told: Sequence[Told] = (),
    names: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Trace, ...]:
    """Return what versions are made from, files and neighbours.

    Args:
        key: Of all of them; without one each stands alone.
        entries: All versions, oldest first.
        files: What `sources` gave.
        versions_as_pages: How many of the newest have a page of their own.
        told: What the history tells of the code of each; nothing at all, if it is left out.
        names: Those that versions have, by the ids of these.
    """
    told = told or [NOT_TOLD] * len(files)
    if key is None:
        tokens = [
            unique() if status is None else digest((status, known.token))
            for status, known in zip(files, told, strict=True)
        ]
        return tuple(
            Trace(NOTHING if status is None else token, token, told=known)
            for status, token, known in zip(files, tokens, told, strict=True)
        )
    found = []
    orders = ["", *(entry.order for entry in entries), ""]
    oldest_page = len(entries) - versions_as_pages
    since = 0
    for index, status in enumerate(files):
        is_same = index > 0 and entries[index].digest == entries[index - 1].digest
        since = since if is_same else index + 1
        # What it is compared with.
        before = files[index - 1] if index else ()
        if status is None or before is None:
            found.append(Trace(NOTHING, unique(), since, told[index]))
        else:
            has_page = index >= oldest_page
            pins = names.get(entries[index].id, ()) if names else ()
            token = digest((status, index, has_page, before, since, told[index].token, pins))
            # The link to the previous version leads elsewhere once that has no page.
            near = (orders[index], index > oldest_page, orders[index + 2]) if has_page else ()
            found.append(Trace(digest((token, near)), token, since, told[index]))
    return tuple(found)


def _by_stem(files: Stats) -> dict[str, Stats]:
    found: dict[str, Stats] = {}
    for name, stat in files.items():
        found.setdefault(name.partition(".")[0], {})[name] = stat
    return found
