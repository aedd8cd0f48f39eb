"""What ``mkdocs.yml`` may say of retention. A build never acts on it; ``artifolio gc`` does."""

from __future__ import annotations

from typing import Any, cast

from mkdocs.config.base import BaseConfigOption, ValidationError

from artifolio.errors import InvalidValueError
from artifolio.retention import Policy, Rule, parse_age

_CONDITIONS = frozenset(["keep", "older_than"])


class Retention(BaseConfigOption[dict[str, Any]]):
    """A mapping of ``keep``, ``older_than`` and ``keys``; `read_policy` makes sense of it."""

    def __init__(self) -> None:
        super().__init__()
        self.default = {}

    def run_validation(self, value: object) -> dict[str, Any]:
        """Refuse what is no policy. It stays plain data, by which builds know settings again."""
        read_policy(value)
        return cast("dict[str, Any]", value)


def read_policy(value: object) -> Policy:
    """Return the policy that a mapping stands for.

    Raises:
        ValidationError: If it stands for none.
    """
    general = _mapping(value, "retention")
    keys = _mapping(general.pop("keys", None) or {}, "keys")
    return Policy(
        _rule(general, "retention"),
        {str(pattern): _rule(rule, repr(pattern)) for pattern, rule in keys.items()},
    )


def _mapping(value: object, what: str) -> dict[object, object]:
    if not isinstance(value, dict):
        raise ValidationError(f"Expected a mapping for {what}, got {value!r}")
    return dict(value)


def _rule(value: object, what: str) -> Rule:
    conditions = _mapping(value, what)
    unknown = [str(name) for name in conditions if name not in _CONDITIONS]
    if unknown:
        raise ValidationError(f"{what} knows keep and older_than, not {', '.join(unknown)}")
    keep, age = conditions.get("keep"), conditions.get("older_than")
    # To Python, true is an integer.
    if keep is not None and (not isinstance(keep, int) or isinstance(keep, bool) or keep < 1):
        raise ValidationError(f"keep of {what}: expected an integer of 1 or more, got {keep!r}")
    try:
        return Rule(keep, None if age is None else parse_age(str(age)))
    except InvalidValueError as error:
        raise ValidationError(f"older_than of {what}: {error.reason}") from None
