"""One text for everything that all pages of a site depend on."""

from __future__ import annotations

import datetime
import os
import platform
from collections import UserString
from functools import partial
from hashlib import sha256
from importlib import metadata
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.base import Config
from mkdocs.plugins import BasePlugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig

_DISTRIBUTIONS = """
artifolio mkdocs mkdocs-material mkdocs-material-extensions Markdown pymdown-extensions Pygments
Jinja2 MarkupSafe PyYAML pyyaml_env_tag jieba backrefs
""".split()
# Where the site is put changes nothing in it; the plugins and the theme are told on their own.
_ELSEWHERE = frozenset(["site_dir", "plugins", "theme", "hooks", "env"])
_PLAIN = (str, int, float, bool, type(None), bytes, datetime.date, datetime.time, os.PathLike)


class UnknownValueError(Exception):
    """The configuration holds something that cannot be compared."""


def describe(config: MkDocsConfig) -> str:
    """Return a text that differs wherever a page, whichever it is, could differ.

    It tells the resolved configuration, the versions of all that renders, and the files that the
    configuration names besides the sources.

    Raises:
        UnknownValueError: If the configuration holds something that cannot be told in words.
    """
    theme = config.theme
    parts = [
        *((name, value) for name, value in sorted(config.items()) if name not in _ELSEWHERE),
        ("plugins", [(name, plugin) for name, plugin in config.plugins.items()]),
        ("theme", (theme.name, list(theme.dirs), dict(theme), sorted(theme.static_templates))),
        ("versions", [(name, _version(name)) for name in _DISTRIBUTIONS]),
        ("python", (platform.python_implementation(), platform.python_version())),
        ("package", list(_stamps(Path(str(package_files("artifolio"))), contents=False))),
        ("custom", list(_stamps(Path(theme.custom_dir))) if theme.custom_dir else None),
        ("named", [list(_stamps(path)) for path in _named_paths(config.mdx_configs)]),
    ]
    return "\n".join(f"{name}: {_describe(value)}" for name, value in parts)


def named_paths(config: MkDocsConfig) -> list[Path]:
    """Return the files and folders, besides the sources, that pages are made from."""
    custom = [Path(config.theme.custom_dir)] if config.theme.custom_dir else []
    return [*custom, *_named_paths(config.mdx_configs)]


def digest_of(*texts: str) -> str:
    """Return a short name for texts."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    return sha256(joined).hexdigest()


def _describe(value: Any) -> str:
    if isinstance(value, BasePlugin):
        return f"{type(value).__module__}.{type(value).__qualname__}({_describe(value.config)})"
    if isinstance(value, (dict, Config)):
        items = (f"{_describe(name)}: {_describe(item)}" for name, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_describe, value))}]"
    if isinstance(value, (set, frozenset)):
        return f"[{', '.join(sorted(map(_describe, value)))}]"
    if isinstance(value, _PLAIN):
        return repr(value)
    patterns = getattr(value, "patterns", None)
    if patterns is not None:  # of pathspec, as exclude_docs
        return _describe([getattr(pattern, "pattern", repr(pattern)) for pattern in patterns])
    if type(value).__module__ == "babel.core":  # the theme's language
        return str(value)
    if isinstance(value, UserString):  # edit_uri_template
        return repr(value.data)
    if isinstance(value, partial):  # as pymdownx.slugs.slugify gives
        return f"partial{_describe([value.func, value.args, value.keywords])}"
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    raise UnknownValueError(f"a {type(value).__module__}.{type(value).__qualname__}")


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _named_paths(value: Any) -> Iterator[Path]:
    """Give the files and folders that options of Markdown extensions name, as of more icons."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _named_paths(item)
    elif isinstance(value, str) and os.sep in value and Path(value).exists():
        yield Path(value)


def _stamps(root: Path, *, contents: bool = True) -> Iterator[tuple[str, object]]:
    """Tell files from others of the same names: by content, or faster by size and time."""
    if root.is_file():
        yield root.name, sha256(root.read_bytes()).hexdigest()
    for folder, folders, names in os.walk(root, followlinks=True):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = Path(folder, name)
            if not path.is_file():
                continue  # a link to nowhere, as editors leave them for locks
            place = path.relative_to(root).as_posix()
            if contents:
                yield place, sha256(path.read_bytes()).hexdigest()
            else:
                status = path.stat()
                yield place, (status.st_size, status.st_mtime_ns)
