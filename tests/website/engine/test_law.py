"""The law of the engine: a site is what a clean build by plain MkDocs makes of its sources."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings

from artifolio.website.engine.verify import compare_sites
from choices import Choices
from profiles import LAW_EXAMPLES
from website.engine import edits
from website.engine.edits import Edit, Hook, Project, Publish, Remove, Retitle, Set, Write
from website.engine.plain import PlainBuilder
from website.engine.sequences import STARTS, make_edit, make_round, sequences
from website.engine.trial import ANOTHER, BUILDERS, BrokenLawError, Round, Start, Trial
from website.projects import tree, write_project

pytestmark = pytest.mark.long

# A round takes half a second, as long as a hundred examples of the laws of the record.
_ROUNDS = LAW_EXAMPLES[settings.get_current_profile_name().partition("-")[0]] // 100
_LENGTH = min(12, max(2, ceil(_ROUNDS / len(STARTS))))
_EXAMPLES = ceil(_ROUNDS / len(STARTS) / _LENGTH)
# So that none takes more than some minutes.
_BATCHES = ceil(_EXAMPLES / 20)
_BASE = STARTS[0]

each_start = pytest.mark.parametrize("start", STARTS, ids=lambda start: start.name)


class DirtyTrial(Trial):
    """The same, but for the builder: ``mkdocs build --dirty``."""

    def build(self, by: str) -> str:
        project = self.project
        done = self.plain.build(project.config_file, project.site_dir, dirty=len(self.rounds) > 1)
        return done.said if done.status else ""


@contextmanager
def trial_of(start: Start, plain: PlainBuilder, kind: type[Trial] = Trial) -> Iterator[Trial]:
    """Give a project after its first build, in memory where there is a folder that is."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        trial = kind(start, Path(folder), plain)
        trial.play(Round())
        yield trial


def broken(plain: PlainBuilder, *edits: Edit) -> BrokenLawError:
    """Give what the law says of a dirty build after some edits."""
    with trial_of(_BASE, plain, DirtyTrial) as trial, pytest.raises(BrokenLawError) as raised:
        trial.play(Round(edits))
    return raised.value


@each_start
@pytest.mark.parametrize("batch", range(1, _BATCHES + 1))
# Hypothesis begins with the example in which nothing happens.
@settings(max_examples=ceil(_EXAMPLES / _BATCHES) + 1)
@given(rounds=sequences(_LENGTH))
def test_a_site_is_what_plain_mkdocs_makes_whatever_was_before(plain, start, batch, rounds):
    if not rounds:
        return
    with trial_of(start, plain) as trial:
        for played in rounds:
            trial.play(played)


@pytest.mark.parametrize("by", BUILDERS)
def test_a_site_for_which_nothing_changed_is_what_plain_mkdocs_makes(plain, by):
    with trial_of(_BASE, plain) as trial:
        trial.play(Round((), by))


def test_a_plugin_that_changes_addresses_changes_those_in_generated_pages(plain):
    with trial_of(_BASE, plain) as trial:
        trial.play(Round((Set(("plugins",), ["search", "artifolio", "material/offline"]),)))


def test_a_dirty_build_breaks_the_law_in_the_search_index(plain):
    error = broken(plain, Retitle("site_src/about.md", "# Another title"))
    assert [d for d in error.differences if d.startswith("search/search_index.json: differs")]


def test_a_dirty_build_breaks_the_law_with_a_page_left_over(plain):
    error = broken(plain, Remove("site_src/about.md"))
    assert "about/index.html: left over" in error.differences


def test_a_broken_law_shows_the_steps_and_the_first_differences(plain):
    told = str(broken(plain, Remove("site_src/about.md"), Publish("link", "source")))
    assert "start: as init leaves it" in told
    assert "round 2, built hinted:\n  Remove(path='site_src/about.md'),\n  Publish(" in told
    assert "about/index.html: left over" in told


def test_a_build_that_only_plain_mkdocs_refuses_breaks_the_law(plain):
    class Careless(DirtyTrial):
        def build(self, by: str) -> str:
            super().build(by)
            return ""

    with trial_of(_BASE, plain, Careless) as trial, pytest.raises(BrokenLawError, match="plain: 1"):
        trial.play(Round((Set(("theme", "name"), "nothing"),)))


def test_what_both_refuse_is_mended_and_goes_on(plain):
    with trial_of(_BASE, plain) as trial:
        trial.play(Round((Hook("def on_pre_build(config):\n    raise ValueError\n"),)))
        assert trial.compared == 1
        trial.play(Round((Write("site_src/index.md", "# Home"),)))
        assert trial.compared == 2


@pytest.mark.parametrize("seed", range(10))
def test_every_edit_can_be_applied_to_every_project(tmp_path, seed):
    project = Project(tmp_path / "project", tmp_path / "cache")
    project.folder.mkdir()
    project.settings = {"plugins": ["search", "artifolio"]}
    project.write_settings()
    choices = Choices(random.Random(seed).randbytes(10_000))
    for _ in range(150):
        make_edit(choices).apply(project)
    assert project.config_file.exists()
    assert all(Path(path).is_absolute() for path in project.changed)


def test_every_kind_of_edit_and_every_builder_comes_up():
    rounds = [make_round(Choices(random.Random(seed).randbytes(100))) for seed in range(1_000)]
    kinds = {type(edit).__name__ for played in rounds for edit in played.edits}
    assert kinds == {name for name, kind in vars(edits).items() if hasattr(kind, "apply")} - {
        "Edit"
    }
    assert {played.by for played in rounds} == set(BUILDERS)


def test_the_plain_builder_builds_what_the_command_builds(tmp_path, plain):
    config_file = write_project(tmp_path)
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", config_file]
    environ = os.environ | {"SOURCE_DATE_EPOCH": "1785542400"}
    subprocess.run([*command, "--site-dir", tmp_path / "one"], check=True, env=environ)
    assert plain.build(config_file, tmp_path / "other", environ=environ).status == 0
    assert compare_sites(tmp_path / "one", tmp_path / "other") == ()
    assert tree(tmp_path / "one") == tree(tmp_path / "other")


def test_the_plain_builder_is_another_process_that_ends_with_its_input(tmp_path):
    with PlainBuilder() as builder:
        assert builder.build(write_project(tmp_path), tmp_path / "site").status == 0
        assert builder.pid != os.getpid()
        os.kill(builder.pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(builder.pid, 0)


def test_no_plain_build_learns_from_the_one_before(tmp_path, plain):
    (tmp_path / "hook.py").write_text("import os, sys\nsys.modules['mkdocs'].seen = 1\n")
    config_file = write_project(tmp_path, hooks=["hook.py"], site_name="First")
    environ = {**os.environ, "DEMO_NAME": "x"}
    assert plain.build(config_file, tmp_path / "site", environ=environ).status == 0
    (tmp_path / "hook.py").write_text(
        "import os, sys\nassert not hasattr(sys.modules['mkdocs'], 'seen')\n"
        "assert 'DEMO_NAME' not in os.environ\n"
    )
    assert plain.build(config_file, tmp_path / "site").said == ""


def test_the_plain_builder_says_why_a_build_failed(tmp_path, plain):
    done = plain.build(write_project(tmp_path, theme="nothing"), tmp_path / "site")
    assert done.status == 1
    assert "Unrecognised theme name: 'nothing'" in done.said


def test_settings_that_another_process_has_built_with_count_for_the_one_that_goes_on(plain):
    with trial_of(_BASE, plain) as trial:
        trial.play(Round((Write("site_src/files/numbers.csv", "1,2\n"),)))
        trial.play(Round((Set(("exclude_docs",), "*.csv\n"),), ANOTHER))
        trial.play(Round((Write("site_src/index.md", "# Home again"),)))
