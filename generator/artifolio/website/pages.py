"""What each page and data file holds."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import partial
from importlib.resources import files as package_files
from typing import TYPE_CHECKING

from artifolio.bodies import File, Image, Table, attachment_of
from artifolio.errors import Problem, RecordError
from artifolio.records import CHANGED
from artifolio.website.data import version_csv, version_json
from artifolio.website.hosts import commit_url
from artifolio.website.markup import host_of, is_safe_link
from artifolio.website.sync import Output
from artifolio.website.urls import (
    ASSETS,
    LIST,
    Urls,
    attachment_file,
    data_file,
    lineage_page,
    run_page,
    version_page,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from artifolio.catalog import Catalog, Lineage, Version
    from artifolio.headers import Header
    from artifolio.records import Record
    from artifolio.store import Store
    from artifolio.website.rendering import Renderer

SHOWN_ROWS = 200
"""Rows of a table that stand in its page; all of them are in its data files."""


@dataclass(frozen=True)
class PageOptions:
    """What pages depend on besides records."""

    directory_urls: bool = True
    """MkDocs' ``use_directory_urls``."""
    image_hosts: frozenset[str] = frozenset()
    """Hosts that images may be loaded from."""


@dataclass(frozen=True)
class Sheet:
    """One version as its page shows it."""

    version: Version
    record: Record | None
    """None where it could not be read; ``problem`` then says why."""
    problem: str | None = None
    attachment: str | None = None
    """Path of the attachment's copy in ``site_src/``."""
    embedded: str | None = None
    """An SVG as a data address: as a file of the site it could run scripts."""

    @property
    def download_name(self) -> str | None:
        """What the attachment is called when it is saved, if there is one."""
        if self.record is None:
            return None
        body = self.record.body
        if isinstance(body, File):
            return body.name or body.attachment.name
        attachment = attachment_of(body)
        return attachment.name if attachment else None


class Pages:
    """Makes the pages of a store.

    Args:
        store: Bodies are read from it, one at a time.
        catalog: What lies in the store.
        options: What pages depend on besides.
        renderer: For the same image hosts as the options.
    """

    def __init__(
        self, store: Store, catalog: Catalog, options: PageOptions, renderer: Renderer
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._options = options
        self._urls = Urls(options.directory_urls)
        self._renderer = renderer

    def lineage(self, lineage: Lineage, problems: list[Problem]) -> Iterator[Output]:
        """Give the files of every version of a lineage and, for a key, its own page.

        Args:
            lineage: Of a key, or a keyless version alone.
            problems: What is found wrong on the way is added to it.
        """
        for version in lineage.versions:
            sheet, content = self._sheet(version, problems)
            if sheet.attachment is not None and content is not None:
                yield Output(sheet.attachment, content)
            if sheet.record is not None:
                header = version.header
                yield Output(data_file(header, "json"), version_json(version, sheet.record))
                if isinstance(sheet.record.body, Table):
                    yield Output(data_file(header, "csv"), version_csv(sheet.record.body))
            yield self._version(lineage, sheet)
            if version.number == len(lineage) and lineage.key is not None:
                yield self._key(lineage, sheet, problems)

    def keyless(self, troubled: Collection[str] = ()) -> Output:
        """Return the page that lists the versions without a key.

        Args:
            troubled: Paths of the records with problems.
        """
        versions = [lineage.latest for lineage in self._catalog.keyless]
        path = lineage_page(None)
        return self._page(
            "keyless.html", path, "Without a key", versions=versions, troubled=troubled
        )

    def run(self, flow_run: str, troubled: Collection[str] = ()) -> Output:
        """Return the page of a flow run.

        Args:
            flow_run: Its id.
            troubled: Paths of the records with problems.
        """
        versions = self._catalog.runs[flow_run]
        path = run_page(flow_run)
        title = f"Run {path.split('/')[1]}"
        return self._page(
            "run.html",
            path,
            title,
            versions=versions,
            run=versions[0].header.run,
            troubled=troubled,
        )

    def all_artifacts(self, problems: list[Problem]) -> Output:
        """Return the page of all artifacts.

        Args:
            problems: All that is wrong in the store.
        """
        return self._page(
            "list.html",
            LIST,
            "Artifacts",
            lineages=tuple(self._catalog.lineages.values()),
            keyless=self._catalog.keyless,
            problems=problems,
            troubled=paths_of(problems),
        )

    def _key(self, lineage: Lineage, sheet: Sheet, problems: Iterable[Problem]) -> Output:
        key = str(lineage.key)
        return self._page(
            "key.html",
            lineage_page(key),
            key,
            searchable=True,
            lineage=lineage,
            sheet=sheet,
            troubled=paths_of(problems),
        )

    def _version(self, lineage: Lineage, sheet: Sheet) -> Output:
        version = sheet.version
        title = f"{lineage.key} v{version.number}" if lineage.key else "Without a key"
        return self._page(
            "version.html", version_page(version.header), title, lineage=lineage, sheet=sheet
        )

    def _page(
        self, template: str, path: str, title: str, *, searchable: bool = False, **context: object
    ) -> Output:
        content = self._renderer.page(
            template,
            title,
            searchable=searchable,
            link=partial(self._urls.between, path),
            assets=self._urls.between(path, f"{ASSETS}/x")[:-1],
            paths=_Paths,
            commit_url=commit_url,
            is_safe_link=is_safe_link,
            is_shown_image=self._is_shown_image,
            shown_rows=SHOWN_ROWS,
            **context,
        )
        return Output(path, content)

    def _is_shown_image(self, url: str) -> bool:
        return host_of(url) in self._options.image_hosts

    def _sheet(self, version: Version, problems: list[Problem]) -> tuple[Sheet, bytes | None]:
        """Read a version; also return the attachment's content where pages link to a copy."""
        path = version.entry.path
        try:
            record = self._store.read(path)
        except RecordError as error:
            problems.append(Problem(path, error.reason))
            return Sheet(version, None, error.reason), None
        found = [] if record.intact else [CHANGED]
        attachment = attachment_of(record.body)
        content = None
        if attachment is not None:
            try:
                content = self._store.read_attachment(version.entry, attachment.name)
            except RecordError as error:
                found.append(f"attachment {attachment.name} {error.reason}")
            else:
                if hashlib.sha256(content).hexdigest() != attachment.sha256:
                    found.append(f"attachment {attachment.name} changed after it was published")
        problems += [Problem(path, reason) for reason in found]
        problem = "; ".join(found) or None
        if attachment is None or content is None:
            return Sheet(version, record, problem), None
        if isinstance(record.body, Image) and attachment.media_type == "image/svg+xml":
            address = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
            return Sheet(version, record, problem, embedded=address), None
        return Sheet(version, record, problem, attachment_file(version.header, attachment)), content


def paths_of(problems: Iterable[Problem]) -> frozenset[str]:
    """Return the paths of the files that have problems."""
    return frozenset(problem.path for problem in problems)


class _Paths:
    """The paths of pages, for templates."""

    LIST = LIST
    lineage = staticmethod(lineage_page)
    version = staticmethod(version_page)
    run = staticmethod(run_page)

    @staticmethod
    def data(header: Header, ending: str) -> str:
        return data_file(header, ending)


def asset_outputs() -> Iterator[Output]:
    """Give the style sheet and the script of all pages."""
    folder = package_files("artifolio.website") / "assets"
    for name in ("artifolio.css", "artifolio.js"):
        yield Output(f"{ASSETS}/{name}", (folder / name).read_bytes())
