"""A server that has the folder of records, for programs that publish and read without one."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from artifolio.errors import (
    ArtifolioError,
    InvalidValueError,
    NotFoundError,
    ServerError,
    printable,
)
from artifolio.headers import SUFFIX
from artifolio.keys import check_key, folder_for, format_time, parse_time, stem_for
from artifolio.places import Placed
from artifolio.recordfiles import decoded
from artifolio.records import parse_record
from artifolio.store import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from artifolio.messenger import Answer, Messenger
    from artifolio.records import Record
    from artifolio.updates import Update

SENT_BYTES = 64 * 1024 * 1024
"""Of all files of a version that is sent to a server, at most."""

_PAGE = 100
_WAYS_OUT = {
    401: "set ARTIFOLIO_TOKEN to the one that the server shows when it starts",
    404: "see whether ARTIFOLIO_API_URL is the address of a server of artifolio, as new as this",
    413: "what stands in front of the server may have a limit of its own",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """Some of the versions of a key."""

    versions: list[Placed]
    following: str | None
    """What the next page is asked for by, where there is one."""


class Remote:
    """The records of a server.

    Args:
        messenger: Brings requests to it.
    """

    root: Path | None = None
    """Its folder is not on this machine, as far as anybody knows."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self.name = messenger.url

    def add(self, record: Record, contents: Sequence[bytes]) -> None:
        """Send a version, as it is to be stored.

        The same may come twice: by its id the server knows that it has it.

        Raises:
            InvalidValueError: If it is too long to be sent.
            ServerError: If the server does not take it, or not in time.
        """
        text = text_of(record).decode()
        size = sum(map(len, contents))
        if size > SENT_BYTES:
            raise InvalidValueError(
                record.header.type,
                f"{size} bytes are over the {SENT_BYTES} that are sent to a server; publish a link "
                "to them, or publish them where the repository is",
            )
        files = [
            {"name": attachment.name, "content": base64.b64encode(content).decode()}
            for attachment, content in zip(record.attachments, contents, strict=True)
        ]
        version_id = record.header.id
        self._put(version_id, "", {"record": text, "attachments": files})

    def mover(self, version_id: UUID) -> Callable[[Update], None]:
        """Return what sends how far a progress version has come."""

        def send(update: Update) -> None:
            fields = {"percent": update.percent, "updated": format_time(update.moment)}
            if update.description:
                fields["description"] = update.description
            self._put(version_id, "/progress", fields)

        return send

    def lineage(self, key: str) -> list[Placed]:
        """Ask for all versions of a key, newest first."""
        found: list[Placed] = []
        cursor = ""
        while True:
            page = self._page(key, f"?limit={_PAGE}{cursor}")
            found += page.versions
            if page.following is None:
                return found
            cursor = f"&cursor={quote(page.following, safe='')}"

    def latest(self, key: str) -> Placed | None:
        """Ask for the latest version of a key."""
        return next(iter(self._page(key, "?limit=1").versions), None)

    def named(self, key: str, name: str) -> Placed | None:
        """Ask for the version of a key that goes by a name."""
        path = f"/v1/artifacts/{quote(key)}/versions/{quote(name, safe='')}"
        answer = self._messenger.send("GET", path)
        told = answer.data()
        if answer.status == 404 and isinstance(told, dict) and key in str(told.get("detail")):
            return None
        if answer.status != 200:
            raise self._refused(answer)
        return self._placed(answer, told)

    def find(self, version_id: UUID) -> Placed:
        """Ask for a version by its id."""
        answer = self._messenger.send("GET", f"/v1/versions/{version_id}")
        if answer.status != 200:
            raise self._refused(answer, version_id)
        return self._placed(answer, answer.data())

    def read(self, placed: Placed) -> Record:
        """Ask for a version's record.

        Raises:
            RecordError: If it is not one that can be read.
            ServerError: If the server does not give it.
        """
        answer = self._messenger.send("GET", f"/v1/versions/{placed.id}/record")
        if answer.status != 200:
            raise self._refused(answer, placed.id)
        return parse_record(decoded(placed.path, answer.content), placed.path)

    def _page(self, key: str, query: str) -> _Page:
        answer = self._messenger.send("GET", f"/v1/artifacts/{quote(key)}/versions{query}")
        told = answer.data()
        if not isinstance(told, dict):
            raise self._strange(answer)
        if answer.status == 404 and key in str(told.get("detail")):
            return _Page([], None)
        items, following = told.get("items"), told.get("next")
        if answer.status != 200:
            raise self._refused(answer)
        if not isinstance(items, list) or not isinstance(following, (str, type(None))):
            raise self._strange(answer)
        return _Page([self._placed(answer, item) for item in items], following)

    def _placed(self, answer: Answer, fields: Any) -> Placed:
        """Read what the server tells of a version."""
        try:
            version_id, key = UUID(fields["id"]), fields.get("key")
            stem = stem_for(parse_time(fields["created"]), version_id)
            folder = folder_for(None if key is None else check_key(key))
            return Placed(version_id, f"{folder}/{stem}{SUFFIX}", int(fields["version"]))
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
            raise self._strange(answer) from None

    def _put(self, version_id: UUID, what: str, fields: Mapping[str, Any]) -> None:
        content = json.dumps(fields, ensure_ascii=False).encode()
        answer = self._messenger.send("PUT", f"/v1/versions/{version_id}{what}", content)
        if answer.status not in (200, 201):
            raise self._refused(answer, version_id)
        told = answer.data()
        # Anything may answer 200: what logs people into a network, for one.
        if not isinstance(told, dict) or told.get("id") != str(version_id):
            raise self._strange(answer)

    def _refused(self, answer: Answer, version_id: UUID | None = None) -> ArtifolioError:
        told = answer.data()
        detail = told.get("detail") if isinstance(told, dict) else None
        if not isinstance(detail, str):
            return self._strange(answer)
        if answer.status == 404 and version_id is not None and str(version_id) in detail:
            return NotFoundError(f"version {version_id}", f"{self.name} has none of that id")
        reason = f"{answer.status}, {printable(detail[:500])}"
        return ServerError(self.name, reason, _WAYS_OUT.get(answer.status, ""))

    def _strange(self, answer: Answer) -> ServerError:
        reason = f"it answers {answer.status}, and not as a server of artifolio does"
        return ServerError(self.name, reason, _WAYS_OUT.get(answer.status, _WAYS_OUT[404]))
