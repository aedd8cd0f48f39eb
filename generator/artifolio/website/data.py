"""Versions as data files, for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from artifolio.bodies import plain_data
from artifolio.formulas import harmless
from artifolio.headers import header_fields

if TYPE_CHECKING:
    from artifolio.bodies import Table
    from artifolio.catalog import Version
    from artifolio.records import Record
    from artifolio.values import Value


def version_json(version: Version, record: Record) -> bytes:
    """Return a version as one JSON object: the fields of its record and its place."""
    fields: dict[str, Value] = {
        "version": version.number,
        **header_fields(version.header),
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
