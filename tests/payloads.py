"""The hostile inputs of ``data/payloads.json``, expanded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "payloads.json"


@dataclass(frozen=True)
class Payload:
    """One hostile input."""

    id: str
    kind: str
    """``html md link text cell col key csv search gen field record git http``"""
    field: str
    """Where it goes in."""
    content: Any
    """Text, mostly; a number for some fields, a mapping for http."""
    must_not: tuple[str, ...]

    def __str__(self) -> str:
        return self.id

    @property
    def text(self) -> str:
        """The content, where it is text."""
        assert isinstance(self.content, str)
        return self.content


def payloads(*kinds: str, field: str | None = None) -> list[Payload]:
    """Give the payloads of these kinds, or all, that go into this field, or into any."""
    return [
        payload
        for payload in _ALL
        if (not kinds or payload.kind in kinds) and field in (None, payload.field)
    ]


def _expand(payload: Any) -> Any:
    if not isinstance(payload, dict):
        return payload
    if "repeat" not in payload:
        return {name: _expand(value) for name, value in payload.items()}
    text: str = payload.get("prefix", "") + payload["repeat"] * payload["times"]
    return text + payload.get("suffix", "")


_ALL = [
    Payload(
        entry["id"],
        entry["kind"],
        entry["field"],
        _expand(entry["payload"]),
        tuple(entry["must_not"]),
    )
    for entry in json.loads(_FILE.read_text(encoding="utf-8"))
]
