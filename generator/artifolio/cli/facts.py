"""What is said of a version in words, on a terminal and in a pipe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from artifolio.bodies import File, Image, Link, Markdown, Progress, Table, attachment_of
from artifolio.cli import output
from artifolio.keys import format_time, now

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from artifolio.bodies import Body
    from artifolio.catalog import Version
    from artifolio.headers import Header
    from artifolio.records import Record

CHANGED = "changed after it was published"


def write_versions(
    records: Iterable[tuple[Version, Record]], versions: int, artifacts: Path
) -> None:
    """Write versions one below the other: laid out on a terminal, as plain lines in a pipe.

    Args:
        records: Each version with its record.
        versions: How many versions their lineage has.
        artifacts: The folder of records.
    """
    for index, (version, record) in enumerate(records):
        title = _title(version, versions)
        facts = _facts(version, record, artifacts)
        if output.is_terminal():
            from artifolio.cli.terminal import show_version  # only here: a pipe needs no rich

            show_version(title, facts, version.header.description, record.body)
        else:
            output.write_text("\n" if index else "")
            _write_plain(title, facts, version.header.description, record.body)


def body_lines(body: Body) -> list[str]:
    """Return what a body says, but for a table: texts that may hold anything."""
    if isinstance(body, Table):
        return []
    if isinstance(body, Markdown):
        return [body.text.removesuffix("\n")]
    if isinstance(body, Link):
        return [body.text, body.url] if body.text else [body.url]
    if isinstance(body, Progress):
        return [f"{body.percent:g}%"]
    lines = []
    if isinstance(body, File) and body.name:
        lines.append(body.name)
    if isinstance(body, Image):
        lines += [text for text in (body.alt, body.url) if text]
    attachment = attachment_of(body)
    if attachment:
        lines += [f"{attachment.media_type}, {_size(attachment.size)}"]
    return lines


def _write_plain(
    title: str, facts: Iterable[tuple[str, str]], description: str | None, body: Body
) -> None:
    output.write_text(f"{output.clean(title)}\n")
    for name, text in facts:
        output.write_text(f"{name}: {output.clean(text)}\n")
    if description:
        output.write_text("\n" + output.clean_lines(description.rstrip("\n")) + "\n")
    output.write_text("\n")
    if isinstance(body, Table):
        output.write_tsv([column.name for column in body.columns], body.rows)
    for line in body_lines(body):
        output.write_text(output.clean_lines(line) + "\n")


def _title(version: Version, versions: int) -> str:
    if version.header.key is None:
        return f"no key · {version.header.type}"
    latest = " · latest" if version.number == versions else ""
    place = f"v{version.number} of {versions}{latest}"
    return f"{version.header.key} · {place} · {version.header.type}"


def _facts(version: Version, record: Record, artifacts: Path) -> list[tuple[str, str]]:
    header = version.header
    folder = artifacts / version.entry.folder
    attachment = attachment_of(record.body)
    facts = {
        "created": _time(header.created),
        "updated": _time(header.updated) if header.updated else None,
        "id": str(header.id),
        "run": " / ".join(filter(None, (header.run.flow, header.run.flow_run_name))),
        "flow run": header.run.flow_run,
        "task": header.run.task,
        "task run": header.run.task_run,
        "commit": _commit(header),
        "tags": ", ".join(header.tags),
        "metadata": output.to_json(dict(header.metadata)) if header.metadata else None,
        "path": _from_here(artifacts / version.entry.path),
        "file": _from_here(folder / attachment.name) if attachment else None,
        "sha256": attachment.sha256 if attachment else None,
        "digest": None if record.intact else CHANGED,
    }
    return [(name, text) for name, text in facts.items() if text]


def _time(moment: datetime) -> str:
    if not output.is_terminal():
        return format_time(moment)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({output.ago(moment, now())})"


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


def _size(count: int) -> str:
    """Return a number of bytes for people, as ``1.4 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return output.counted(count, "byte")
