"""What is kept of a body that retention removed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.errors import InvalidValueError, shown
from artifolio.fields import Fields
from artifolio.keys import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from artifolio.values import Value


@dataclass(frozen=True, slots=True)
class Retirement:
    """That a body was removed, and what is known of it still."""

    at: datetime
    """When; aware, UTC, milliseconds."""
    size: int
    """What was removed, in bytes: of the record, and of the files beside it."""
    figures: Mapping[str, int | float] = field(default_factory=dict)
    """Its numbers, as `artifolio.trends.figures_of` gave them."""

    def to_data(self) -> dict[str, Value]:
        """Return what stands in the record's ``retired``."""
        figures: dict[str, Value] = {"figures": dict(self.figures)} if self.figures else {}
        return {"at": format_time(self.at), "size": self.size, **figures}

    @classmethod
    def from_data(cls, data: Value) -> Retirement:
        """Read what stands in the record's ``retired``."""
        fields = Fields(data, "retired")
        size, figures = fields.get("size"), fields.get("figures")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise InvalidValueError("retired", "size is not a number of bytes")
        return cls(parse_time(fields.get("at")), size, _figures({} if figures is None else figures))


@dataclass(frozen=True)
class Retired:
    """In the place of a body: that it is gone."""

    type: str
    """That of the body that was."""
    retirement: Retirement

    def to_data(self) -> Value:
        """Return what programs read in the body's place: null."""
        return None


def _figures(value: Value) -> dict[str, int | float]:
    if not isinstance(value, dict):
        raise InvalidValueError("retired", "figures is not a mapping")
    figures: dict[str, int | float] = {}
    for name, number in value.items():
        if not isinstance(number, (int, float)) or isinstance(number, bool):
            raise InvalidValueError("retired", f"the figure {shown(name)} is not a number")
        figures[name] = number
    return figures
