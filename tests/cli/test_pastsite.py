from __future__ import annotations

import logging
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Markdown
from artifolio.origins import Code
from artifolio.store import Store
from artifolio.website.engine.build import Builder, load_configuration
from histories import Published
from repositories import START
from samples import make_record, put
from website.projects import SETTINGS, publish, records, tree, write_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _mkdocs_logs() -> Iterator[None]:
    """Leave MkDocs' logger as it was found."""
    logger = logging.getLogger("mkdocs")
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    """A project in the working directory; since its first commit all has become another."""
    repository = Published(tmp_path / "project")
    monkeypatch.chdir(repository.folder)
    (repository.folder / ".gitignore").write_text("/site/\n/site_src/artifacts/\n/site_src/runs/\n")
    publish(repository.store, records())
    write_page(repository, "# Home of then\n")
    write_settings(repository.folder, site_name="Then")
    repository.save("Then")
    repository.git("tag", "then")
    for path in (repository.store.root / "loss").glob("*.yaml"):
        path.unlink()
    repository.add(90, "gain")
    write_page(repository, "# Home of now\n")
    write_settings(repository.folder)
    repository.save("Now")
    return repository


def write_page(repository: Published, text: str) -> None:
    (repository.folder / "site_src").mkdir(exist_ok=True)
    (repository.folder / "site_src/index.md").write_text(text)


def short(repository: Published, name: str) -> str:
    return repository.git("rev-parse", name)[:10]


def as_of(repository: Published, name: str) -> str:
    """Return what a site's name is followed by."""
    seconds = int(repository.git("log", "-1", "--format=%ct", name))
    day = datetime.fromtimestamp(seconds, timezone.utc).date()
    return f"(as of {day}, {short(repository, name)})"


def checked_out(repository: Published, folder: Path, **changes: Any) -> dict[str, bytes]:
    """Return the site that a checkout of the tag gives, built as usual."""
    clone = repository.copy(folder)
    clone.git("checkout", "-q", "then")
    write_settings(clone.folder, **changes)
    Builder(None).build(load_configuration(clone.folder / "mkdocs.yml"))
    return without_times(tree(clone.folder / "site"))


def without_times(site: dict[str, bytes]) -> dict[str, bytes]:
    return {name: site[name] for name in site if not name.startswith(("sitemap", ".gitignore"))}


def test_the_site_is_what_a_checkout_gives_with_the_settings_of_now(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    result = run("build", "--at", "then", "--site-dir", str(tmp_path / "out"), "-j", "1")
    assert result.exit_code == 0, result.stderr
    name = f"{SETTINGS['site_name']} {as_of(repository, 'then')}"
    expected = checked_out(repository, tmp_path / "clone", site_name=name)
    found = without_times(tree(tmp_path / "out"))
    assert b"Home of now" in found["index.html"]
    assert b"Home of then" in expected.pop("index.html")
    assert "artifacts/loss/index.html" in found
    assert "artifacts/gain/index.html" not in found
    del found["index.html"]
    # The page that is another is in the search as well.
    assert found.pop("search/search_index.json") != expected.pop("search/search_index.json")
    assert found == expected


def test_the_whole_site_is_what_a_checkout_gives(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    result = run("build", "--at", "then", "--whole", "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    name = f"Then {as_of(repository, 'then')}"
    expected = checked_out(repository, tmp_path / "clone", site_name=name)
    assert without_times(tree(tmp_path / "out")) == expected


@pytest.mark.parametrize("options", [[], ["--strict"], ["--whole", "--strict"]])
def test_nothing_else_changes(
    run: Any, repository: Published, tmp_path: Path, options: list[str]
) -> None:
    put(repository.store, "loss/new.yaml", "not committed")
    run("build")
    repository.git("status")
    before, home = tree(repository.folder), tree(tmp_path / "home")
    result = run("build", "--at", "then", *options)
    assert result.exit_code == 0, result.stderr
    folder = f"site-{short(repository, 'then')}/"
    after = tree(repository.folder)
    assert {name for name in after if name not in before} == {
        name for name in after if name.startswith(folder)
    }
    assert {name: after[name] for name in before} == before
    assert tree(tmp_path / "home") == home
    built = Builder(Path(os.environ["XDG_CACHE_HOME"]) / "artifolio").build(
        load_configuration(repository.folder / "mkdocs.yml")
    )
    assert built.updated is not None
    assert built.updated.written == []


def test_without_a_folder_it_lies_beside_the_site_and_git_does_not_see_it(
    run: Any, repository: Published
) -> None:
    result = run("build", "--at", "then")
    folder = repository.folder / f"site-{short(repository, 'then')}"
    assert result.stderr.splitlines()[-1].endswith(f" s: {folder}")
    assert (folder / "artifacts/loss/index.html").is_file()
    assert repository.git("status", "--porcelain") == ""
    assert not (repository.folder / "site").exists()


def test_building_it_again_gives_the_same(run: Any, repository: Published) -> None:
    run("build", "--at", "then")
    folder = repository.folder / f"site-{short(repository, 'then')}"
    first = without_times(tree(folder))
    (folder / "left-over.html").write_text("x")
    assert run("build", "--at", "then").exit_code == 0
    assert without_times(tree(folder)) == first


def test_it_is_said_of_when_the_site_is(run: Any, repository: Published, tmp_path: Path) -> None:
    result = run("build", "--at", "then", "--site-dir", str(tmp_path / "out"))
    assert f"As of commit {short(repository, 'then')}, 2023-11-14 23:13:20 UTC" in result.stderr
    page = (tmp_path / "out/artifacts/loss/index.html").read_text("utf-8")
    assert f"Demo {as_of(repository, 'then')}" in page


@pytest.mark.parametrize(
    ("hours", "key"), [(1, "loss"), (1.5, "loss"), (2, "gain"), (1_000_000, "gain")]
)
def test_a_time_may_be_named(
    run: Any, repository: Published, tmp_path: Path, hours: float, key: str
) -> None:
    moment = datetime.fromtimestamp(START + 3600 * hours, timezone.utc)
    result = run("build", "--at", moment.isoformat(), "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "out/artifacts" / key).is_dir()
    assert (
        len([name for name in ("loss", "gain") if (tmp_path / "out/artifacts" / name).is_dir()])
        == 1
    )


@pytest.mark.parametrize(
    ("at", "code"), [("nothing", 3), ("2001-01-01", 3), ("2026-02-30", 1), ("--all", 3), ("", 3)]
)
def test_what_names_no_commit_builds_nothing(
    run: Any, repository: Published, at: str, code: int
) -> None:
    before = tree(repository.folder)
    assert run("build", f"--at={at}").exit_code == code
    assert tree(repository.folder) == before


@pytest.mark.parametrize(
    "target", [".", "artifacts", "artifacts/loss", "site_src", "site_src/x", ".git", ".git/x", ".."]
)
@pytest.mark.parametrize("options", [[], ["--whole"]])
def test_no_site_is_put_over_what_one_is_made_from(
    run: Any, repository: Published, target: str, options: list[str]
) -> None:
    before = tree(repository.folder)
    result = run("build", "--at", "then", "--site-dir", target, *options)
    assert result.exit_code == 1
    assert "would overwrite" in result.stderr
    assert tree(repository.folder) == before


@pytest.mark.parametrize("arguments", [["--whole"], ["--at", "then", "--verify"]])
def test_what_does_not_go_together_is_refused(
    run: Any, repository: Published, arguments: list[str]
) -> None:
    assert run("build", *arguments).exit_code == 2


def test_a_commit_without_records_gives_a_site_without_any(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    repository.git("rm", "-q", "-r", "artifacts")
    repository.save("No records")
    result = run("build", "--at", "HEAD", "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    assert "Built 0 artifacts, 0 versions" in result.stderr


def test_records_that_are_all_gone_now_are_found(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    repository.git("rm", "-q", "-r", "artifacts")
    result = run("build", "--at", "then", "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "out/artifacts/loss/index.html").is_file()


def test_problems_of_then_are_told_by_their_paths(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    put(repository.store, "loss/bad.yaml", "x")
    repository.save("Bad")
    (repository.store.root / "loss/bad.yaml").unlink()
    out = str(tmp_path / "out")
    assert "artifacts/loss/bad.yaml: " in run("build", "--at", "HEAD", "--site-dir", out).stderr
    assert "/tmp" not in run("build", "--at", "HEAD", "--site-dir", out).stderr.replace(out, "")
    assert run("build", "--at", "HEAD", "--strict", "--site-dir", out).exit_code == 1


@pytest.mark.parametrize(
    ("where", "plugin"),
    [
        ("artifacts", None),
        ("data/records", "data/records"),
        ("outside", "../outside"),
        ("outside", "absolute"),
    ],
)
def test_the_records_are_found_wherever_the_project_has_them(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, plugin: str | None
) -> None:
    repository = Published(tmp_path / "all")
    inside = repository.folder / "project"
    inside.mkdir()
    root = inside / where if where != "outside" else repository.folder / where
    store = Store(root)
    store.add(make_record())
    named = str(root) if plugin == "absolute" else plugin
    write_settings(
        inside, plugins=["search", {"artifolio": {"artifacts_dir": named}}] if named else ["search"]
    )
    (inside / "site_src").mkdir()
    (inside / "site_src/index.md").write_text("# Home\n")
    repository.save("All")
    for path in root.rglob("*.yaml"):
        path.unlink()
    monkeypatch.chdir(inside)
    for options in ([], ["--whole"]):
        out = str(tmp_path / "out")
        result = run("build", "--at", "HEAD", "--site-dir", out, *options)
        assert result.exit_code == 0, result.stderr
        assert "Built 1 artifact, 1 version" in result.stderr
    assert not list(root.rglob("*.yaml"))


def test_what_is_no_file_in_the_commit_is_left_out_and_told(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    (repository.store.root / "loss/20260801T130000000Z-000000000099.yaml").symlink_to("/etc/passwd")
    (repository.store.root / "linked").symlink_to("/etc")
    repository.save("Links")
    result = run("build", "--at", "HEAD", "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    assert "Left out: linked: a symbolic link\n" in result.stderr
    assert "Left out: loss/20260801T130000000Z-000000000099.yaml: a symbolic link" in result.stderr


def test_nothing_of_a_commit_runs_unless_the_whole_is_asked_for(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    (repository.folder / "hook.py").write_text(
        f"from pathlib import Path\nPath({str(tmp_path / 'RAN')!r}).touch()\n"
    )
    write_settings(repository.folder, hooks=["hook.py"])
    repository.save("Hook")
    write_settings(repository.folder)
    assert run("build", "--at", "HEAD").exit_code == 0
    assert not (tmp_path / "RAN").exists()
    assert run("build", "--at", "HEAD", "--whole").exit_code == 0
    assert (tmp_path / "RAN").exists()


def test_the_history_that_pages_tell_is_that_of_then(
    run: Any, repository: Published, tmp_path: Path
) -> None:
    commits = [repository.save("Look into the loss"), repository.save("Mend the loss")]
    for number, commit in enumerate(commits, 70):
        code = Code(commit, "main", False, None)
        repository.store.add(make_record(Markdown(f"{number}\n"), "coded", number, code=code))
    repository.save("Publish")
    result = run("build", "--at", "HEAD", "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    pages = (tmp_path / "out/artifacts/coded").rglob("*.html")
    assert any("Mend the loss" in page.read_text("utf-8") for page in pages)


def test_a_worktree_with_a_detached_head_builds_as_well(
    run: Any, repository: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "main")
    monkeypatch.chdir(tmp_path / "tree")
    result = run("build", "--at", "then", "--site-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "out/artifacts/loss/index.html").is_file()


def test_outside_of_a_repository_it_is_said(run: Any, tmp_path: Path) -> None:
    write_settings(tmp_path)
    (tmp_path / "site_src").mkdir()
    result = run("build", "--at", "HEAD")
    assert result.exit_code == 3
    assert "a git repository around" in result.stderr
