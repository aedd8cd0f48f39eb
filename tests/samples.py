"""Records with fixed times and ids, to test with."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

from artifolio.bodies import (
    Attachment,
    Body,
    Column,
    File,
    Image,
    Link,
    Markdown,
    MarkdownImage,
    Progress,
    Table,
    attachment_of,
)
from artifolio.entries import Entry
from artifolio.keys import stem_for
from artifolio.lines import TERMINATOR, dump_fields
from artifolio.origins import Code, Run
from artifolio.records import Record, dump_record, new_header, retire
from artifolio.trends import figures_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from artifolio.store import Store

NOON = datetime(2026, 8, 1, 12, 0, 0, 123_000, tzinfo=timezone.utc)
PNG = b"\x89PNG\r\n\x1a\n and the rest of it"


def make_id(number: int) -> UUID:
    """Return an id of version 7 that grows with the number."""
    return UUID(int=(0x019AB0D6_6F3B_7C1E_9D7A << 48) + number)


def make_record(
    body: Body | None = None,
    key: str | None = "loss",
    number: int = 1,
    created: datetime | None = None,
    **fields: Any,
) -> Record:
    """Return a version; its number makes its id, and its time where that is left out."""
    moment = created or NOON + timedelta(minutes=number)
    body = _named(body or Markdown("It fell.\n"), stem_for(moment, make_id(number)))
    header = new_header(body, id=make_id(number), key=key, created=moment, **fields)
    return Record(header, body)


def make_attachment(content: bytes = PNG, ending: str = "png") -> Attachment:
    """Return an attachment that `make_record` names after its record."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Attachment(ending, "image/png", len(content), sha256)


def make_illustrated(text: str = "![The loss](plots/loss.png)\n", **contents: bytes) -> Markdown:
    """Return a text with PNGs; the names of their contents are those of files in ``plots/``."""
    contents = contents or {"loss": PNG}
    images = [
        MarkdownImage(
            f"plots/{name}.png",
            f"{number}.png",
            "image/png",
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
        for number, (name, content) in enumerate(contents.items(), 1)
    ]
    return Markdown(text, tuple(images))


def one_of_each_type() -> list[Record]:
    """Return seven versions with all their fields: one of each type, two images."""
    bodies: list[Body] = [
        Link("https://example.org/ä?b=c", "the data"),
        Markdown("# Sales\n\nUp by *4 %*.\n\n- north: 3\n...\n---\n"),
        Table(
            (Column("city", "string"), Column("loss", "number"), Column("ok", "boolean")),
            (("Bonn", 0.5, True), ("Köln 😀", 1e-7, None), ("", -0.0, False)),
        ),
        Image(attachment=make_attachment(), alt="The loss falls"),
        Image(url="https://example.org/plot.png"),
        File(make_attachment(b"PK", "zip"), "model.zip"),
        Progress(40.0),
    ]
    return [
        make_record(
            body,
            f"sample-{body.type}",
            number,
            description="One line\nand another\n",
            tags=("churn", "two words"),
            metadata={"model": "v3", "depth": {"a": [1, None]}},
            run=Run("churn", "f-1", "brave-otter", "score", "t-1"),
            code=Code("9fceb02d", "main", False, "https://example.org/r.git"),
        )
        for number, body in enumerate(bodies, 1)
    ]


def bodies_with(content: bytes) -> list[Body]:
    """Return bodies of all types; those with an attachment have this one."""
    whole = [record.body for record in one_of_each_type() if attachment_of(record.body) is None]
    attachment = make_attachment(content)
    return [*whole, Image(attachment=attachment, alt="It falls"), File(attachment, "model.png")]


def put(store: Store, path: str, content: str | bytes) -> Path:
    """Write a file into a store as somebody with an editor would."""
    target = store.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


def put_record(store: Store, record: Record, path: str | None = None) -> Path:
    """Write a record's text into a store, at its own place or another."""
    return put(store, path or record.header.path, dump_record(record))


def put_retired(store: Store, record: Record, *contents: bytes) -> Path:
    """Add a version to a store, and remove its body as retention does, a day after noon."""
    store.add(record, *contents)
    return retire_in(store, record.header.path)


def retire_in(store: Store, path: str, at: datetime = NOON + timedelta(days=1)) -> Path:
    """Remove the body of a version that is there."""
    whole = store.read(path)
    figures = figures_of(whole.header, whole.body)
    store.retire(Entry(whole.header, path), retire(whole, at, figures))
    return store.root / path


def ticking(start: datetime = NOON, step: timedelta = timedelta(seconds=1)) -> Callable[[], Any]:
    """Return a clock that moves by a step each time it is asked."""
    moment = start - step

    def clock() -> datetime:
        nonlocal moment
        moment += step
        return moment

    return clock


def numbered_ids() -> Callable[[], UUID]:
    """Return an id maker that counts from 1."""
    number = 0

    def make() -> UUID:
        nonlocal number
        number += 1
        return make_id(number)

    return make


def _named(body: Body, stem: str) -> Body:
    if isinstance(body, (Image, File)) and body.attachment is not None:
        attachment = replace(body.attachment, name=f"{stem}.{body.attachment.name}")
        return replace(body, attachment=attachment)
    return body


def text_of(fields: dict[str, Any]) -> str:
    """Return fields as the text of a whole file."""
    return dump_fields(fields) + TERMINATOR
