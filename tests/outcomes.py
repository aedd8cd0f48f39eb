"""What becomes of the file of a record when it is read, in words that can be compared."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from artifolio.codec import parse_events
from artifolio.errors import Problem, RecordError
from artifolio.headers import Header, parse_header
from artifolio.lines import TERMINATOR, RecordSyntaxError, parse_lines
from artifolio.records import Record, dump_record, parse_record
from samples import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from artifolio.store import Store

REFUSED = "refused"
CHANGED = "changed"
LONGEST_SECONDS = 0.1
_ATTEMPTS = 3


@dataclass(frozen=True)
class Outcome:
    """What a store makes of the file of a record."""

    listed: str
    """`REFUSED`, `CHANGED`, or the header."""
    read: str
    """`REFUSED`, `CHANGED`, or all of the record."""
    seconds: float
    """What both took of the processor, in the thread that did it."""


def shape(record: Record) -> str:
    """Return all of a record but its digests, types included."""
    header = replace(record.header, digest=None, header_sha256=None)
    return repr(replace(record, header=header))


def check_round_trip(record: Record) -> None:
    """Make sure that a record is read by every way as it was published, by value and type."""
    text = dump_record(record)
    found = parse_record(text)
    assert shape(found) == shape(record)
    assert found.intact
    assert dump_record(found) == text
    assert len(set(readings(text))) == 1
    header = parse_header(text[: text.index("\ndata:") + 1])
    assert header is None or repr(header) == repr(found.header)


def outcome_of(store: Store, path: str, content: bytes, *, forgiving: bool = False) -> Outcome:
    """Put a file into a store, list its folder, read it, and take it away.

    Args:
        store: Where to put it; the folder is to hold nothing else.
        path: Where the record belongs.
        content: The file's.
        forgiving: Whether to keep silent about the header where its own hash is not there.
    """
    file = put(store, path, content)
    listed, seconds_to_list = timed(lambda: _listed(store, path, forgiving))
    read, seconds_to_read = timed(lambda: _read(store, path, forgiving))
    file.unlink()
    file.parent.rmdir()
    return Outcome(listed, read, seconds_to_list + seconds_to_read)


def outcomes_for(
    originals: Iterable[Record], *, forgiving: bool = False
) -> tuple[set[str], set[str]]:
    """Return what may be listed, and what may be read, of files that were made of these records.

    That is the whole record, or nothing as if it were good. The hash of the header may be
    missing: records of other hands have none.
    """
    found = [parse_record(dump_record(record)) for record in originals]
    bare = [replace(item, header=replace(item.header, header_sha256=None)) for item in found]
    headers = {_of_header(item.header, forgiving) for item in (*found, *bare)}
    records = {_of_record(item, forgiving) for item in (*found, *bare)}
    return {REFUSED, CHANGED, *headers}, {REFUSED, CHANGED, *records}


def timed(function: Callable[[], str]) -> tuple[str, float]:
    """Return what a function returns, and the seconds that it took of this thread's processor."""
    # The best of a few: the collector of garbage may be at work on the tests' own.
    best = math.inf
    for _ in range(_ATTEMPTS):
        start = time.thread_time()
        found = function()
        best = min(best, time.thread_time() - start)
        if best < LONGEST_SECONDS:
            break
    return found, best


def readings(text: str) -> list[str]:
    """Return what each reader of a whole file makes of it, types included.

    The quick one is left out where it leaves the text to the others.
    """
    quick = by_quick_reader(text)
    return [
        by_pyyaml(text, yaml.SafeLoader),
        by_pyyaml(text),
        by_events(text),
        *([quick] if quick != REFUSED else []),
    ]


def by_quick_reader(text: str) -> str:
    """Return what the reader of artifolio's own text makes of a file, types included."""
    fields = parse_lines(text.removesuffix(TERMINATOR))
    return REFUSED if fields is None else repr(fields)


def by_events(text: str) -> str:
    """Return what the reader of YAML makes of a file, types included."""
    try:
        return repr(parse_events(text))
    except RecordSyntaxError:
        return REFUSED


def by_pyyaml(text: str, loader: Any = yaml.CSafeLoader) -> str:
    """Return what PyYAML makes of a file, types included."""
    try:
        return repr(yaml.load(text, Loader=loader))
    except (yaml.YAMLError, ValueError):
        return REFUSED


def _listed(store: Store, path: str, forgiving: bool) -> str:
    scan = store.scan(path.partition("/")[0])
    for problem in scan.problems:
        _check(problem, path)
    if not scan.entries:
        assert scan.problems, "it is hidden"
        return REFUSED
    (entry,) = scan.entries
    return CHANGED if scan.problems else _of_header(entry.header, forgiving)


def _read(store: Store, path: str, forgiving: bool) -> str:
    try:
        record = store.read(path)
    except RecordError as error:
        _check(Problem(error.path, error.reason), path)
        return REFUSED
    return _of_record(record, forgiving) if record.intact else CHANGED


def _check(problem: Problem, path: str) -> None:
    assert problem.path == path
    assert problem.reason
    assert str(problem).isprintable()


def _of_header(header: Header, forgiving: bool) -> str:
    if header.header_sha256 is not None:
        return repr(header)
    # The digest stands beside the hash that is lost; only reading the body tells if it is wrong.
    return "no hash" if forgiving else repr(replace(header, digest=None))


def _of_record(record: Record, forgiving: bool) -> str:
    if forgiving and record.header.header_sha256 is None:
        # The data are those of which this is the digest; what type they are taken for stands in
        # the header, which nothing covers any more.
        return str(record.header.digest)
    return repr(record)
