"""Write the reference halves of the documentation from the code itself.

``python tools/reference.py`` writes what follows the marker in ``site_src/guide/sdk.md`` and
``site_src/guide/cli.md``; with ``--check`` it writes nothing and exits 1 where a page is out of
date. What stands above the marker is written by hand.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import re
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artifolio
from artifolio import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

GUIDE = Path(__file__).parents[1] / "site_src" / "guide"
MARKER = "<!-- Below: written by tools/reference.py from the code; do not edit. -->"

_MAX_SIGNATURE = 88
_SECTIONS = ("Args", "Returns", "Raises", "Example")
_SECTION = re.compile(rf"^({'|'.join(_SECTIONS)}):\n", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+): (.*)$")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages.

    Returns:
        The exit code: 1 where a check found a page out of date.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    options = parser.parse_args(arguments)
    code = 0
    for path, text in pages().items():
        if path.read_text(encoding="utf-8") == text:
            continue
        if options.check:
            print(f"{path} is out of date; run 'python tools/reference.py'", file=sys.stderr)
            code = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"Wrote {path}")
    return code


def pages() -> dict[Path, str]:
    """Return the text that each page ought to have."""
    from artifolio.cli.main import cli  # only here: whoever asks for the SDK does not need it

    return {
        GUIDE / "sdk.md": _below_marker(GUIDE / "sdk.md", sdk_reference()),
        GUIDE / "cli.md": _below_marker(GUIDE / "cli.md", cli_reference(cli)),
    }


def _below_marker(path: Path, reference: str) -> str:
    by_hand, marker, _ = path.read_text(encoding="utf-8").partition(MARKER)
    if not marker:
        raise ValueError(f"{path} has no line {MARKER!r}")
    return f"{by_hand}{MARKER}\n\n{reference}"


# The SDK.


def sdk_reference() -> str:
    """Return the reference of the public names, in the order of ``artifolio.__all__``."""
    public = {name: getattr(artifolio, name) for name in artifolio.__all__}
    # A package that can be called stands for a function.
    public |= {n: item.__wrapped__ for n, item in public.items() if inspect.ismodule(item)}
    twins = {name: name[1:] for name in public if name[0] == "a" and name[1:] in public}
    parts = ["## Functions"]
    for name, item in public.items():
        if inspect.isfunction(item) and name not in twins:
            parts += _function(name, item, level=3)
    parts += ["## Coroutines", _TWINS]
    parts.append("\n".join(f"- `{name}` does as `{twin}` does" for name, twin in twins.items()))
    parts.append("## Classes")
    for name, item in public.items():
        if inspect.isclass(item) and not issubclass(item, Exception):
            parts += _class(name, item)
    return "\n\n".join([*parts, "## Errors", *_errors()]) + "\n"


_TWINS = (
    "Each takes the parameters of its plain twin and does the work in a thread, so that the event "
    "loop goes on."
)


def _function(name: str, function: Callable[..., Any], level: int) -> Iterator[str]:
    yield f"{'#' * level} `{name}`"
    yield f"```python\n{_signature(name, function)}\n```"
    yield from _docstring(function)


def _signature(name: str, function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    parameters: list[str] = []
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    for index, parameter in enumerate(signature.parameters.values()):
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.KEYWORD_ONLY not in kinds[:index]:
            parameters += ["*"] * (parameter.VAR_POSITIONAL not in kinds)
        parameters.append(_parameter(parameter))
        if parameter.kind is parameter.POSITIONAL_ONLY:
            parameters.append("/")
    returns = _annotation(signature.return_annotation)
    start = "await " if inspect.iscoroutinefunction(function) else ""
    end = f" -> {returns}" if returns not in ("", "Any") and not inspect.isclass(function) else ""
    line = f"{start}{name}({', '.join(parameters)}){end}"
    if len(line) <= _MAX_SIGNATURE:
        return line
    return f"{start}{name}(\n" + "".join(f"    {text},\n" for text in parameters) + f"){end}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else stars
    annotation = _annotation(parameter.annotation)
    text = f"{stars}{parameter.name}" + (f": {annotation}" if annotation else "")
    if parameter.default is parameter.empty:
        return text
    default = repr(parameter.default).replace("'", '"')
    return f"{text} = {default}" if annotation else f"{text}={default}"


def _annotation(annotation: object) -> str:
    if annotation is inspect.Signature.empty:
        return ""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _docstring(item: object) -> Iterator[str]:
    """Give the paragraphs of a docstring with Google's sections, as Markdown."""
    start, *sections = _SECTION.split(inspect.getdoc(item) or "")
    if start.strip():
        yield _prose(start.strip())
    for title, content in zip(sections[::2], sections[1::2], strict=True):
        content = textwrap.dedent(content).strip()
        if title == "Example":
            yield f"```pycon\n{content}\n```"
        elif title == "Returns":
            yield f"**Returns:** {_prose(_one_line(content))}"
        else:
            heading = {"Args": "Arguments", "Raises": "Raises"}[title]
            lines = (f"- `{name}`: {_prose(text)}" for name, text in _entries(content))
            yield f"**{heading}:**\n\n" + "\n".join(lines)


def _entries(content: str) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for line in content.splitlines():
        match = _ENTRY.match(line)
        if match:
            entries.append((match[1], match[2]))
        else:
            name, text = entries.pop()
            entries.append((name, f"{text} {line.strip()}"))
    return entries


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _prose(text: str) -> str:
    """Return a docstring's prose with its code spans as Markdown's."""
    return re.sub(r"``(.+?)``", r"`\1`", text)


def _class(name: str, item: type) -> Iterator[str]:
    yield f"### `{name}`"
    if not dataclasses.is_dataclass(item):
        yield f"```python\n{_signature(name, item)}\n```"
    yield from _docstring(item)
    if dataclasses.is_dataclass(item):
        yield _fields(item)
    for method, raw in vars(item).items():
        function = raw.__func__ if isinstance(raw, (classmethod, staticmethod)) else raw
        if inspect.isfunction(function) and not method.startswith("_"):
            owner = name if isinstance(raw, classmethod) else name.lower()
            yield from _function(f"{owner}.{method}", function, level=4)


def _fields(item: type) -> str:
    told = _field_docstrings(item)
    rows = [
        (f"`{field.name}`", f"`{field.type}`", told.get(field.name, ""))
        for field in dataclasses.fields(item)
    ]
    return _table(("field", "type", "meaning"), rows)


def _field_docstrings(item: type) -> dict[str, str]:
    """Return the text below each field, which only the source tells."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(item))).body
    if not isinstance(definition, ast.ClassDef):
        raise TypeError(item)
    told: dict[str, str] = {}
    for field, after in zip(definition.body, definition.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            told[field.target.id] = _prose(_one_line(str(after.value.value)))
    return told


def _errors() -> Iterator[str]:
    yield (
        "All derive from `artifolio.ArtifolioError`. Those of a caller's own making are also what "
        "Python calls them: a `ValueError` or a `LookupError`. Import them from `artifolio.errors`."
    )
    rows = [
        (f"`{name}`", _builtin_bases(item), _prose(_one_line(inspect.getdoc(item) or "")))
        for name, item in vars(errors).items()
        if inspect.isclass(item) and issubclass(item, errors.ArtifolioError)
    ]
    yield _table(("error", "also", "meaning"), rows)


def _builtin_bases(error: type[errors.ArtifolioError]) -> str:
    return ", ".join(
        f"`{base.__name__}`"
        for base in error.__bases__
        if base.__module__ == "builtins" and base is not Exception
    )


# The command line.


def cli_reference(group: click.Group) -> str:
    """Return the reference of every command of a group, in the order of its help."""
    context = click.Context(group, info_name="artifolio")
    parts = ["## `artifolio`", *_command(group, context)]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        parts.append(f"## `artifolio {name}`")
        parts += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"```console\n$ {_usage(command, context)}\n```"
    yield from _help(command.help or "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    rows = [_option(option) for option in options if not option.hidden]
    if rows:
        yield _table(("option", "meaning"), rows)
    if isinstance(command, click.Group):
        rows = [
            (f"[`{name}`](#artifolio-{name})", _one_line((found.help or "").split("\n\n")[0]))
            for name in command.list_commands(context)
            if (found := command.get_command(context, name)) and not found.hidden
        ]
        yield _table(("command", "does"), rows)


def _usage(command: click.Command, context: click.Context) -> str:
    # Not click's own line, which looks different from one version of click to the next.
    words = [context.command_path, "[OPTIONS]"]
    for argument in command.params:
        if isinstance(argument, click.Argument):
            word = _value_of(argument)
            words.append(word if argument.required else f"[{word}]")
    return " ".join(words + ["COMMAND ..."] * isinstance(command, click.Group))


def _help(text: str) -> Iterator[str]:
    """Give a command's help; what click is told not to wrap is code."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b\n"):
            code = textwrap.dedent(paragraph[2:].removeprefix("Example:\n"))
            yield f"```console\n{textwrap.indent(code, '$ ')}\n```"
        elif paragraph.strip():
            yield _prose(_one_line(paragraph))


def _option(option: click.Option) -> tuple[str, str]:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag or option.count else f"`{_value_of(option)}`"
    words = _prose(_one_line(option.help or ""))
    if option.show_default and option.default is not None and not option.is_flag:
        words += f" Default: `{option.default}`."
    return f"{names} {value}".strip(), words


def _value_of(parameter: click.Parameter) -> str:
    """Return what stands for a value in a usage line."""
    if parameter.metavar:
        return parameter.metavar
    if isinstance(parameter.type, click.Choice):
        return "|".join(map(str, parameter.type.choices))
    if isinstance(parameter.type, (click.types.IntParamType, click.types.IntRange)):
        return "N"
    if isinstance(parameter.type, click.Path):
        return "DIR" if parameter.type.dir_okay else "FILE"
    return (parameter.name or "").upper()


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    # Python-Markdown shows the backslash if a bar inside a code span is escaped.
    return re.sub(r"`[^`]*`|\|", lambda match: match[0] if match[0] != "|" else "\\|", text)


if __name__ == "__main__":
    sys.exit(main())
