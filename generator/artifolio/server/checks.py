"""Reads the bodies of requests, and says what is wrong with them in the words that FastAPI uses."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from artifolio.errors import ArtifolioError
from artifolio.values import MAX_NAME_LENGTH, is_short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Place: TypeAlias = "tuple[str | int, ...]"

# As deep as a record may be, see DESIGN: what is deeper could not be kept.
_DEPTH = 64
_TRUE = ("true", "t", "yes", "y", "on", "1", 1)
_FALSE = ("false", "f", "no", "n", "off", "0", 0)
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
# An answer need not be longer than what was sent.
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request."""

    type: str
    """The name that Pydantic has for it."""
    place: Place
    message: str
    given: Any

    def to_data(self) -> dict[str, Any]:
        """Return it as FastAPI does."""
        return {
            "type": self.type,
            "loc": list(self.place),
            "msg": self.message,
            "input": _presentable(self.given),
        }


class RequestError(ArtifolioError):
    """A request that is not as it has to be."""

    def __init__(self, faults: list[Fault], body: Any = None) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.message}" for fault in faults))
        self.faults = faults
        self.body = body

    def to_data(self) -> dict[str, Any]:
        """Return what Prefect's server answers, with status 422."""
        return {
            "exception_message": "Invalid request received.",
            "exception_detail": [fault.to_data() for fault in self.faults],
            "request_body": _presentable(self.body),
        }


class Reader:
    """Reads the fields of one object; what is wrong with them is gathered.

    Args:
        fields: The object.
        faults: Where faults go.
        place: Where in the request it is.
    """

    def __init__(self, fields: Mapping[str, Any], faults: list[Fault], place: Place) -> None:
        self._fields = fields
        self._faults = faults
        self._place = place
        self._known: set[str] = set()

    def has(self, name: str) -> bool:
        """Tell whether a field was sent, be it null."""
        return name in self._fields

    def read(
        self,
        name: str,
        check: Callable[[Any], Any],
        default: Any = None,
        *,
        may_be_null: bool = True,
    ) -> Any:
        """Return a field; what is not there is the default.

        Args:
            name: Of the field.
            check: Returns the value that is meant, or raises `WrongError`.
            default: What is meant without it.
            may_be_null: Whether null is the default, too.
        """
        self._known.add(name)
        value = self._fields.get(name)
        if value is None and (may_be_null or name not in self._fields):
            return default
        try:
            return check(value)
        except WrongError as wrong:
            place = (*self._place, name, *wrong.place)
            self._faults.append(Fault(wrong.type, place, wrong.message, wrong.given))
            return default

    def inner(self, name: str) -> Reader | None:
        """Return a field that is an object of its own."""
        fields = self.read(name, mapping)
        if fields is None:
            return None
        return Reader(fields, self._faults, (*self._place, name))

    def asks_for_more(self) -> bool:
        """Tell whether something is asked for in a field that nobody has read."""
        return any(self._fields[name] is not None for name in self._fields.keys() - self._known)

    def forbid_others(self, *unread: str) -> None:
        """Note the fields that nobody has read, but for those that need not be."""
        for name in sorted(self._fields.keys() - self._known - set(unread))[:_MOST_FAULTS]:
            message = "Extra inputs are not permitted"
            place = (*self._place, name)
            self._faults.append(Fault("extra_forbidden", place, message, self._fields[name]))


class WrongError(Exception):
    """A value that is not what it has to be."""

    def __init__(self, kind: str, message: str, given: Any, place: Place = ()) -> None:
        super().__init__(message)
        self.type, self.message, self.given, self.place = kind, message, given, place


def parse_body(content: bytes, *, is_needed: bool = False) -> Any:
    """Return the JSON of a request's body; nothing and null are an empty object.

    Args:
        content: The body.
        is_needed: Whether something has to be there.

    Raises:
        RequestError: If it is no JSON, or not what a record could hold.
    """
    try:
        # NaN and the infinities are null, as in tables.
        found = json.loads(content, parse_constant=lambda _: None) if content.strip() else None
    except (ValueError, RecursionError) as error:
        position = getattr(error, "pos", 0)
        fault = Fault("json_invalid", ("body", position), "JSON decode error", {})
        raise RequestError([fault], content.decode("utf-8", "replace")) from None
    if found is None:
        if is_needed:
            raise RequestError([Fault("missing", ("body",), "Field required", None)])
        return {}
    if not _is_keepable(found):
        message = "too deep, or a number or character that JSON does not have"
        raise RequestError([Fault("value_error", ("body",), message, None)])
    return found


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is an object."""
    if isinstance(value, dict):
        return value
    message = "Input should be a valid dictionary or object to extract fields from"
    raise WrongError("model_attributes_type", message, value)


def text(value: Any) -> str:
    """Return the value if it is text."""
    if isinstance(value, str):
        return value
    raise WrongError("string_type", "Input should be a valid string", value)


def boolean(value: Any) -> bool:
    """Return the value if it is true or false, or what Pydantic takes for them."""
    message = "Input should be a valid boolean"
    if isinstance(value, (str, int, float)):
        word = value.lower() if isinstance(value, str) else value
        # True and 1.0 are 1 to Python.
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        if not isinstance(value, float):
            raise WrongError("bool_parsing", f"{message}, unable to interpret input", value)
    raise WrongError("bool_type", message, value)


def integer(value: Any) -> int:
    """Return the value if it is a whole number, or what Pydantic takes for one."""
    message = "Input should be a valid integer"
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        raise WrongError("int_from_float", f"{message}, got a number with a fraction", value)
    if not isinstance(value, str):
        raise WrongError("int_type", message, value)
    if _INTEGER.fullmatch(value.strip()):
        return int(value)
    raise WrongError("int_parsing", f"{message}, unable to parse string as an integer", value)


def uuid(value: Any) -> UUID:
    """Return the value if it is a UUID."""
    if not isinstance(value, str):
        raise WrongError("uuid_type", "UUID input should be a string or UUID object", value)
    try:
        return UUID(value)
    except ValueError:
        message = "Input should be a valid UUID"
        raise WrongError("uuid_parsing", message, value) from None


def list_of(check: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """Return what checks a list of such values."""

    def check_all(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WrongError("list_type", "Input should be a valid list", value)
        found = []
        for number, item in enumerate(value):
            try:
                found.append(check(item))
            except WrongError as wrong:
                place = (number, *wrong.place)
                raise WrongError(wrong.type, wrong.message, wrong.given, place) from None
        return found

    return check_all


def one_of(*values: str) -> Callable[[Any], str]:
    """Return what checks for one of these words."""

    def check(value: Any) -> str:
        if isinstance(value, str) and value in values:
            return value
        *first, last = (f"'{word}'" for word in values)
        expected = f"{', '.join(first)} or {last}" if first else last
        raise WrongError("enum", f"Input should be {expected}", value)

    return check


def texts_by_name(value: Any) -> dict[str, str]:
    """Return the value if it is an object of texts."""
    if not isinstance(value, dict):
        raise WrongError("dict_type", "Input should be a valid dictionary", value)
    for name, item in value.items():
        if not isinstance(item, str):
            raise WrongError("string_type", "Input should be a valid string", item, (name,))
        if not is_short_name(name):
            message = f"Value error, a name has {MAX_NAME_LENGTH} characters at most"
            raise WrongError("value_error", message, name)
    return value


def _is_keepable(value: Any) -> bool:
    """Tell whether a record could hold this: depth, finite numbers, whole characters."""
    layer = [value]
    for _ in range(_DEPTH):
        deeper: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                deeper.extend(item)
                deeper.extend(item.values())
            elif isinstance(item, list):
                deeper.extend(item)
            elif isinstance(item, float):
                if not math.isfinite(item):
                    return False
            elif isinstance(item, str) and not _is_whole(item):
                return False
        if not deeper:
            return True
        layer = deeper
    return False


def _is_whole(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _presentable(value: Any) -> Any:
    """Return what was sent as an answer may repeat it: neither long nor deep."""
    text = repr(value)
    if len(text) > 1_000 or not _is_whole(text) or not _is_keepable(value):
        return f"{text[:200].encode('ascii', 'backslashreplace').decode()}…"
    return value
