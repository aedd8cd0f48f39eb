"""Reads any YAML that holds a record: the one place that knows PyYAML.

Records are built from libyaml's event stream, which is iterative and has no tags, anchors or
merge keys unless one builds them, and here nobody does.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml

from artifolio.errors import shown
from artifolio.lines import MAX_DEPTH, MAX_DIGITS, MAX_EVENTS, RecordSyntaxError
from artifolio.values import MAX_NAME_LENGTH, is_short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifolio.values import Value

_INTEGER_ONLY = re.compile(r"-?(?:0|[1-9][0-9]*)").fullmatch
_FLOAT_ONLY = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?").fullmatch
# What YAML 1.2 reads as a number though YAML 1.1 reads text.
_NUMBER_ELSEWHERE = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
).fullmatch
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "~": None, "": None}


# The C parser comes with every wheel of PyYAML; the Python one is iterative as well.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_events(text: str) -> dict[str, Value]:
    """Read the text of a whole record.

    Raises:
        RecordSyntaxError: If it is not one, with the line where that shows.
    """
    try:
        return _build(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        raise RecordSyntaxError(_first_line(error)) from None
    except (ValueError, OverflowError) as error:
        raise RecordSyntaxError(str(error)) from None


def _build(events: Iterator[yaml.Event]) -> dict[str, Value]:
    root: list[Value] = []
    # Containers that are open, innermost last, and the key that each mapping waits to fill.
    open_containers: list[tuple[list[Value] | dict[str, Value], str | None]] = [(root, None)]
    documents = 0
    for count, event in enumerate(events):
        value: Value
        if count > MAX_EVENTS:
            raise RecordSyntaxError(f"over {MAX_EVENTS:,} values{_at(event)}")
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            _refuse_extras(event)
            value = []
        elif isinstance(event, yaml.MappingStartEvent):
            _refuse_extras(event)
            value = {}
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            open_containers.pop()
            continue
        elif isinstance(event, yaml.AliasEvent):
            raise RecordSyntaxError(f"aliases are not allowed{_at(event)}")
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise RecordSyntaxError(f"a second document{_at(event)}")
            if event.version or event.tags:
                raise RecordSyntaxError(f"YAML directives are not allowed{_at(event)}")
            continue
        elif isinstance(event, yaml.DocumentEndEvent) and not event.explicit:
            raise RecordSyntaxError("cut off: the closing '...' is missing")
        else:
            continue
        container, key = open_containers[-1]
        if isinstance(container, list):
            container.append(value)
        elif key is None:
            open_containers[-1] = (container, _key(value, event, container))
            continue
        else:
            container[key] = value
            open_containers[-1] = (container, None)
        if isinstance(value, (list, dict)):
            if len(open_containers) > MAX_DEPTH:
                raise RecordSyntaxError(f"nested deeper than {MAX_DEPTH} levels{_at(event)}")
            open_containers.append((value, None))
    if not root or not isinstance(root[0], dict):
        raise RecordSyntaxError("not a record: a mapping of fields is needed")
    return root[0]


def _key(value: Value, event: yaml.Event, container: dict[str, Value]) -> str:
    if not isinstance(value, str):
        raise RecordSyntaxError(f"a name that is not text{_at(event)}")
    if not is_short_name(value):
        raise RecordSyntaxError(f"a name of over {MAX_NAME_LENGTH} characters{_at(event)}")
    if value in container:
        raise RecordSyntaxError(f"the name {shown(value)} stands twice{_at(event)}")
    return value


def _refuse_extras(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    if event.anchor is not None:
        raise RecordSyntaxError(f"anchors are not allowed{_at(event)}")
    if event.tag is not None:
        raise RecordSyntaxError(f"the tag {shown(event.tag)} is not allowed{_at(event)}")


def _scalar(event: yaml.ScalarEvent) -> Value:
    _refuse_extras(event)
    text: str = event.value
    if not text.isascii():
        text.encode()  # PyYAML's Python parser lets lone surrogates pass
    # PyYAML's C parser gives the style of a plain scalar as '', its Python one as None.
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER_ONLY(text):
        if len(text.lstrip("-")) > MAX_DIGITS:
            raise RecordSyntaxError(f"an integer of over {MAX_DIGITS} digits{_at(event)}")
        return int(text)
    if _FLOAT_ONLY(text):
        number = float(text)
        if not math.isfinite(number):
            raise RecordSyntaxError(f"a number that is too large{_at(event)}")
        return number
    if _resolve(text) != "str" or _NUMBER_ELSEWHERE(text):
        raise RecordSyntaxError(
            f"{shown(text)} can be read in several ways{_at(event)}; put it in double quotes"
        )
    return text


def _resolve(text: str) -> str:
    """Return what YAML 1.1 takes a plain scalar for: ``str``, ``int``, ``timestamp`` …"""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[:1], []) + resolvers.get(None, []):
        if pattern.match(text):
            return str(tag).rpartition(":")[2]
    return "str"


def _at(event: yaml.Event) -> str:
    mark = event.start_mark
    return f" (line {mark.line + 1})" if mark is not None else ""


def _first_line(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        where = f" (line {mark.line + 1})" if mark is not None else ""
        return f"not valid YAML: {error.problem or error.context}{where}"
    return "not valid YAML: " + " ".join(str(error).split())
