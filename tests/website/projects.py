"""Small projects to build: records of every type, and what surrounds them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from artifolio.bodies import Attachment, Column, File, Image, Link, Markdown, Progress, Table
from artifolio.origins import Code, Run
from artifolio.store import Store
from samples import PNG, make_attachment, make_record

if TYPE_CHECKING:
    from pathlib import Path

    from artifolio.bodies import Body
    from artifolio.records import Record

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ZIP = b"PK and so on"
SETTINGS: dict[str, Any] = {
    "site_name": "Demo",
    "docs_dir": "site_src",
    "theme": {"name": "material", "font": False},
    "plugins": ["search", "artifolio"],
    "nav": [{"Home": "index.md"}, {"Artifacts": "artifacts/index.md"}],
    "not_in_nav": "/artifacts/**\n/runs/**\n",
}
FIRST_RUN = Run("nightly", "run-1", "brave-otter", "score", "task-1")
SECOND_RUN = Run("nightly", "Run 2/../x", "calm-owl")
CODE = Code("9fceb02d0ae598e95dc970b74767f19372d61af8", "main", True, "git@github.com:o/r.git")


def svg_attachment() -> Attachment:
    described = make_attachment(SVG, "svg")
    return Attachment(described.name, "image/svg+xml", described.size, described.sha256)


def records() -> list[tuple[Record, bytes | None]]:
    """Give versions of all six types, of two runs, with and without keys, and their files."""
    rows = (("Bonn", 0.5, None), ("Köln", -1.0, True))
    columns = (Column("city", "string"), Column("loss", "number"), Column("ok", "boolean"))
    made: list[tuple[Body, str | None, bytes | None]] = [
        (Markdown("# First\n\nIt *fell*.\n"), "loss", None),
        (Markdown("# Second\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n"), "loss", None),
        (Markdown("# Third\n\n```python\nif a:\n    b(c)  # ~{x}\n```\n"), "loss", None),
        (Table(columns, rows[:1]), "cities", None),
        (Table(columns, rows), "cities", None),
        (Link("https://example.org/?a=b&c=d", "the data"), "source", None),
        (Link("javascript:alert(1)"), "source", None),
        (Image(attachment=make_attachment(), alt="The loss falls"), "plot", PNG),
        (Image(url="https://i.example.org/plot.png"), "plot-elsewhere", None),
        (Image(attachment=svg_attachment()), "drawing", SVG),
        (File(make_attachment(ZIP, "zip"), "model.zip"), "model", ZIP),
        (File(make_attachment(b"<script>", "html"), "report.html"), "model", b"<script>"),
        (Progress(40.0), "import", None),
        (Markdown("Alone.\n"), None, None),
        (Link("https://example.org/"), None, None),
    ]
    return [
        (
            make_record(
                body,
                key,
                number,
                description=f"Number *{number}* of all",
                tags=("daily", "two words") if number % 2 else (),
                metadata={"model": "v3", "depth": {"a": [1, None]}},
                run=FIRST_RUN if number % 2 else SECOND_RUN,
                code=CODE,
            ),
            content,
        )
        for number, (body, key, content) in enumerate(made, 1)
    ]


def publish(store: Store, made: list[tuple[Record, bytes | None]]) -> None:
    for record, content in made:
        store.add(record, content)


def write_settings(project: Path, **changes: Any) -> Path:
    """Write ``mkdocs.yml``; a setting that is None is left out."""
    settings = {name: value for name, value in (SETTINGS | changes).items() if value is not None}
    config_file = project / "mkdocs.yml"
    config_file.write_text(json.dumps(settings, indent=1))
    return config_file


def write_project(project: Path, **changes: Any) -> Path:
    """Lay down a whole project and return its ``mkdocs.yml``."""
    publish(Store(project / "artifacts"), records())
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text(
        "# Home\n\nSee [the artifacts](artifacts/index.md).\n\n<script>by(hand)</script>\n"
    )
    return write_settings(project, **changes)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def folders(folder: Path) -> list[str]:
    """Return every folder below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_dir())
