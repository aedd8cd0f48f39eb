"""Where a version comes from: the run that published it, and the commit checked out then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artifolio.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.values import Value

_CODE_TEXTS = ("commit", "branch", "remote")


@dataclass(frozen=True, slots=True)
class Run:
    """The flow run and task run that published a version."""

    flow: str | None = None
    flow_run: str | None = None
    """Id of the flow run."""
    flow_run_name: str | None = None
    task: str | None = None
    task_run: str | None = None
    """Id of the task run."""


@dataclass(frozen=True, slots=True)
class Code:
    """The commit that was checked out when a version was published."""

    commit: str | None = None
    """Full hash."""
    branch: str | None = None
    dirty: bool | None = None
    """Whether tracked files outside ``artifacts/`` had changes that were not committed."""
    remote: str | None = None
    """Address of the repository, without credentials."""


NO_RUN = Run()
NO_CODE = Code()


def origin_to_data(source: Run | Code) -> Value:
    """Return what stands in the record's ``run`` or ``code``; None for nothing."""
    names = type(source).__dataclass_fields__
    return {n: value for n in names if (value := getattr(source, n)) is not None} or None


def run_from_data(value: object) -> Run:
    """Read a record's ``run``.

    Raises:
        ValueError: If it is no mapping of texts.
    """
    return Run(**_texts(value, Run.__dataclass_fields__))


def code_from_data(value: object) -> Code:
    """Read a record's ``code``.

    Raises:
        ValueError: If it is no mapping of texts and ``dirty``.
    """
    dirty = check_mapping(value).get("dirty")
    if dirty is not None and not isinstance(dirty, bool):
        raise ValueError("dirty is true or false")
    return Code(**_texts(value, _CODE_TEXTS), dirty=dirty)


def check_mapping(value: object) -> dict[str, Value]:
    """Return the value if it is a mapping; raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError("a mapping is needed")
    return value


def check_text(value: object) -> str:
    """Return the value if it is text; raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"text is needed, not {shown(value)}")
    return value


def _texts(value: object, names: Iterable[str]) -> dict[str, Any]:
    # Fields that are not known here are a newer artifolio's, and none of ours.
    mapping = check_mapping(value)
    return {name: check_text(mapping[name]) for name in names if name in mapping}
