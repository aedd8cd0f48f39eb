from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Markdown
from artifolio.store import Store
from hosted import Hosted, make_hosted, write_site
from samples import make_record
from website.projects import write_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    """A clone with a remote, which is the working directory."""
    made = make_hosted(tmp_path)
    os.chdir(made.work.folder)
    return made


@pytest.fixture
def site(hosted: Hosted, tmp_path: Path) -> str:
    return str(write_site(tmp_path / "site", a__b="Page"))


def test_the_site_is_built_and_put_on_gh_pages(run: Any, hosted: Hosted) -> None:
    folder = hosted.work.folder
    Store(folder / "artifacts").add(make_record(Markdown("# It works\n")))
    write_settings(folder)
    (folder / "site_src").mkdir()
    (folder / "site_src" / "index.md").write_text("# Home\n")
    result = run("deploy")
    assert result.exit_code == 0, result.stderr
    assert "Built 1 artifact, 1 version" in result.stderr
    assert "It works" in hosted.text("artifacts/loss/index.html")
    assert {".nojekyll", "artifacts/_assets/artifolio.js"} <= set(hosted.names())


def test_what_was_done_is_told_in_a_line(run: Any, hosted: Hosted, site: str) -> None:
    first = run("deploy", "--site", site)
    commit = hosted.tip()[:12]
    assert first.stdout == (
        "Deployed 2 files, 8 bytes, to origin/gh-pages: "
        f"4 added, 0 changed, 0 removed; commit {commit}\n"
    )
    second = run("deploy", "--site", site, "--path", "v1/", "-m", "Mine")
    assert second.stdout == (
        "Deployed 2 files, 8 bytes, to origin/gh-pages under v1/: "
        f"3 added, 0 changed, 0 removed; commit {hosted.tip()[:12]} in place of {commit}\n"
    )
    assert hosted.host.git("log", "--format=%s", "gh-pages") == "Mine"


def test_an_unchanged_site_is_told(run: Any, hosted: Hosted, site: str) -> None:
    run("deploy", "--site", site, "--branch", "pages", "--remote", "origin")
    before = hosted.tip("pages")
    again = run("deploy", "--site", site, "--branch", "pages")
    assert again.stdout == "Nothing to deploy: origin/pages has this site already\n"
    assert hosted.tip("pages") == before


def test_a_dry_run_pushes_nothing(run: Any, hosted: Hosted, site: str) -> None:
    result = run("deploy", "--site", site, "--dry-run")
    assert result.stdout == (
        "Would deploy 2 files, 8 bytes, to origin/gh-pages: 4 added, 0 changed, 0 removed\n"
    )
    assert hosted.tip() == ""


def test_a_branch_that_jekyll_makes_is_told_of(run: Any, hosted: Hosted, site: str) -> None:
    hosted.put({"_config.yml": "title: Mine"})
    result = run("deploy", "--site", site, "--path", "v1")
    assert "There is no .nojekyll" in result.stderr
    assert ".nojekyll" not in hosted.files()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--branch", "main"], "main is the branch that you work on"),
        (["--path", "../x"], "'../x' is no path on a branch"),
        (["--branch=--upload-pack=touch PWNED"], "is no name for a branch"),
        (["--remote", "ext::sh -c touch% PWNED"], "is no name of a remote"),
        (["--site", "."], "is no site"),
    ],
)
def test_what_is_refused_is_so_before_anything_is_built(
    run: Any, hosted: Hosted, arguments: list[str], said: str
) -> None:
    result = run("deploy", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Built" not in result.stderr
    assert hosted.tip() == ""
    assert not (hosted.work.folder / "PWNED").exists()


def test_a_site_that_is_not_there_is_wrong_usage(run: Any, hosted: Hosted) -> None:
    assert run("deploy", "--site", "nowhere").exit_code == 2


def test_nothing_that_a_host_says_steers_a_terminal(run: Any, hosted: Hosted, site: str) -> None:
    hook = hosted.host.folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nprintf '\\033[31merror: no\\007\\n' >&2\nexit 1\n")
    hook.chmod(0o755)
    result = run("deploy", "--site", site)
    assert result.exit_code == 1
    assert "pre-receive hook declined" in result.stderr
    assert "\x1b" not in result.stderr
