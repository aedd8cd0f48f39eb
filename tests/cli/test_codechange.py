from __future__ import annotations

import json

import pytest

from artifolio.bodies import Markdown
from artifolio.origins import Code
from payloads import payloads
from repositories import Repository
from samples import make_record
from website.projects import write_settings
from website.reading import page_dangers

GITHUB = "https://github.com/o/r"
OWN = "https://git.example.org/o/r"
NOWHERE = "0123456789" * 4


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


@pytest.fixture
def publish(project):
    def add(number: int, *code, **fields):
        project.add(make_record(Markdown(f"{number}\n"), number=number, code=Code(*code, **fields)))

    return add


@pytest.fixture
def three(repository, publish):
    """Two versions, three commits apart."""
    chain = repository.chain(4)
    publish(1, chain[0], "main", remote=GITHUB)
    publish(2, chain[3], "main", dirty=True, remote=GITHUB)
    return chain


def test_the_text_names_the_commits_between(three, run):
    lines = run("diff", "loss").stdout.splitlines()
    start = lines.index(f"code  3 commits between, {three[0][:7]} → {three[3][:7]}")
    assert lines[start - 1] == ""
    assert lines[start + 1 :] == [
        *(f"  {three[n][:7]}  Commit {n + 1}" for n in (3, 2, 1)),
        f"  {GITHUB}/compare/{three[0]}...{three[3]}",
    ]


def test_json_has_the_commits_beside_the_difference(three, run):
    found = json.loads(run("diff", "loss", "-o", "json").stdout)
    code = found["code"]
    assert code["old"] == {"commit": three[0], "branch": "main", "dirty": None}
    assert (code["same"], code["ahead"], code["behind"]) == (False, 3, 0)
    assert code["compare_url"] == f"{GITHUB}/compare/{three[0]}...{three[3]}"
    assert code["commits"][0] == {
        "commit": three[3],
        "author": "Ada Lovelace",
        "authored": "2023-11-15T02:13:20.000Z",
        "subject": "Commit 4",
    }


def test_markdown_lists_them(three, run):
    text = run("diff", "loss", "-o", "md").stdout
    assert f"({GITHUB}/compare/{three[0]}...{three[3]})" in text
    assert f"- `{three[3][:7]}` Commit 4\n" in text


def test_html_lists_them(three, run):
    page = run("diff", "loss", "-o", "html").stdout
    assert f'href="{GITHUB}/commit/{three[2]}"' in page
    assert page.index("af-code") < page.index("</main>")


def test_the_way_back_is_told_as_such(three, run):
    assert "code  3 commits back, " in run("diff", "loss", "2", "1").stdout


def test_one_commit_is_told_as_one(repository, publish, run):
    (commit,) = repository.chain(1)
    publish(1, commit)
    publish(2, commit, dirty=True)
    line = f"code  the same commit, {commit[:7]}, with uncommitted changes"
    assert line in run("diff", "loss").stdout
    assert json.loads(run("diff", "loss", "-o", "json").stdout)["code"]["same"]


def test_commits_that_are_not_at_hand_are_named_alone(publish, run):
    publish(1, NOWHERE, remote=GITHUB)
    publish(2, NOWHERE[::-1], remote=GITHUB)
    assert f"code  {NOWHERE[:7]} → {NOWHERE[::-1][:7]}\n" in run("diff", "loss").stdout
    code = json.loads(run("diff", "loss", "-o", "json").stdout)["code"]
    assert code["compare_url"]
    assert "ahead" not in code


@pytest.fixture
def on_own_host(publish, tmp_path):
    (tmp_path / "site_src").mkdir()
    publish(1, NOWHERE, remote=OWN)
    publish(2, NOWHERE[::-1], remote=OWN)


def test_hosts_of_ones_own_are_those_of_the_site(on_own_host, run, tmp_path):
    write_settings(tmp_path, plugins=[{"artifolio": {"git_hosts": {"Git.example.org": "gitlab"}}}])
    address = f"{OWN}/-/compare/{NOWHERE}...{NOWHERE[::-1]}"
    assert f"  {address}\n" in run("diff", "loss").stdout
    assert f'href="{address}"' in run("diff", "loss", "-o", "html").stdout
    assert (
        f'href="{OWN}/-/commit/{NOWHERE}"'
        in run(*("export", "loss", "--version", "1", "--html", "-o", "-")).stdout
    )


def test_settings_that_are_wrong_cost_a_difference_no_more_than_its_links(
    on_own_host, run, tmp_path
):
    write_settings(tmp_path, plugins=[{"artifolio": {"git_hosts": {"git.example.org": "cvs"}}}])
    result = run("diff", "loss")
    assert (result.exit_code, OWN in result.stdout) == (0, False)
    assert "No links to git hosts of your own: " in result.stderr
    assert "mkdocs.yml" in result.stderr


def test_without_a_commit_there_is_no_word_of_code(publish, run):
    publish(1, NOWHERE)
    publish(2)
    assert "code" not in run("diff", "loss").stdout
    assert "code" not in json.loads(run("diff", "loss", "-o", "json").stdout)


@pytest.mark.parametrize("payload", payloads("git", "html", "md"), ids=str)
def test_a_hostile_commit_is_text_in_every_form(repository, publish, run, payload):
    if not isinstance(payload.content, str) or "\0" in payload.content:
        pytest.skip("no message of a commit")
    (first,) = repository.chain(1)
    second = repository.commit(first, subject=payload.text)
    publish(1, first, payload.text, remote=payload.text)
    publish(2, second, payload.text, remote=payload.text)
    assert "\x1b" not in run("diff", "loss").stdout
    page = run("diff", "loss", "-o", "html").stdout
    part = page[page.index('<div class="af-code">') : page.index("</main>")]
    assert page_dangers(part) == []
    assert run("diff", "loss", "-o", "md").exit_code == 0
