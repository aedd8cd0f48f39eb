from __future__ import annotations

import os
import subprocess

import pytest

from artifolio.bodies import File, Markdown
from artifolio.publishing.objects import Objects
from artifolio.publishing.report import make_report
from artifolio.publishing.review import KINDS
from artifolio.store import Store
from samples import PNG, make_attachment, make_record, put


class Branches:
    """A repository whose branch main has one version, and another branch that is checked out."""

    def __init__(self, folder):
        self.store = Store(folder / "artifacts")
        self.git("init", "-q", "-b", "main", str(folder))
        self.first = self.add(1)
        self.save()
        self.git("checkout", "-q", "-b", "feature")

    def git(self, *arguments):
        folder = self.store.root.parent
        folder.mkdir(exist_ok=True)
        command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    def add(self, number, key="loss", body=None, *contents):
        record = make_record(body or Markdown(f"{number}\n"), key, number)
        self.store.add(record, *contents)
        return self.store.root / record.header.path

    def save(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def review(self):
        self.save()
        return make_report(self.store.root, "main", os.environ).review

    def told(self):
        """Return what happened, and what is wrong with it."""
        return [(v.kind, v.number, v.problems) for _, v in self.review().pairs(*KINDS)]


@pytest.fixture
def branches(tmp_path):
    return Branches(tmp_path / "project")


def test_versions_have_the_places_that_they_will_have(branches):
    branches.add(0)
    branches.add(2)
    assert branches.told() == [("added", 1, ()), ("added", 3, ())]


def test_a_deleted_version_keeps_the_place_that_it_had(branches):
    branches.first.unlink()
    branches.add(2)
    assert branches.told() == [("deleted", 1, ()), ("added", 1, ())]


def test_an_attachment_that_is_not_there_is_told(branches):
    path = branches.add(2, "files", File(make_attachment()), PNG)
    image = path.with_suffix(".png")
    image.unlink()
    assert branches.told() == [("added", 1, (f"attachment {image.name} is missing",))]


def test_an_attachment_that_came_alone_is_told(branches):
    put(branches.store, "loss/20260801T120000123Z-000000000009.png", "x")
    assert [str(alarm) for alarm in branches.review().alarms] == [
        "loss/20260801T120000123Z-000000000009.png: attachment added without its record"
    ]


def test_a_record_in_the_folder_of_another_key_is_broken(branches):
    path = branches.add(2, "gain")
    (branches.store.root / "loss" / path.name).write_text(path.read_text())
    path.unlink()
    ((kind, _, (problem,)),) = branches.told()
    assert (kind, problem) == ("broken", f"misplaced; move it to gain/{path.name}")


def test_a_record_that_moved_to_its_own_folder_is_told_once(branches):
    (branches.store.root / "gain").mkdir()
    wrong = branches.store.root / "gain" / branches.first.name
    branches.git("checkout", "-q", "main")
    branches.first.rename(wrong)
    branches.save()
    branches.git("checkout", "-q", "feature")
    branches.git("merge", "-q", "main")
    branches.first.parent.mkdir(exist_ok=True)
    wrong.rename(branches.first)
    assert branches.told() == [("moved", 1, ())]


def test_a_link_is_no_record(branches):
    (branches.first.parent / "20990801T120000123Z-000000000009.yaml").symlink_to(branches.first)
    assert branches.told() == [("broken", 2, ("not a regular file",))]


def test_a_version_without_a_key_stands_at_the_end(branches):
    branches.add(2, None)
    branches.add(3, "zebra")
    assert [artifact.key for artifact in branches.review().artifacts] == ["zebra", None]


def test_a_folder_whose_name_is_no_key_is_told(branches):
    put(branches.store, "No Key/20260801T120000123Z-000000000009.yaml", "x")
    assert branches.told() == [("broken", None, ("the name of its folder is no key",))]


def test_only_the_newest_of_many_are_compared(branches):
    for number in range(2, 32):
        branches.add(number)
    (artifact,) = branches.review().artifacts
    assert [bool(version.sentence) for version in artifact.versions] == [False] * 10 + [True] * 20
    assert [bool(version.comparison) for version in artifact.versions] == [False] * 29 + [True]


def test_a_folder_is_read_once_however_many_attachments_it_has(branches, monkeypatch):
    for number in range(2, 12):
        branches.add(number, "files", File(make_attachment()), PNG)
    asked = []
    files = Objects.files
    monkeypatch.setattr(
        Objects, "files", lambda self, name: asked.append(name) or files(self, name)
    )
    branches.review()
    assert len(asked) == len(set(asked))
