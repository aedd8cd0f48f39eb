"""Our own API for those who read: artifacts, their versions, and what changed between them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.responses import Response

from artifolio.comparisons import comparison_json
from artifolio.diffs import diff_records
from artifolio.errors import NotFoundError, RecordError, shown
from artifolio.server import readingschemas as schemas
from artifolio.server.keeping import Kept
from artifolio.server.listing import NEWEST, Page, Search, page_of_keys, page_of_versions
from artifolio.server.operations import Operation, Part
from artifolio.server.problems import problem_for, problems
from artifolio.server.sending import send_attachment, send_record
from artifolio.server.texts import Bodies
from artifolio.trends import as_json, figures_of, series_of
from artifolio.versionnames import version_named
from artifolio.website.codechange import code_json, find_code_change
from artifolio.website.data import version_json
from artifolio.website.hosts import Hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from artifolio.catalog import Lineage, Version
    from artifolio.deltas import Number
    from artifolio.server.library import Library
    from artifolio.server.operations import Answer, Call, Parameter
    from artifolio.values import Value

SCHEMA = "/artifacts/_assets/schema/version-1.json"
"""Where the site has the schema of a version."""

KEPT_FIGURES = 500_000
"""Numbers of versions that are kept for the next request."""

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NONE = problems(status_404="There is no such artifact or version.")
_UNREADABLE = problems(status_409="The record cannot be read.")
_WRONG = problems(status_422="A parameter is wrong, or unknown.")
_SEVERAL = problems(status_409="The start of an id is that of several, or a record is unreadable.")


class ReadingApi:
    """The routes below ``/api/v1`` that change nothing.

    Args:
        library: What there is.
        hosts: Knows the pages of git hosts.
    """

    def __init__(self, library: Library, hosts: Hosts | None = None) -> None:
        self._library = library
        self._hosts = hosts or Hosts({})
        self._bodies = Bodies(library.read)
        self._figures: Kept[Mapping[str, Number]] = Kept(
            KEPT_FIGURES, lambda figures: 1 + len(figures)
        )

    def part(self) -> Part:
        """Return what it adds to the API."""
        return Part("Artifacts", schemas.ABOUT, self._operations(), problem_for, schemas.SCHEMAS)

    def _operations(self) -> list[Operation]:
        page = schemas.page("VersionHead")
        return [
            _get("artifacts", self.artifacts, "list_artifacts", page, schemas.OF_ARTIFACTS,
                 told=schemas.ON_LISTS),
            _get("artifacts/{key}", self.artifact, "read_artifact", schemas.ARTIFACT,
                 errors=_NONE | _UNREADABLE),
            _get("artifacts/{key}/versions", self.lineage, "list_lineage", page,
                 schemas.OF_LINEAGE, errors=_NONE),
            _get("artifacts/{key}/versions/{version}", self.named, "read_named_version",
                 schemas.VERSION, errors=_NONE | _SEVERAL),
            _get("artifacts/{key}/diff", self.diff, "diff_versions", schemas.DIFF,
                 schemas.OF_DIFF, errors=_NONE | _SEVERAL),
            _get("artifacts/{key}/trend", self.trend, "read_trend", schemas.TREND, errors=_NONE),
            _get("versions", self.versions, "list_versions", page, schemas.OF_VERSIONS),
            _get("versions/{id}", self.version, "read_version", schemas.VERSION,
                 errors=_NONE | _UNREADABLE),
            _get("versions/{id}/record", self.record, "read_record", schemas.RECORD,
                 errors=_NONE | _UNREADABLE),
            _get("versions/{id}/attachments/{name}", self.attachment, "read_attachment",
                 schemas.CONTENT, errors={304: schemas.SAME} | _NONE | _UNREADABLE),
            _get("search", self.search, "search", schemas.page("FoundVersion"),
                 schemas.OF_SEARCH),
        ]  # fmt: skip

    def artifacts(self, call: Call) -> Response:
        """List the latest version of each key."""
        search = Search(call.query, call.query["in"], self._bodies)
        lineages = self._library.lineages()
        newest = max((lineage.entries[-1].order for lineage in lineages.values()), default="")
        return _page(page_of_keys(lineages, newest, call.query, search), _heads(lineages))

    def artifact(self, call: Call) -> Response:
        """Show an artifact with its latest version in full."""
        lineage = self._lineage(call)
        names = {entry.id: number for number, entry in enumerate(lineage.entries, 1)}
        head: dict[str, Value] = {
            "key": lineage.key,
            "versions": len(lineage),
            "first_created": lineage.entries[0].order[:24],
            "pins": [
                {"name": pin.name, "version": names[pin.version], "id": pin.version}
                for pin in lineage.pins
            ],
        }
        latest = self._whole(lineage.latest).decode()
        return _json(f'{json.dumps(head)[:-1]}, "latest": {latest}}}'.encode())

    def lineage(self, call: Call) -> Response:
        """List the versions of a key."""
        lineage = self._lineage(call)
        search = Search(call.query, call.query["in"], self._bodies)
        key = str(lineage.key)
        page = page_of_versions(lineage.versions, key, call.query, search)
        return _page(page, _heads({key: lineage}))

    def named(self, call: Call) -> Response:
        """Show the version of a key that goes by a number, a name or an id."""
        return _json(self._whole(version_named(self._lineage(call), call.path("version"))))

    def diff(self, call: Call) -> Response:
        """Tell what changed from one version of a key to another."""
        lineage = self._lineage(call)
        if len(lineage) == 1 and call.query["from"] == schemas.BEFORE_LATEST:
            raise NotFoundError(f"another version of {shown(lineage.key)}")
        old, new = (version_named(lineage, call.query[side]) for side in ("from", "to"))
        records = [self._library.read(version) for version in (old, new)]
        found = diff_records(records[0], records[1], (f"v{old.number}", f"v{new.number}"))
        fields = comparison_json(old, new, found)
        code = find_code_change(self._library.store.root, old, new, self._hosts)
        if code is not None:
            fields["code"] = code_json(code)
        return _json(_dumped(fields))

    def trend(self, call: Call) -> Response:
        """Show how the numbers of a key went from version to version."""
        found = []
        for version in self._lineage(call).versions:
            try:
                found.append((version, self._figures_of(version)))
            except RecordError:  # the page of problems tells of it
                continue
        series = series_of([(it.number, it.header.created, figures) for it, figures in found])
        ids = {version.number: version.entry.id for version, _ in found}
        return _json(_dumped([as_json(one, ids) for one in series]))

    def versions(self, call: Call) -> Response:
        """List versions of all keys, and those without one."""
        search = Search(call.query, call.query["in"], self._bodies)
        page = page_of_versions(self._library.versions(), "versions", call.query, search)
        return _page(page, _heads(self._library.lineages()))

    def version(self, call: Call) -> Response:
        """Show a version in full."""
        return _json(self._whole(self._version(call)))

    def record(self, call: Call) -> Response:
        """Give a version's record as it is stored: YAML."""
        return send_record(self._library.store, self._version(call))

    def attachment(self, call: Call) -> Response:
        """Give a file that is attached to a version."""
        version = self._version(call)
        for attachment in self._library.read(version).attachments:
            if attachment.name == call.path("name"):
                return send_attachment(
                    self._library.store, version, attachment, call.request.headers
                )
        raise NotFoundError(f"attachment {shown(call.path('name'))}")

    def search(self, call: Call) -> Response:
        """Search for words, and tell where they are."""
        search = Search(call.query, call.query["in"], self._bodies)
        query = {**call.query, "sort": NEWEST}
        lineages = self._library.lineages()
        if call.query["versions"] == "all":
            page = page_of_versions(self._library.versions(), "search", query, search)
        else:
            newest = max((it.entries[-1].order for it in lineages.values()), default="")
            page = page_of_keys(lineages, newest, query, search)
        head = _heads(lineages)
        return _page(page, lambda it: {**head(it), "matches": dict(search.excerpts(it))})

    def _whole(self, version: Version) -> bytes:
        return version_json(version, self._library.read(version), SCHEMA)

    def _lineage(self, call: Call) -> Lineage:
        lineage = self._library.lineages().get(call.path("key"))
        if lineage is None:
            raise NotFoundError(f"artifact {shown(call.path('key'))}")
        return lineage

    def _version(self, call: Call) -> Version:
        name = call.path("id")
        if not _ID.fullmatch(name):
            raise NotFoundError(f"version {shown(name)}")
        return self._library.find(UUID(name))

    def _figures_of(self, version: Version) -> Mapping[str, Number]:
        header = version.header
        place = (version.entry.path, header.digest, header.header_sha256, header.updated)
        found = self._figures.get(place)
        if found is None:
            record = self._library.read(version)
            found = figures_of(record.header, record.body)
            self._figures.put(place, found)
        return found


def _get(
    path: str,
    answer: Callable[[Call], Response],
    name: str,
    found: Answer,
    parameters: tuple[Parameter, ...] = (),
    *,
    errors: Mapping[int, Answer] | None = None,
    told: str = "",
) -> Operation:
    """Return an operation that reads; what it does is what its function says."""
    return Operation(
        "GET",
        f"/v1/{path}",
        answer,
        name,
        (answer.__doc__ or "").strip(),
        {200: found, **_WRONG, **(errors or {})},
        (*parameters, *schemas.in_path(path)),
        description=told,
    )


def _heads(lineages: Mapping[str, Lineage]) -> Callable[[Version], dict[str, Value]]:
    """Return what shows a version in a list.

    Args:
        lineages: Of the keys that may be in it, as they are at one moment.
    """

    def show(version: Version) -> dict[str, Value]:
        lineage = lineages.get(version.header.key or "")
        return schemas.head_json(version, len(lineage) if lineage else 1)

    return show


def _page(page: Page, show: Callable[[Version], dict[str, Value]]) -> Response:
    return _json(_dumped({"items": [show(it) for it in page.versions], "next": page.next}))


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")


def _dumped(value: Value) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
