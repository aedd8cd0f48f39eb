"""Reads what Prefect's clients send to publish a version, or to change one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from artifolio.errors import InvalidKeyError, InvalidValueError
from artifolio.keys import check_key
from artifolio.server.checks import Fault, Reader, RequestError, text, texts_by_name, uuid
from artifolio.server.writing import Patched, Posted

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_new(body: Any) -> Posted:
    """Return what a request to publish a version asks for.

    Raises:
        RequestError: If it is none that Prefect's server takes.
    """
    faults: list[Fault] = []
    reader = _reader(body, faults)
    posted = Posted(
        key=reader.read("key", text),
        type=reader.read("type", text),
        description=reader.read("description", text),
        data=reader.read("data", lambda value: value),
        metadata=reader.read("metadata_", texts_by_name) or {},
        flow_run=reader.read("flow_run_id", uuid),
        task_run=reader.read("task_run_id", uuid),
    )
    reader.forbid_others()
    if posted.key is not None:
        try:
            check_key(posted.key)
        except InvalidKeyError as error:
            message = (
                "Value error, Artifact key must only contain lowercase letters, numbers, and "
                f"dashes: {error.reason}"
            )
            faults.append(Fault("value_error", ("body", "key"), message, posted.key))
    if faults:
        raise RequestError(faults, body)
    return posted


def read_changes(body: Any) -> Patched:
    """Return what a request to change a version asks for.

    Raises:
        RequestError: If it is none that Prefect's server takes.
    """
    faults: list[Fault] = []
    reader = _reader(body, faults)
    patched = Patched(
        has_data=reader.has("data"),
        data=reader.read("data", lambda value: value),
        has_description=reader.has("description"),
        description=reader.read("description", text),
        # Null takes away what there is.
        metadata=reader.read("metadata_", texts_by_name)
        or ({} if reader.has("metadata_") else None),
    )
    reader.forbid_others()
    if faults:
        raise RequestError(faults, body)
    return patched


@contextmanager
def told_of(body: Any) -> Iterator[None]:
    """Say of values that cannot be kept where in the request they are."""
    try:
        yield
    except (InvalidValueError, InvalidKeyError) as error:
        where = getattr(error, "where", "key")
        is_there = isinstance(body, dict) and where in body
        place = ("body", where) if is_there else ("body",)
        given = body[where] if is_there else body
        raise RequestError(
            [Fault("value_error", place, f"Value error, {error}", given)], body
        ) from None


def _reader(body: Any, faults: list[Fault]) -> Reader:
    if isinstance(body, dict):
        return Reader(body, faults, ("body",))
    message = "Input should be a valid dictionary or object to extract fields from"
    raise RequestError([Fault("model_attributes_type", ("body",), message, body)], body)
