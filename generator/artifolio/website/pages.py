"""What each page holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from artifolio.website import urls
from artifolio.website.charts import HEIGHT, SPARK_HEIGHT, SPARK_WIDTH, WIDTH, place_of
from artifolio.website.hosts import Hosts
from artifolio.website.markup import host_of, is_safe_link
from artifolio.website.numbering import (
    CARDS,
    NEWEST,
    ROWS,
    first_problems,
    nearest,
    older,
    pager,
    part_pager,
)
from artifolio.website.sync import Output
from artifolio.website.urls import ARTIFACTS, ASSETS, LIST, Urls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifolio.catalog import Version
    from artifolio.errors import Problem
    from artifolio.website.changes import Change
    from artifolio.website.charts import Chart
    from artifolio.website.listing import Row
    from artifolio.website.numbering import Part
    from artifolio.website.options import PageOptions
    from artifolio.website.rendering import Renderer
    from artifolio.website.sheets import Sheet
    from artifolio.website.units import Listed

SHOWN_ROWS = 200
"""Rows of a table that stand in its page; all of them are in its data files."""

# So stands a link to artifacts/ in a card, which any page of the list may show. A quotation mark
# of a record never does.
_BASE = 'href="@/'


class Pages:
    """Makes pages.

    Args:
        options: What pages depend on besides records.
        renderer: For the same image hosts as the options.
    """

    def __init__(self, options: PageOptions, renderer: Renderer) -> None:
        self._options = options
        self._urls = Urls(options.directory_urls)
        self._hosts = Hosts(options.git_hosts)
        self._renderer = renderer

    def version(
        self,
        sheet: Sheet,
        previous: Listed | None = None,
        following: Version | None = None,
        change: Change | None = None,
    ) -> Output:
        """Return the page of a version.

        Args:
            sheet: The version.
            previous: The one before it in its lineage.
            following: The one after it.
            change: How it differs from the one before.
        """
        version = sheet.version
        key = version.header.key
        return self._page(
            "version.html",
            urls.version_page(version.header),
            f"{key} v{version.number}" if key else "Without a key",
            sheet=sheet,
            change=change,
            previous=previous and previous.version,
            previous_page=previous and self._previous_page(previous),
            following=following,
        )

    def key(
        self,
        sheet: Sheet,
        newest: Sequence[Listed],
        charts: Sequence[Chart] = (),
        pinned: Sequence[Listed] = (),
    ) -> Output:
        """Return the page of a key.

        Args:
            sheet: The latest version.
            newest: The last `NEWEST` versions, oldest first.
            charts: Of the numbers that it carries over time.
            pinned: The versions that have names, oldest first.
        """
        key = str(sheet.version.header.key)
        return self._page(
            "key.html",
            urls.lineage_page(key),
            key,
            searchable=True,
            sheet=sheet,
            searches_body=self._options.search_bodies,
            newest=newest,
            pinned=pinned,
            charts=charts,
            chart_size=(WIDTH, HEIGHT),
            place_of=place_of,
            older=nearest(older(sheet.version.number, ROWS)),
            older_page=partial(urls.lineage_part, key),
        )

    def lineage_part(self, key: str, part: Part, parts: int, versions: Sequence[Listed]) -> Output:
        """Return a numbered page of a key's older versions.

        Args:
            key: The key.
            part: Which page.
            parts: How many there are.
            versions: Those of this page, oldest first.
        """
        page = partial(urls.lineage_part, key)
        return self._page(
            "part.html",
            page(part.number),
            f"{key} v{part.first}-v{part.last}",
            key=key,
            part=part,
            pager=part_pager(part, parts, urls.lineage_page(key), page),
            versions=versions,
        )

    def card(self, latest: Listed, row: Row) -> str:
        """Return what the list of all artifacts shows of a key.

        Args:
            latest: Its latest version.
            row: What is shown of it.
        """
        address = self._urls.between(LIST, urls.lineage_page(latest.version.header.key))
        return self._renderer.part(
            "card.html",
            latest=latest,
            address=address,
            row=row,
            spark_size=(SPARK_WIDTH, SPARK_HEIGHT),
            **self._common(LIST),
        )

    def keyless(self, newest: Sequence[Listed], count: int) -> Output:
        """Return the page that lists the newest versions without a key.

        Args:
            newest: The last `NEWEST` ones, oldest first.
            count: How many there are.
        """
        return self._page(
            "keyless.html",
            urls.lineage_page(None),
            "Without a key",
            versions=newest,
            pager=None,
            older=nearest(older(count, CARDS)),
            older_page=partial(urls.lineage_part, None),
        )

    def keyless_part(self, part: Part, parts: int, versions: Sequence[Listed]) -> Output:
        """Return a numbered page of older versions without a key.

        Args:
            part: Which page.
            parts: How many there are.
            versions: Those of this page, oldest first.
        """
        page = partial(urls.lineage_part, None)
        return self._page(
            "keyless.html",
            page(part.number),
            "Without a key",
            versions=versions,
            pager=part_pager(part, parts, urls.lineage_page(None), page),
            older=(),
            older_page=page,
        )

    def run(
        self, first: Version, part: Part, parts: int, count: int, versions: Sequence[Listed]
    ) -> Output:
        """Return a page of a flow run.

        Args:
            first: The first version that the run published.
            part: Which page.
            parts: How many there are.
            count: How many versions the run published.
            versions: Those of this page, in the order in which they were published.
        """
        run = first.header.run
        page = partial(urls.run_page, str(run.flow_run))
        return self._page(
            "run.html",
            page(part.number),
            f"Run {urls.run_folder(str(run.flow_run)).rpartition('/')[2]}",
            run=run,
            count=count,
            pager=pager(part.number, parts, page),
            versions=versions,
        )

    def list_part(
        self,
        number: int,
        total: int,
        cards: Sequence[str],
        counts: tuple[int, int],
        problems: Sequence[Problem] = (),
    ) -> Output:
        """Return a page of the list of all artifacts.

        Args:
            number: Counted from 1.
            total: How many pages the list has.
            cards: What `card` gave for the keys of this page.
            counts: Of all keys, and of the versions without one.
            problems: All that is wrong in the store, for the first page.
        """
        path = urls.list_part(number)
        keys, keyless = counts
        return self._page(
            "list.html",
            path,
            "Artifacts",
            ready="\n".join(cards).replace(_BASE, f'href="{self._folder(path, ARTIFACTS)}'),
            number=number,
            total=total,
            pager=pager(number, total, urls.list_part),
            keys=keys,
            keyless=keyless,
            problems=first_problems(problems),
            problem_count=len(problems),
            keys_address=self._folder(path, ARTIFACTS),
            keys_ending="/" if self._options.directory_urls else "/index.html",
        )

    def _page(
        self,
        template: str,
        path: str,
        title: str,
        *,
        searchable: bool = False,
        ready: str = "",
        **context: object,
    ) -> Output:
        content = self._renderer.page(
            template, title, searchable=searchable, ready=ready, **self._common(path), **context
        )
        return Output(path, content)

    def _common(self, path: str) -> dict[str, object]:
        return {
            "link": partial(self._urls.between, path),
            "assets": self._folder(path, ASSETS),
            "paths": urls,
            "hosts": self._hosts,
            "commit_url": self._hosts.commit_url,
            "record_url": self._hosts.record_url,
            "is_safe_link": is_safe_link,
            "is_shown_image": self._is_shown_image,
            "shown_rows": SHOWN_ROWS,
            "libraries": self._options.libraries,
        }

    def _folder(self, path: str, folder: str) -> str:
        """Return the relative address that those of all files in a folder start with."""
        return self._urls.between(path, f"{folder}/x")[:-1]

    def _is_shown_image(self, url: str) -> bool:
        return host_of(url) in self._options.image_hosts

    def _previous_page(self, previous: Listed) -> str:
        header, number = previous.version.header, previous.version.number
        if previous.page:
            return urls.version_page(header)
        if self._options.versions_as_pages < NEWEST:
            return urls.lineage_page(header.key)
        # Always the newest that has no page: it stands where the last numbered page begins.
        return urls.lineage_part(header.key, (number - 1) // ROWS + 1)
