"""Makes the pages of one folder of ``site_src/``, as far as they are not made yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from artifolio.trends import figures_of
from artifolio.website.assetfiles import assets
from artifolio.website.changes import change_since
from artifolio.website.charts import CHARTED, charts_of, sparkline_of
from artifolio.website.data import data_outputs
from artifolio.website.listing import Row, rows_file
from artifolio.website.numbering import CARDS, NEWEST, ROWS, divide, older
from artifolio.website.pages import Pages
from artifolio.website.programs import Programs
from artifolio.website.rendering import renderer_for
from artifolio.website.sheets import read_sheet
from artifolio.website.sync import Output, Writer
from artifolio.website.units import NOTHING, Folder, Listed, Made, digest, unique
from artifolio.website.urls import (
    LIST_ROWS,
    lineage_page,
    lineage_part,
    list_part,
    run_page,
)
from artifolio.website.works import KeyWork, ListWork, RunWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from artifolio.store import Store
    from artifolio.website.options import PageOptions
    from artifolio.website.sheets import Sheet
    from artifolio.website.sync import Identity
    from artifolio.website.works import Work


@dataclass(frozen=True, slots=True)
class Site:
    """Where records are read from and pages are written to, and how: for other processes too."""

    store: Store
    docs_dir: Path
    options: PageOptions


def make_all(site: Site, works: Sequence[Work]) -> list[Folder]:
    """Make the pages of some folders, in this process.

    Args:
        site: The site.
        works: What is to be made.

    Returns:
        What there is of each, then.
    """
    maker = Maker(site)
    return [maker.make(work) for work in works]


class Maker:
    """Makes pages and writes them.

    Args:
        site: The site.
    """

    def __init__(self, site: Site) -> None:
        self._store = site.store
        self._options = site.options
        drawn = frozenset(dict(site.options.libraries))
        self.pages = Pages(site.options, renderer_for(site.options.image_hosts, drawn))
        self._programs = Programs(site.options)
        self._writer = Writer(site.docs_dir)

    def make(self, work: Work) -> Folder:
        """Make what is missing of a folder.

        Raises:
            OSError: If a file cannot be written; those before it are.
        """
        batch = _Batch(self._writer, work.folder, work.before)
        if isinstance(work, KeyWork):
            return self._shelf(work, batch)
        if isinstance(work, RunWork):
            self._run(work, batch)
            return Folder(work.inputs, (), batch.pages, batch.outputs)
        if isinstance(work, ListWork):
            self._list(work, batch)
        else:
            for asset in assets(work.folder):
                batch.page(asset.path, asset.stamp, asset.output)
        return Folder(NOTHING, (), batch.pages, batch.outputs)

    def _shelf(self, work: KeyWork, batch: _Batch) -> Folder:
        versions, listed, latest = self._versions(work, batch)
        tokens = [made.token for made in versions]
        told = ("", "", "", "")
        if work.key is None:
            self._keyless(listed, tokens, batch)
        else:
            told = self._key(work, listed, tokens, latest, batch)
        is_known = all(made.inputs for made in versions)
        inputs = work.inputs if is_known else NOTHING
        made = (inputs, tuple(versions), batch.pages, batch.outputs)
        return Folder(*made, *told, work.lacks)

    def _versions(
        self, work: KeyWork, batch: _Batch
    ) -> tuple[list[Made], list[Listed], Sheet | None]:
        """Make the versions that are not made yet; also return the latest one's sheet then."""
        known = {made.inputs: made for made in work.before.versions if made.inputs}
        versions: list[Made] = []
        listed: list[Listed] = []
        sheet: Sheet | None = None
        for index, trace in enumerate(work.traces):
            version = work.version(index)
            made = known.get(trace.inputs)
            # No more than two records are held at once.
            before = sheet.record if sheet else None
            sheet = None
            if made is not None:
                batch.keep(made.files)
            else:
                sheet, copies = read_sheet(self._store, version, trace.told)
                change = None
                if work.key is not None and listed:
                    change = change_since(self._store, listed[-1], sheet, trace.since, before)
                outputs = [*data_outputs(sheet), *copies]
                if work.key is None:
                    outputs.append(self.pages.version(sheet))
                elif index >= len(work.entries) - self._options.versions_as_pages:
                    has_more = index + 1 < len(work.entries)
                    following = work.version(index + 1) if has_more else None
                    previous = listed[-1] if listed else None
                    outputs.append(self.pages.version(sheet, previous, following, change))
                is_certain = sheet.is_certain and (change is None or change.is_certain)
                made = Made(
                    trace.inputs if is_certain else NOTHING,
                    trace.token if is_certain else unique(),
                    tuple(batch.put(output) for output in outputs),
                    version.header.run.flow_run or "",
                    sheet.problems,
                    change.sentence if change else "",
                    figures_of(version.header, sheet.record.body) if sheet.record else {},
                )
            versions.append(made)
            listed.append(Listed.of(version, made))
        return versions, listed, sheet

    def _key(
        self,
        work: KeyWork,
        listed: Sequence[Listed],
        tokens: Sequence[str],
        latest: Sheet | None,
        batch: _Batch,
    ) -> tuple[str, str, str, str]:
        """Make the pages of a lineage; return what the lists of all artifacts tell of the key."""
        key = str(work.key)
        parts = older(len(listed), ROWS)
        for part in parts:
            batch.page(
                lineage_part(key, part.number),
                (part.of(tokens), part.number == len(parts)),
                partial(self.pages.lineage_part, key, part, len(parts), part.of(listed)),
            )

        def read() -> Sheet:
            told = work.traces[-1].told
            return latest or read_sheet(self._store, listed[-1].version, told)[0]

        pinned = [item for item in listed if item.version.pins] if work.names else []
        named = [(item.version.number, item.version.pins, item.page) for item in pinned]

        def make() -> Output:
            charts = charts_of(listed[-CHARTED:])
            return self.pages.key(read(), listed[-NEWEST:], charts, pinned)

        self._programs.key(listed, tokens, read, batch)
        if batch.page(lineage_page(key), (tokens[-CHARTED:], len(listed), named), make):
            row = Row.of(listed[-1], sparkline_of(listed), pinned)
            shown = self.pages.card(listed[-1], row), row.to_json()
        else:
            shown = batch.before.card, batch.before.row
        return *shown, *self._programs.told(listed[-1])

    def _keyless(self, listed: Sequence[Listed], tokens: Sequence[str], batch: _Batch) -> None:
        parts = older(len(listed), CARDS)
        for part in parts:
            batch.page(
                lineage_part(None, part.number),
                (part.of(tokens), part.number == len(parts)),
                partial(self.pages.keyless_part, part, len(parts), part.of(listed)),
            )
        batch.page(
            lineage_page(None),
            (tokens[-NEWEST:], len(listed)),
            partial(self.pages.keyless, listed[-NEWEST:], len(listed)),
        )
        self._programs.keyless(listed, tokens, batch)

    def _run(self, work: RunWork, batch: _Batch) -> None:
        count = len(work.versions)
        parts = divide(count, CARDS)
        first = work.versions[0].version
        for part in parts:
            batch.page(
                run_page(work.flow_run, part.number),
                (work.tokens[0], part.of(work.tokens), part.number, len(parts), count),
                partial(self.pages.run, first, part, len(parts), count, part.of(work.versions)),
            )

    def _list(self, work: ListWork, batch: _Batch) -> None:
        for number, cards in enumerate(work.cards, work.number):
            batch.page(
                list_part(number),
                (number, work.total, work.counts, cards, work.problems),
                partial(
                    self.pages.list_part, number, work.total, cards, work.counts, work.problems
                ),
            )
        if work.shared is not None:
            self._programs.site(work.shared, batch)
        if work.rows:
            batch.page(LIST_ROWS, work.rows, partial(rows_file, work.rows))


class _Batch:
    """What there is of one folder so far."""

    def __init__(self, writer: Writer, folder: str, before: Folder) -> None:
        self._writer = writer
        self._folder = folder
        self.before = before
        self.outputs: dict[str, Identity] = {}
        self.pages: dict[str, str] = {}

    def keep(self, names: Iterable[str]) -> None:
        """Take files as they are."""
        for name in names:
            self.outputs[name] = self.before.outputs[name]

    def put(self, output: Output) -> str:
        """Write a file, and return its name."""
        name = output.path.removeprefix(f"{self._folder}/")
        self.outputs[name] = self._writer.write(output)
        return name

    def page(self, path: str, inputs: object, make: Callable[[], Output | None]) -> bool:
        """Make a page unless there is one of the same inputs; tell whether it was made."""
        name = path.removeprefix(f"{self._folder}/")
        self.pages[name] = digest(inputs)
        if self.before.pages.get(name) == self.pages[name]:
            self.keep([name])
            return False
        output = make()
        if output is None:
            del self.pages[name]
            return False
        self.put(output)
        return True
