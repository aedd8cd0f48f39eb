"""Prefect's filters and sorts of artifacts: what they ask for, and which versions that are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.server.checks import (
    Fault,
    Reader,
    RequestError,
    boolean,
    integer,
    list_of,
    one_of,
    text,
    uuid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from artifolio.server.facts import Facts

SORTS = ("CREATED_DESC", "UPDATED_DESC", "ID_DESC", "KEY_DESC", "KEY_ASC")
LIMIT = 200
"""Versions in one answer at most, and where nothing else is asked for."""
_LARGEST_OFFSET = 2**63 - 1
_LIKE_FLAGS = re.IGNORECASE | re.DOTALL
# No key is longer, even where each of its characters stands between two wildcards.
_LIKE_CHARACTERS = 400
_SLICE = ("limit", "sort", "offset")
# Filters for runs and flows, of which records hold ids and names.
_FOREIGN = ("flow_runs", "task_runs", "flows", "deployments")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of versions, or of keys."""

    matches: Callable[[Facts], bool]
    sort: str = "ID_DESC"
    limit: int = LIMIT
    offset: int = 0
    is_all: bool = False
    """Whether every version matches."""


def parse_query(body: Any, *, latest: bool, counts: bool = False) -> Query:
    """Return what a request to ``/filter`` or ``/count`` asks for.

    Args:
        body: Its JSON.
        latest: Whether keys are asked for instead of versions.
        counts: Whether only their number is.

    Raises:
        RequestError: If it is none that Prefect's server takes.
    """
    faults: list[Fault] = []
    if not isinstance(body, dict):
        names = [*([] if counts else _SLICE), "artifacts", *_FOREIGN]
        missing = [Fault("missing", ("body", name), "Field required", None) for name in names]
        raise RequestError(missing, body)
    # What they mean nothing to, they may be anything for.
    slicing = Reader({} if counts else body, faults, ("body",))
    limit = slicing.read("limit", integer, LIMIT)
    sort = slicing.read("sort", one_of(*SORTS), "ID_DESC")
    offset = slicing.read("offset", integer, 0)
    reader = Reader(body, faults, ("body",))
    if offset < 0:
        message = "Input should be greater than or equal to 0"
        faults.append(Fault("greater_than_equal", ("body", "offset"), message, offset))
    if offset > _LARGEST_OFFSET:
        message = "Input should be a 64-bit integer"
        faults.append(Fault("int_parsing_size", ("body", "offset"), message, offset))
    inner = reader.inner("artifacts")
    tests = _foreign(reader)
    if inner is not None:
        asked, is_any = _tests(inner, latest=latest)
        if asked:
            tests.append(_joined(asked, is_any=is_any))
    if faults:
        raise RequestError(faults, body)
    if not counts and not 0 <= limit <= LIMIT:
        raise LimitError(limit)
    return Query(_joined(tests), sort, limit, offset, is_all=not tests)


class LimitError(RequestError):
    """A limit out of bounds, which Prefect's server refuses in words of its own."""

    def __init__(self, limit: int) -> None:
        super().__init__([])
        bound = f"less than or equal to {LIMIT}" if limit > LIMIT else "greater than or equal to 0"
        self.detail = f"Invalid limit: must be {bound}."

    def to_data(self) -> dict[str, Any]:
        """Return what is answered."""
        return {"detail": self.detail}


def _tests(reader: Reader, *, latest: bool) -> tuple[list[Callable[[Facts], bool]], bool]:
    is_any = reader.read("operator", one_of("and_", "or_"), "and_", may_be_null=False) == "or_"
    tests: list[Callable[[Facts], bool]] = []
    ids = _members(reader, "latest_id" if latest else "id", uuid)
    if ids is not None:
        tests.append(lambda facts: facts.id in ids)
    for name in ("flow_run_id", "task_run_id"):
        runs = _members(reader, name, uuid)
        if runs is not None:
            tests.append(_of_run(name, runs))
    if (inner := reader.inner("key")) is not None:
        tests.append(_of_key(inner))
    if (inner := reader.inner("type")) is not None:
        wanted = inner.read("any_", list_of(text))
        unwanted = inner.read("not_any_", list_of(text))
        inner.forbid_others()
        tests.append(
            _of_type(None if wanted is None else frozenset(wanted), frozenset(unwanted or ()))
        )
    reader.forbid_others()
    return tests, is_any


def _members(reader: Reader, name: str, check: Callable[[Any], UUID]) -> frozenset[UUID] | None:
    inner = reader.inner(name)
    if inner is None:
        return None
    found = inner.read("any_", list_of(check))
    inner.forbid_others()
    return None if found is None else frozenset(found)


def _of_run(name: str, runs: frozenset[UUID]) -> Callable[[Facts], bool]:
    if name == "flow_run_id":
        return lambda facts: facts.flow_run in runs
    return lambda facts: facts.task_run in runs


def _of_key(reader: Reader) -> Callable[[Facts], bool]:
    names = reader.read("any_", list_of(text))
    like = reader.read("like_", text)
    exists = reader.read("exists_", boolean)
    reader.forbid_others()
    wanted = None if names is None else frozenset(names)
    pattern = _like(like) if like else None
    return lambda facts: (
        (wanted is None or facts.key in wanted)
        and (pattern is None or (facts.key is not None and pattern(facts.key)))
        and (exists is None or (facts.key is not None) is exists)
    )


def _of_type(wanted: frozenset[str] | None, unwanted: frozenset[str]) -> Callable[[Facts], bool]:
    # In SQL, null is in no list, and not outside of one either.
    return lambda facts: (
        (wanted is None or facts.type in wanted)
        and (not unwanted or (facts.type is not None and facts.type not in unwanted))
    )


def _like(pattern: str) -> Callable[[str], bool]:
    """Return SQL's ``ILIKE '%pattern%'``."""
    parts = [
        re.compile("".join("." if c == "_" else re.escape(c) for c in part), _LIKE_FLAGS)
        for part in pattern[:_LIKE_CHARACTERS].split("%")
        if part
    ]

    def matches(name: str) -> bool:
        # The first place for each part, one after the other: no search goes back.
        start = 0
        for part in parts:
            found = part.search(name, start)
            if found is None:
                return False
            start = found.end()
        return True

    return matches


def _foreign(reader: Reader) -> list[Callable[[Facts], bool]]:
    """Read the filters for runs and flows: by the ids and names that records hold.

    As for Prefect, even an empty one is for artifacts of a run. What else a filter asks for nobody
    here knows, so that nothing matches: to leave it out would give what was not asked for.
    """
    tests: list[Callable[[Facts], bool]] = []
    for name in _FOREIGN:
        inner = reader.inner(name)
        if inner is None:
            continue
        is_any = inner.read("operator", one_of("and_", "or_"), "and_", may_be_null=False) == "or_"
        asked: list[Callable[[Facts], bool]] = []
        by_id = inner.inner("id") if name in ("flow_runs", "task_runs") else None
        if by_id is not None:
            wanted = by_id.read("any_", list_of(uuid))
            if wanted is not None:
                asked.append(_of_run(f"{name[:-1]}_id", frozenset(wanted)))
            unwanted = by_id.read("not_any_", list_of(uuid)) if name == "flow_runs" else None
            if unwanted:
                asked.append(_not_of(frozenset(unwanted)))
            by_id.forbid_others()
        names = inner.inner("name") if name in _NAMES else None
        if names is not None:
            asked.append(_named(_NAMES[name], names))
        if inner.asks_for_more() or name == "deployments":
            asked.append(lambda _: False)
        inner.forbid_others(*UNREAD[name])
        tests.append(_HAS[name])
        if asked:
            tests.append(_joined(asked, is_any=is_any))
    return tests


def _not_of(runs: frozenset[UUID]) -> Callable[[Facts], bool]:
    return lambda facts: facts.flow_run not in runs


def _named(name_of: Callable[[Facts], str | None], reader: Reader) -> Callable[[Facts], bool]:
    names = reader.read("any_", list_of(text))
    like = reader.read("like_", text)
    reader.forbid_others()
    wanted = None if names is None else frozenset(names)
    pattern = _like(like) if like else None

    def matches(facts: Facts) -> bool:
        name = name_of(facts)
        is_wanted = wanted is None or name in wanted
        return is_wanted and (pattern is None or (name is not None and pattern(name)))

    return matches


UNREAD: Mapping[str, Sequence[str]] = {
    "flow_runs": "tags deployment_id work_queue_name state flow_version start_time end_time "
    "expected_start_time next_scheduled_start_time parent_flow_run_id parent_task_run_id "
    "idempotency_key created_by".split(),
    "task_runs": "tags state start_time end_time expected_start_time subflow_runs "
    "flow_run_id".split(),
    "flows": "id deployment tags".split(),
    "deployments": "id name flow_or_deployment_name paused tags work_queue_name "
    "concurrency_limit".split(),
}
"""What else Prefect 3.9 has in its filters for runs and flows."""
_NAMES: Mapping[str, Callable[[Facts], str | None]] = {
    "flow_runs": lambda facts: facts.version.header.run.flow_run_name,
    "task_runs": lambda facts: facts.version.header.run.task,
    "flows": lambda facts: facts.version.header.run.flow,
}
_HAS: Mapping[str, Callable[[Facts], bool]] = {
    "flow_runs": lambda facts: facts.version.header.run.flow_run is not None,
    "task_runs": lambda facts: facts.version.header.run.task_run is not None,
    "flows": lambda facts: facts.version.header.run.flow_run is not None,
    "deployments": lambda _: False,
}


def _joined(
    tests: list[Callable[[Facts], bool]], *, is_any: bool = False
) -> Callable[[Facts], bool]:
    if not tests:
        return lambda _: True
    if len(tests) == 1:
        return tests[0]
    if is_any:
        return lambda facts: any(test(facts) for test in tests)
    return lambda facts: all(test(facts) for test in tests)


def ordered(facts: list[Facts], sort: str) -> list[Facts]:
    """Return versions, or keys, in an order; those that are alike in it newest first."""
    keys: Mapping[str, Callable[[Facts], Any]] = {
        "CREATED_DESC": lambda one: (one.created, one.id.int),
        "UPDATED_DESC": lambda one: (one.updated, one.created, one.id.int),
        "ID_DESC": lambda one: one.sorting_id.int,
    }
    if sort in keys:
        return sorted(facts, key=keys[sort], reverse=True)
    newest = sorted(facts, key=lambda one: (one.created, one.id.int), reverse=True)
    # SQLite's order, which Prefect's server has by default: null comes before any text.
    return sorted(newest, key=lambda one: one.key or "", reverse=sort == "KEY_DESC")
