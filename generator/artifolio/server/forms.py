"""How versions look to clients of Prefect 3, and what their artifacts become here.

Prefect knows four types of its own and keeps ``data`` in the form that its page wants: a link is
Markdown, a table is JSON in a text. The forms are those of ``prefect.artifacts`` 3.9.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from artifolio.bodies import (
    Attachment,
    Body,
    Image,
    Link,
    Markdown,
    Progress,
    Table,
    attachment_of,
    plain_data,
)
from artifolio.errors import InvalidValueError, shown
from artifolio.retirement import Retired
from artifolio.tables import to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from artifolio.headers import Header
    from artifolio.records import Record
    from artifolio.values import Value

METADATA_CHARACTERS = 500
"""Of a value in ``metadata_``; Prefect cuts longer ones in just this way."""
FOREIGN = "prefect"
"""The header field of a version whose type is none of ours: ``{"type": …, "json": …}``."""

# Nothing before or behind it, and no bracket in it that would need an escape.
_ONE_LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)\)")
_FENCE = re.compile(r"(`{3,})json\n(.*)\n\1\n?", re.DOTALL)


def to_prefect(record: Record, address: Callable[[Header, Attachment], str]) -> dict[str, Any]:
    """Return a version as Prefect's ``Artifact``.

    Args:
        record: The version.
        address: Gives the address of an attachment.
    """
    header = record.header
    kind, data = _data_of(record, address)
    return {
        "id": str(header.id),
        "created": _time(header.created),
        "updated": _time(header.updated or header.created),
        "key": header.key,
        "type": kind,
        "description": header.description,
        "data": data,
        "metadata_": _metadata_of(header.metadata),
        "flow_run_id": _uuid_text(header.run.flow_run),
        "task_run_id": _uuid_text(header.run.task_run),
    }


def to_collection(latest: Mapping[str, Any], first: Header) -> dict[str, Any]:
    """Return a key as Prefect's ``ArtifactCollection``.

    Args:
        latest: Its latest version, as `to_prefect` gave it.
        first: Its oldest version.
    """
    return {
        **latest,
        "id": str(collection_id(str(first.key))),
        "latest_id": latest["id"],
        "created": _time(first.created),
    }


def collection_id(key: str) -> UUID:
    """Return the id of a key, which is the same on every server."""
    return uuid5(NAMESPACE_URL, f"artifolio:key:{key}")


def from_prefect(kind: str | None, data: Any) -> tuple[Body, dict[str, Value]]:
    """Return what a posted artifact becomes: its body, and more fields of its header.

    Args:
        kind: Its ``type``.
        data: Any JSON.

    Raises:
        InvalidValueError: If it is none that can be kept.
    """
    if kind == "markdown" and isinstance(data, str):
        found = _ONE_LINK.fullmatch(data)
        if found:
            text, url = found[1], found[2]
            return Link(url, text if text and text != url else None), {}
        return Markdown(data), {}
    if kind == "link":
        return _link(data), {}
    if kind == "table":
        return _table(data), {}
    if kind == "progress":
        return Progress(_percent(data)), {}
    if kind == "image" and isinstance(data, str) and data:
        return Image(url=data), {}
    if kind in ("file", "image"):
        raise InvalidValueError("data", f"{kind}: its content goes to /api/v1, see the guide")
    foreign: dict[str, Value] = {"type": kind, "json": not isinstance(data, str)}
    text = data if isinstance(data, str) else _fenced(data)
    return Markdown(text), {FOREIGN: foreign}


def _data_of(
    record: Record, address: Callable[[Header, Attachment], str]
) -> tuple[str | None, Any]:
    body = record.body
    foreign = record.header.extra.get(FOREIGN)
    if isinstance(body, Markdown) and isinstance(foreign, dict):
        kind = foreign.get("type")
        data: Any = body.text
        if foreign.get("json") is True and (found := _FENCE.fullmatch(body.text)):
            try:
                data = json.loads(found[2])
            except ValueError:  # somebody has edited it
                data = body.text
        return kind if isinstance(kind, str) else None, data
    if isinstance(body, Retired):
        return "markdown" if body.type == Link.type else body.type, None
    if isinstance(body, Link):
        return "markdown", f"[{body.text or body.url}]({body.url})"
    if isinstance(body, Markdown):
        return body.type, body.text
    if isinstance(body, Table):
        return body.type, json.dumps(plain_data(body), ensure_ascii=False)
    if isinstance(body, Progress):
        return body.type, body.percent
    if isinstance(body, Image) and body.url is not None:
        return body.type, body.url
    attachment = attachment_of(body)
    if attachment is None:
        return body.type, None
    return body.type, address(record.header, attachment)


def _link(data: Any) -> Link:
    if isinstance(data, str) and data:
        found = _ONE_LINK.fullmatch(data)
        return Link(found[2], found[1] or None) if found else Link(data)
    if isinstance(data, dict):
        return Link.from_data(data)
    raise InvalidValueError("data", "an address is needed, or a mapping of url and text")


def _table(data: Any) -> Table:
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            raise InvalidValueError("data", "a table is JSON in a text, and this is none") from None
    return to_table(data)


def _percent(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        raise InvalidValueError("data", f"a number from 0 to 100 is needed, not {shown(data)}")
    # NaN is in no range; of an integer, 400 digits are no float.
    if not 0 <= data <= 100:
        raise InvalidValueError("data", f"a number from 0 to 100 is needed, not {shown(data)}")
    return float(data) + 0.0


def _fenced(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    ticks = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}json\n{text}\n{fence}\n"


def _metadata_of(metadata: Mapping[str, Value]) -> dict[str, str] | None:
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in metadata.items()
    }
    return {name: _cut(text) for name, text in texts.items()} or None


def _cut(text: str) -> str:
    # Those that it cut itself come back in that length.
    if len(text) <= METADATA_CHARACTERS + len("..."):
        return text
    return f"{text[:METADATA_CHARACTERS]}..."


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _uuid_text(name: str | None) -> str | None:
    """Return a run's id if it is one that Prefect's clients can read."""
    try:
        return str(UUID(name)) if name else None
    except ValueError:
        return None
