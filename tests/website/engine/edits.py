"""What can be done to a project between two builds, each thing as plain data.

Every edit can be applied to every project: one of what is not there does nothing. Those that name
something by a number count what there is in order, and begin anew where there is less. So a
sequence that failed can be written down, cut short, and run again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from artifolio.bodies import Column, File, Image, Link, Markdown, Progress, Table
from artifolio.errors import RecordError
from artifolio.origins import Code, Run
from artifolio.records import Record
from artifolio.store import Store
from samples import NOON, PNG, make_attachment, make_record, retire_in

_ENV = re.compile(r'"!ENV (\[[^"]*\])"')


@dataclass
class Project:
    """A project that is being edited, and its surroundings."""

    folder: Path
    cache: Path
    settings: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    """Environment variables that the settings may ask for."""
    published: int = 0
    changed: set[str] = field(default_factory=set)
    """Absolute paths, as a watcher would report them."""
    needs_new_process: bool = False
    """Whether something happened that a process is not told of while it runs."""
    is_unnoticed: bool = False
    """Whether something happened to generated sources, which no watcher looks at."""
    kept: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    """By the path of a source: its bytes, and its time in ns."""

    @property
    def config_file(self) -> Path:
        return self.folder / "mkdocs.yml"

    @property
    def site_dir(self) -> Path:
        return self.folder / self.settings.get("site_dir", "site")

    @property
    def refreshes(self) -> bool:
        """Whether the settings name the plugin that makes the pages of the records."""
        plugins = self.settings.get("plugins", [])
        return any("artifolio" in plugin for plugin in plugins)

    @property
    def store(self) -> Store:
        options = [plugin for plugin in self.settings["plugins"] if isinstance(plugin, dict)]
        named = [plugin.get("artifolio", {}).get("artifacts_dir") for plugin in options]
        return Store(self.folder / next(filter(None, named), "artifacts"))

    def records(self) -> list[Path]:
        return sorted(self.store.root.glob("*/*.yaml"))

    def sources(self) -> list[Path]:
        """Return the files that somebody wrote by hand."""
        ours = ("site/", "public/", "site_src/artifacts/", "site_src/runs/")
        paths = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        return [p for p in paths if not p.relative_to(self.folder).as_posix().startswith(ours)]

    def write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.note(path)

    def remove(self, path: Path) -> None:
        if path.is_dir():
            self.note(path, *path.rglob("*"))
            shutil.rmtree(path)
        elif path.exists():
            self.note(path)
            path.unlink()

    def move(self, path: Path, to: Path) -> None:
        """Move a file or a folder, unless something is in the way."""
        if path.exists() and not to.exists() and not to.is_relative_to(path):
            before = [path, *path.rglob("*")] if path.is_dir() else [path]
            to.parent.mkdir(parents=True, exist_ok=True)
            path.rename(to)
            self.note(*before, *(to / old.relative_to(path) for old in before))

    def note(self, *paths: Path) -> None:
        self.changed.update(map(str, paths))
        # MkDocs 1.6 imports a hook once in a process, `config_options.py`.
        if any(path.is_relative_to(self.folder / "hooks") for path in paths):
            self.needs_new_process = True
        owned = [self.folder / "site_src" / name for name in ("artifacts", "runs")]
        if any(path.is_relative_to(folder) for path in paths for folder in owned):
            self.is_unnoticed = True

    def set(self, names: tuple[str, ...], value: object) -> None:
        """Change a setting; one that is None is left out."""
        *outer, last = names
        settings = self.settings
        for name in outer:
            settings = settings.setdefault(name, {})
        if value is None:
            settings.pop(last, None)
        else:
            settings[last] = deepcopy(value)
        self.write_settings()

    def write_settings(self) -> None:
        text = _ENV.sub(r"!ENV \1", json.dumps(self.settings, indent=1, ensure_ascii=False))
        self.write(self.config_file, text.encode())


class Edit(Protocol):
    """One thing that is done to a project."""

    def apply(self, project: Project) -> None:
        """Do it."""


@dataclass(frozen=True)
class Write:
    """Write a file, below the project's folder."""

    path: str
    text: str

    def apply(self, project: Project) -> None:
        project.write(project.folder / self.path, self.text.encode())


@dataclass(frozen=True)
class Append:
    """Add a paragraph to a page."""

    path: str
    text: str

    def apply(self, project: Project) -> None:
        path = project.folder / self.path
        if path.is_file():
            project.write(path, path.read_bytes() + f"\n\n{self.text}\n".encode())


@dataclass(frozen=True)
class Retitle:
    """Give a page another first heading, and leave the rest as it is."""

    path: str
    heading: str

    def apply(self, project: Project) -> None:
        path = project.folder / self.path
        if path.is_file():
            text, found = re.subn(
                rb"^# .*$", lambda _: self.heading.encode(), path.read_bytes(), count=1, flags=re.M
            )
            project.write(path, text if found else text + b"\n" + self.heading.encode())


@dataclass(frozen=True)
class SetMeta:
    """Change one field of a page's front matter, and nothing else; None removes it."""

    path: str
    name: str
    value: Any

    def apply(self, project: Project) -> None:
        path = project.folder / self.path
        if not path.is_file():
            return
        text = path.read_bytes().decode()
        head = re.match(r"---\n(.*?)---\n", text, re.S)
        lines = head[1].splitlines() if head else []
        lines = [line for line in lines if not line.startswith(f"{self.name}:")]
        if self.value is not None:
            lines.append(f"{self.name}: {json.dumps(self.value)}")
        block = "".join(f"{line}\n" for line in ["---", *lines, "---"]) if lines else ""
        project.write(path, (block + text[head.end() if head else 0 :]).encode())


@dataclass(frozen=True)
class Remove:
    """Remove a file or a folder with all that is in it."""

    path: str

    def apply(self, project: Project) -> None:
        project.remove(project.folder / self.path)


@dataclass(frozen=True)
class Move:
    """Rename a file or a folder, or move it into another one."""

    path: str
    to: str

    def apply(self, project: Project) -> None:
        project.move(project.folder / self.path, project.folder / self.to)


@dataclass(frozen=True)
class Touch:
    """Give a file another time, and the same bytes."""

    path: str

    def apply(self, project: Project) -> None:
        path = project.folder / self.path
        if path.is_file():
            project.write(path, path.read_bytes())
            moment = path.stat().st_mtime_ns + 5_000_000_000
            os.utime(path, ns=(moment, moment))


@dataclass(frozen=True)
class Twist:
    """Give a file other bytes, as many as before, and the same time."""

    path: str

    def apply(self, project: Project) -> None:
        path = project.folder / self.path
        if path.is_file():
            moment = path.stat().st_mtime_ns
            project.write(path, _twisted(path.read_bytes()))
            os.utime(path, ns=(moment, moment))


@dataclass(frozen=True)
class Keep:
    """Remember all sources, as a commit does."""

    def apply(self, project: Project) -> None:
        project.kept = {
            str(path.relative_to(project.folder)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in project.sources()
        }


@dataclass(frozen=True)
class GoBack:
    """Put all sources back as they were remembered, their times as well."""

    def apply(self, project: Project) -> None:
        if not project.kept:
            return
        for path in project.sources():
            if str(path.relative_to(project.folder)) not in project.kept:
                project.remove(path)
        for name, (content, moment) in project.kept.items():
            path = project.folder / name
            if not path.is_file() or path.read_bytes() != content:
                project.write(path, content)
                os.utime(path, ns=(moment, moment))
        text = re.sub(r"!ENV (\[[^\]]*\])", r'"!ENV \1"', project.config_file.read_text("utf-8"))
        project.settings = json.loads(text)


@dataclass(frozen=True)
class Publish:
    """Publish one more version."""

    kind: str
    """A key of `KINDS`."""
    key: str | None = None
    run: str | None = None
    minutes: int | None = None
    """When, seen from noon; after all others without any."""
    description: str | None = None
    tags: tuple[str, ...] = ()

    def apply(self, project: Project) -> None:
        project.published += 1
        number = project.published
        body, content = KINDS[self.kind]
        if isinstance(body, Markdown):
            body = Markdown(f"{body.text}\nIt was number {number}.\n")
        minutes = number if self.minutes is None else self.minutes
        record = make_record(
            body,
            self.key,
            number,
            NOON + timedelta(minutes=minutes),
            description=self.description,
            tags=self.tags,
            run=Run("nightly", self.run, "brave-otter", "score", "task-1") if self.run else Run(),
            code=Code("9fceb02d", "main", False, "git@github.com:o/r.git") if self.run else Code(),
        )
        path = project.store.add(record, content)
        project.note(path, path.parent)


@dataclass(frozen=True)
class Republish:
    """Give a version another description or state, as an update of a progress does."""

    number: int
    percent: float
    description: str | None = None

    def apply(self, project: Project) -> None:
        records = project.records()
        if not records:
            return
        path = records[self.number % len(records)]
        name = path.relative_to(project.store.root).as_posix()
        try:
            record = project.store.read(name)
        except RecordError:
            return
        if record.header.retired:
            return
        body = Progress(self.percent) if isinstance(record.body, Progress) else record.body
        header = replace(
            record.header,
            description=self.description,
            updated=NOON + timedelta(days=1),
            digest=None,
            header_sha256=None,
        )
        project.store.replace(name, Record(header, body))
        project.note(path)


@dataclass(frozen=True)
class Damage:
    """Let something befall the file of a record, or what is attached to one."""

    number: int
    how: str
    """A key of `DAMAGES`."""
    ending: str = "yaml"

    def apply(self, project: Project) -> None:
        paths = sorted(project.store.root.glob(f"*/*.{self.ending}"))
        if paths:
            path = paths[self.number % len(paths)]
            project.write(path, DAMAGES[self.how](path.read_bytes()))


@dataclass(frozen=True)
class Delete:
    """Delete a version with what is attached to it, as the command does."""

    number: int

    def apply(self, project: Project) -> None:
        records = project.records()
        if records:
            path = records[self.number % len(records)]
            for beside in sorted(path.parent.glob(f"{path.stem}.*")):
                project.remove(beside)


@dataclass(frozen=True)
class Retire:
    """Remove the body of a version with what is attached to it, as the command does."""

    number: int

    def apply(self, project: Project) -> None:
        records = project.records()
        if not records:
            return
        path = records[self.number % len(records)]
        beside = [other for other in path.parent.glob(f"{path.stem}.*") if other != path]
        with suppress(RecordError):
            retire_in(project.store, path.relative_to(project.store.root).as_posix())
            project.note(path, *beside)


@dataclass(frozen=True)
class Pin:
    """Give a version a name, or take it away, or write what is none."""

    number: int
    name: str
    how: str = "pin"
    """pin, unpin or spoil."""

    def apply(self, project: Project) -> None:
        records = project.records()
        if not records:
            return
        record = records[self.number % len(records)]
        path = record.with_name(f"{self.name}.pin")
        if self.how == "unpin":
            project.remove(path)
            return
        found = re.search(rb'^id: "([^"]*)"$', record.read_bytes(), re.M)
        content = found[1] + b"\n" if found and self.how == "pin" else b"<b>none</b>"
        project.write(path, content)


@dataclass(frozen=True)
class DeleteKey:
    """Delete all versions of a key, and its folder."""

    key: str

    def apply(self, project: Project) -> None:
        project.remove(project.store.root / self.key)


@dataclass(frozen=True)
class Misplace:
    """Move a record, without what is attached to it, where it does not belong."""

    number: int
    to: str

    def apply(self, project: Project) -> None:
        records = project.records()
        if records:
            path = records[self.number % len(records)]
            project.move(path, project.store.root / self.to.replace("*", path.stem))


@dataclass(frozen=True)
class Set:
    """Change a setting; one that is None is left out."""

    names: tuple[str, ...]
    value: Any

    def apply(self, project: Project) -> None:
        project.set(self.names, self.value)


@dataclass(frozen=True)
class Feature:
    """Switch a feature of the theme on or off."""

    name: str
    on: bool

    def apply(self, project: Project) -> None:
        features = project.settings.get("theme", {}).get("features", [])
        features = [feature for feature in features if feature != self.name]
        project.set(("theme", "features"), [*features, self.name] if self.on else features)


@dataclass(frozen=True)
class Override:
    """Write a file of the theme anew."""

    path: str
    text: str

    def apply(self, project: Project) -> None:
        project.write(project.folder / "overrides" / self.path, self.text.encode())
        project.set(("theme", "custom_dir"), "overrides")


@dataclass(frozen=True)
class Hook:
    """Write a hook and name it in the settings, or take it away."""

    text: str | None

    def apply(self, project: Project) -> None:
        path = project.folder / "hooks/hook.py"
        if self.text is None:
            project.set(("hooks",), None)
            project.remove(path)
        else:
            project.write(path, self.text.encode())
            project.set(("hooks",), ["hooks/hook.py"])


@dataclass(frozen=True)
class Inherit:
    """Write settings that the project's are laid over, or take them away."""

    settings: dict[str, Any] | None

    def apply(self, project: Project) -> None:
        path = project.folder / "parent.yml"
        if self.settings is None:
            project.set(("INHERIT",), None)
            project.remove(path)
        else:
            project.write(path, json.dumps(self.settings).encode())
            project.set(("INHERIT",), "parent.yml")


@dataclass(frozen=True)
class SetVariable:
    """Change the environment that a new process will have."""

    name: str
    value: str | None

    def apply(self, project: Project) -> None:
        project.variables.pop(self.name, None)
        if self.value is not None:
            project.variables[self.name] = self.value
        project.needs_new_process = True


@dataclass(frozen=True)
class SpoilOutput:
    """Change the site by hand; a new process repairs it."""

    number: int
    how: str
    """remove, edit, empty, remove folder, add or add folder."""

    def apply(self, project: Project) -> None:
        files = sorted(path for path in project.site_dir.rglob("*") if path.is_file())
        if not files:
            return
        path = files[self.number % len(files)]
        if self.how == "remove":
            path.unlink()
        elif self.how == "edit":
            path.write_bytes(path.read_bytes() + b"<!-- by hand -->")
        elif self.how == "empty":
            path.write_bytes(b"")
        elif self.how == "remove folder":
            shutil.rmtree(path.parent)
        elif self.how == "add":
            (path.parent / "added.html").write_text("by hand")
        elif self.how == "add folder":
            (path.parent / "added" / "within").mkdir(parents=True, exist_ok=True)
        project.needs_new_process = True


@dataclass(frozen=True)
class SpoilCache:
    """Let something befall a file of what is remembered between processes, or all of it."""

    number: int
    how: str
    """cut, overwrite, empty, remove, folder, remove all, keep all or put back."""

    def apply(self, project: Project) -> None:
        kept = project.cache.with_name("cache-kept")
        files = sorted(path for path in project.cache.rglob("*") if path.is_file())
        if self.how == "keep all" and files:
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(project.cache, kept)
        elif self.how == "put back" and kept.exists():
            shutil.rmtree(project.cache, ignore_errors=True)
            shutil.copytree(kept, project.cache)
        elif self.how == "remove all":
            shutil.rmtree(project.cache, ignore_errors=True)
        elif files:
            path = files[self.number % len(files)]
            content = path.read_bytes()
            path.unlink()
            if self.how == "folder":
                path.mkdir()
            elif self.how != "remove":
                spoilt = {"cut": content[: len(content) // 2], "empty": b""}
                path.write_bytes(spoilt.get(self.how, b"\x00garbage\xff" * 200))


def _twisted(content: bytes) -> bytes:
    """Return as many bytes, one of which is another one: the last letter or digit."""
    places = [match.start() for match in re.finditer(rb"[a-z0-9]", content)]
    if not places:
        return content
    place = places[-1]
    letter = b"x" if content[place : place + 1] != b"x" else b"y"
    return content[:place] + letter + content[place + 1 :]


_COLUMNS = (Column("city", "string"), Column("loss", "number"))
KINDS: dict[str, Any] = {
    "markdown": (Markdown("# Report\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n"), None),
    "code": (Markdown("```python\nif a:\n    b(c)  # ~{x} </script>\n```\n"), None),
    "link": (Link("https://example.org/?a=b&c=d", "the data"), None),
    "script": (Link("javascript:alert(1)"), None),
    "table": (Table(_COLUMNS, (("Bonn", 0.5), ("Köln", None))), None),
    "image": (Image(attachment=make_attachment(), alt="The loss falls"), PNG),
    "image elsewhere": (Image(url="https://i.example.org/plot.png"), None),
    "file": (File(make_attachment(b"PK and so on", "zip"), "model.zip"), b"PK and so on"),
    "progress": (Progress(40.0), None),
}
DAMAGES: dict[str, Any] = {
    "twist": _twisted,
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "garbage": lambda content: b"\x00\xff" * 9,
    "note": lambda content: b"# by hand\n" + content,
    "line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "reword": lambda content: content.replace(b"number", b"no."),
}
