"""What is taken of npm's packages."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def npm() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        import npm

        yield npm


def archive_of(folder: Path, *names: str) -> Path:
    path = folder / "x.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    return path


def test_only_what_is_wanted_is_unpacked(npm: Any, tmp_path: Path) -> None:
    names = ["package/a.js", "package/d/e/f.js", "package/d.js", "package/g/d/h.js"]
    npm.unpack(archive_of(tmp_path, *names), tmp_path / "made", ("a.js", "d"))
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.js")}
    assert files == {"made/a.js", "made/d/e/f.js"}


def test_nothing_is_unpacked_elsewhere(npm: Any, tmp_path: Path) -> None:
    names = ["package/d/../../x.js", "../x.js", "/x.js"]
    npm.unpack(archive_of(tmp_path, *names), tmp_path / "made" / "in", ("d", "x.js", ".."))
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.js")} == {"made/in/x.js"}


def test_a_package_with_another_hash_is_not_taken(
    npm: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pack(command: list[str], **options: object) -> None:
        archive_of(Path(command[-1]), "package/dist/mermaid.min.js")

    monkeypatch.setattr(npm, "FOLDER", tmp_path / "npm")
    monkeypatch.setattr(npm.shutil, "which", lambda name: name)
    monkeypatch.setattr(npm.subprocess, "run", pack)
    with pytest.raises(SystemExit, match="has another hash"):
        npm.install_package("mermaid")
    assert npm.find_package("mermaid") is None
    assert list((tmp_path / "npm").iterdir()) == []
