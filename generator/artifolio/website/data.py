"""Versions as data files, for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from artifolio.bodies import Markdown, Table, plain_data
from artifolio.formulas import harmless
from artifolio.headers import header_fields
from artifolio.website.sync import Output
from artifolio.website.urls import data_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifolio.catalog import Version
    from artifolio.records import Record
    from artifolio.values import Value
    from artifolio.website.sheets import Sheet

# Seen from the folder of a key, in which all versions lie.
_SCHEMA = "../_assets/schema/version-1.json"
# A record of a newer artifolio may have fields of these names, which mean something else.
_OWN = frozenset(["$schema", "version", "pins", "intact", "data"])


def data_outputs(sheet: Sheet) -> Iterator[Output]:
    """Give the data files of a version."""
    record, header = sheet.record, sheet.version.header
    if record is None:
        return
    yield Output(data_file(header, "json"), version_json(sheet.version, record))
    if isinstance(record.body, Table):
        yield Output(data_file(header, "csv"), version_csv(record.body))
    elif isinstance(record.body, Markdown):
        # Not as .md, which would become a page.
        yield Output(data_file(header, "txt"), record.body.text.encode())


def version_json(version: Version, record: Record, schema: str = _SCHEMA) -> bytes:
    """Return a version as one JSON object: the fields of its record and its place.

    Args:
        version: The version.
        record: The same, read whole.
        schema: Where its schema is, seen from where this is.
    """
    header = header_fields(version.header)
    fields: dict[str, Value] = {
        "$schema": schema,
        "version": version.number,
        **({"pins": list(version.pins)} if version.pins else {}),
        **{name: value for name, value in header.items() if name not in _OWN},
        **({} if record.intact else {"intact": False}),
        "data": plain_data(record.body),
    }
    return (json.dumps(fields, ensure_ascii=False, indent=1) + "\n").encode()


def version_csv(table: Table) -> bytes:
    """Return a table as CSV (RFC 4180) that no spreadsheet takes for formulas.

    Text that could be one gets an apostrophe in front; numbers stay as they are. Null is an
    empty cell; lists and mappings are JSON; NUL becomes U+FFFD.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(column.name) for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue().encode()


def _csv_cell(value: Value) -> object:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return value
