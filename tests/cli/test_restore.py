from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from artifolio.bodies import Image
from histories import Published
from samples import PNG, make_attachment, make_id, make_record, retire_in
from website.projects import tree


@pytest.fixture
def repository(tmp_path: Path) -> Published:
    """A project in the working directory: versions 2 and 3 were deleted."""
    repository = Published(tmp_path)
    (tmp_path / ".gitignore").write_text("/home/\n")
    (tmp_path / "mkdocs.yml").touch()
    repository.add(1)
    repository.add(2)
    repository.store.add(make_record(Image(attachment=make_attachment()), "plot", 3), PNG)
    repository.save("Publish")
    return repository


@pytest.fixture
def before(repository: Published) -> dict[str, bytes]:
    """What there was before they were deleted."""
    files = tree(repository.store.root)
    for path in [*repository.store.root.glob("*/*2.*"), *repository.store.root.glob("*/*3.*")]:
        path.unlink()
    repository.save("Delete")
    return files


def test_a_deleted_version_comes_back(
    run: Any, repository: Published, before: dict[str, bytes]
) -> None:
    result = run("restore", "000000000002")
    assert (result.exit_code, result.stderr) == (0, "It is not committed yet.\n")
    path = "loss/20260801T120200123Z-000000000002.yaml"
    assert result.stdout == f"Restored 1 version of loss ({make_id(2)}): {path}\n"
    assert run("restore", str(make_id(3))).stdout.startswith(
        f"Restored 1 version of plot ({make_id(3)}) with 1 attachment: plot/"
    )
    assert tree(repository.store.root) == before
    assert run("check").exit_code == 0


def test_a_dry_run_restores_nothing(
    run: Any, repository: Published, before: dict[str, bytes]
) -> None:
    files = tree(repository.folder)
    result = run("restore", str(make_id(3)), "--dry-run")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("Would restore 1 version of plot")
    assert tree(repository.store.root) == {
        name.removeprefix("artifacts/"): content
        for name, content in files.items()
        if name.startswith("artifacts/")
    }


def test_what_is_there_already_is_said(
    run: Any, repository: Published, before: dict[str, bytes]
) -> None:
    result = run("restore", str(make_id(1)))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        "Nothing to restore: loss/20260801T120100123Z-000000000001.yaml is there\n"
    )


def test_of_a_body_that_retention_removed_it_is_said_where_it_is(
    run: Any, repository: Published
) -> None:
    path = repository.store.scan("loss").entries[0].path
    retire_in(repository.store, path)
    result = run("restore", str(make_id(1)))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        f"{path} is there, without its body, which older commits have:\n"
        f"  git log -- artifacts/{path}\n"
    )


def test_several_are_listed(run: Any, repository: Published, before: dict[str, bytes]) -> None:
    result = run("restore", "019ab0d6")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: id '019ab0d6' is shared by several; give more of it:\n"
        f"  {make_id(2)}\n  {make_id(3)}\n"
    )


def test_what_was_never_there_is_not_found(
    run: Any, repository: Published, before: dict[str, bytes]
) -> None:
    result = run("restore", "ffff")
    assert result.exit_code == 3
    assert result.stderr == "Error: deleted version 'ffff' not found; see 'artifolio log'\n"


def test_a_shallow_clone_names_the_way_out(
    run: Any,
    repository: Published,
    before: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clone = repository.copy(tmp_path / "home" / "shallow", "--depth=1")
    monkeypatch.chdir(clone.folder)
    result = run("restore", str(make_id(2)))
    assert result.exit_code == 3
    assert "git fetch --unshallow" in result.stderr
    clone.git("fetch", "-q", "--unshallow")
    assert run("restore", str(make_id(2))).exit_code == 0


def test_another_branch_may_be_asked(
    run: Any, repository: Published, before: dict[str, bytes]
) -> None:
    repository.git("branch", "artifacts-data", "HEAD~1")
    repository.git("checkout", "-q", "--orphan", "fresh")
    repository.save("Fresh")
    assert run("restore", str(make_id(2))).exit_code == 3
    assert run("restore", str(make_id(2)), "--branch", "artifacts-data").exit_code == 0


def test_a_version_that_was_changed_comes_back_with_a_warning(
    run: Any, repository: Published
) -> None:
    record = repository.add(4)
    text = repository.file(record).read_bytes().replace(b"It fell.", b"It rose.")
    repository.file(record).write_bytes(text)
    repository.save("Change")
    repository.file(record).unlink()
    result = run("restore", str(make_id(4)))
    assert result.exit_code == 0
    assert "Warning: changed after it was published" in result.stderr
    assert repository.file(record).read_bytes() == text


def test_outside_of_a_repository_git_says_so(run: Any, project: Any) -> None:
    assert run("restore", "ffff").exit_code in (1, 3)
