"""The fields of a mapping in ``data``, read with errors that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.errors import InvalidValueError

if TYPE_CHECKING:
    from artifolio.values import Value


class Fields:
    """The fields of a mapping.

    Args:
        data: What should be one.
        kind: What it is for, for messages.
    """

    def __init__(self, data: Value, kind: str) -> None:
        if not isinstance(data, dict):
            raise InvalidValueError("data", f"a mapping is needed for {kind}")
        self._data = data

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such a field."""
        return name in self._data

    def get(self, name: str) -> Value:
        """Return a field as it is, None where there is none."""
        return self._data.get(name)

    def text(self, name: str, *, empty: bool = False) -> str:
        """Return a field that must be text.

        Args:
            name: Of the field.
            empty: Whether the text may be empty.
        """
        value = self._data.get(name)
        if not isinstance(value, str) or not (value or empty):
            raise InvalidValueError("data", f"{name} is missing or not text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a field that is text where it is there."""
        value = self._data.get(name)
        if value is not None and not isinstance(value, str):
            raise InvalidValueError("data", f"{name} is not text")
        return value


def without_none(fields: dict[str, Value]) -> dict[str, Value]:
    """Return the fields that hold something."""
    return {name: value for name, value in fields.items() if value is not None}
