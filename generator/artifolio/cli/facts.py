"""What is said of a version in words, on a terminal and in a pipe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from artifolio.bodies import File, Image, Link, Markdown, Progress, Table, attachment_of
from artifolio.cli import words
from artifolio.keys import format_time, now
from artifolio.retirement import Retired

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from artifolio.bodies import Body
    from artifolio.catalog import Version
    from artifolio.headers import Header
    from artifolio.records import Record

CHANGED = "changed after it was published"


def body_lines(body: Body) -> list[str]:
    """Return what a body says, but for a table: texts that may hold anything."""
    if isinstance(body, Table):
        return []
    if isinstance(body, Markdown):
        return [body.text.removesuffix("\n")]
    if isinstance(body, Link):
        return [body.text, body.url] if body.text else [body.url]
    if isinstance(body, Retired):
        gone = body.retirement
        day = gone.at.date().isoformat()
        return [f"Retention removed the body on {day}: {words.size(gone.size)}."]
    if isinstance(body, Progress):
        return [f"{body.percent:g}%"]
    lines = []
    if isinstance(body, File) and body.name:
        lines.append(body.name)
    if isinstance(body, Image):
        lines += [text for text in (body.alt, body.url) if text]
    attachment = attachment_of(body)
    if attachment:
        lines += [f"{attachment.media_type}, {words.size(attachment.size)}"]
    return lines


def title_of(version: Version, versions: int) -> str:
    """Return what a version is called: its key, its place and its type."""
    if version.header.key is None:
        return f"no key · {version.header.type}"
    latest = " · latest" if version.number == versions else ""
    place = f"v{version.number} of {versions}{latest}"
    pins = "".join(f" · {name}" for name in version.pins)
    return f"{version.header.key} · {place}{pins} · {version.header.type}"


def facts_of(
    version: Version, record: Record, artifacts: Path, *, relative: bool
) -> list[tuple[str, str]]:
    """Return what is known of a version besides its body: names and texts, in order.

    Args:
        version: The version.
        record: Its record.
        artifacts: The folder of records.
        relative: Whether times tell how long ago they are.
    """
    header = version.header
    folder = artifacts / version.entry.folder
    attachment = attachment_of(record.body)
    facts = {
        "created": _time(header.created, relative),
        "updated": _time(header.updated, relative) if header.updated else None,
        "id": str(header.id),
        "run": " / ".join(filter(None, (header.run.flow, header.run.flow_run_name))),
        "flow run": header.run.flow_run,
        "task": header.run.task,
        "task run": header.run.task_run,
        "commit": _commit(header),
        "tags": ", ".join(header.tags),
        "metadata": words.to_json(dict(header.metadata)) if header.metadata else None,
        "path": _from_here(artifacts / version.entry.path),
        "file": _from_here(folder / attachment.name) if attachment else None,
        "sha256": attachment.sha256 if attachment else None,
        "digest": None if record.intact else CHANGED,
    }
    attached = [
        ("image", f"{path}, {words.size(image.size)}, {_from_here(folder / image.name)}")
        for path, image in record.images.items()
    ]
    return [*((name, text) for name, text in facts.items() if text), *attached]


def _time(moment: datetime, relative: bool) -> str:
    if not relative:
        return format_time(moment)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({words.ago(moment, now())})"


def _commit(header: Header) -> str | None:
    code = header.code
    if code.commit is None:
        return None
    branch = f" on {code.branch}" if code.branch else ""
    return f"{code.commit}{branch}" + (", with uncommitted changes" if code.dirty else "")


def _from_here(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return str(path)
