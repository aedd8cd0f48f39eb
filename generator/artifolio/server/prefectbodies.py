"""Reads what Prefect's clients send to publish a version, or to change one."""

from __future__ import annotations

from typing import Any

from artifolio.errors import InvalidKeyError
from artifolio.keys import check_key
from artifolio.server.checks import Fault, Reader, RequestError, text, texts_by_name, uuid
from artifolio.server.writing import Patched, Posted


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
        metadata=reader.read("metadata_", texts_by_name),
    )
    reader.forbid_others()
    if faults:
        raise RequestError(faults, body)
    return patched


def _reader(body: Any, faults: list[Fault]) -> Reader:
    if isinstance(body, dict):
        return Reader(body, faults, ("body",))
    message = "Input should be a valid dictionary or object to extract fields from"
    raise RequestError([Fault("model_attributes_type", ("body",), message, body)], body)
