from __future__ import annotations

import shutil
import tempfile
import tracemalloc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifolio.bodies import Image, Link, Markdown
from artifolio.origins import Run
from artifolio.records import Record, dump_record
from artifolio.store import Store
from artifolio.website.pages import PageOptions
from artifolio.website.refresh import Refreshed, Refresher
from artifolio.website.sync import Synced
from artifolio.website.watcher import compare, folders_below, take_snapshot
from samples import PNG, make_attachment, make_record, put, put_record
from website.projects import folders, publish, records, tree
from website.reading import words

FOLDERS = ["loss", "acc", "_keyless", "_assets", "index.md", "Not a key"]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return tmp_path / "site_src"


def anew(store: Store, options: PageOptions | None = None) -> tuple[dict[str, bytes], list[str]]:
    """Return what a fresh refresh into an empty folder makes: files and folders."""
    with tempfile.TemporaryDirectory() as folder:
        Refresher(store, Path(folder), options).refresh()
        return tree(Path(folder)), folders(Path(folder))


class World:
    """Records that change, and pages that follow by what the watcher would report."""

    def __init__(self, base: Path) -> None:
        self.store = Store(base / "artifacts")
        self.store.root.mkdir()
        self.docs = base / "site_src"
        self.refresher = Refresher(self.store, self.docs)
        self.number = 0
        self.seen = take_snapshot([self.store.root])
        self.refresher.refresh()

    def follow(self) -> Refreshed:
        found = take_snapshot([self.store.root])
        changed = folders_below(self.store.root, compare(self.seen, found))
        self.seen = found
        return self.refresher.refresh(changed)

    def record_files(self) -> list[Path]:
        return sorted(self.store.root.rglob("*.yaml"))

    def publish(self, folder: str, kind: int) -> None:
        self.number += 1
        key = None if folder == "_keyless" else folder if folder in ("loss", "acc") else "other"
        body = [
            Markdown(f"Text {self.number}"),
            Link(f"https://example.org/{self.number}"),
            Image(attachment=make_attachment()),
        ][kind % 3]
        run = Run("nightly", f"run-{self.number % 2}") if kind % 2 else Run()
        record = make_record(body, key, self.number, run=run)
        put_record(self.store, record)
        if isinstance(body, Image):
            put(self.store, record.header.path.replace(".yaml", ".png"), PNG)

    def tamper(self, path: Path) -> None:
        path.write_text(path.read_text().replace("Text", "Changed text").replace("org", "com"))

    def describe(self, path: Path) -> None:
        path.write_text(path.read_text().replace("run: ", 'description: "New"\nrun: ', 1))

    def cut_off(self, path: Path) -> None:
        path.write_text(path.read_text()[:-20])

    def delete(self, path: Path) -> None:
        path.unlink()

    def take_attachment(self, path: Path) -> None:
        path.with_suffix(".png").unlink(missing_ok=True)

    def move(self, path: Path, folder: str) -> None:
        target = self.store.root / folder
        target.mkdir(exist_ok=True)
        path.rename(target / path.name)

    def copy(self, path: Path, folder: str) -> None:
        target = self.store.root / folder
        target.mkdir(exist_ok=True)
        if target != path.parent:
            shutil.copy(path, target / path.name)

    def publish_again(self, path: Path, folder: str) -> None:
        """Put a record with the same id under another key, where it belongs or not."""
        target = self.store.root / folder
        target.mkdir(exist_ok=True)
        (target / path.name).write_text(path.read_text().replace('"loss"', '"acc"'))

    def delete_folder(self, folder: str) -> None:
        shutil.rmtree(self.store.root / folder, ignore_errors=True)

    def apply(self, step: tuple[str, Any, Any]) -> None:
        name, folder, number = step
        files = self.record_files()
        if name == "publish":
            self.publish(folder, number)
        elif name == "delete_folder":
            self.delete_folder(folder)
        elif name == "empty_folder":
            (self.store.root / folder).mkdir(exist_ok=True)
        elif files and name in ("move", "copy", "publish_again"):
            getattr(self, name)(files[number % len(files)], folder)
        elif files:
            getattr(self, name)(files[number % len(files)])


steps = st.tuples(
    st.sampled_from(
        "publish publish publish tamper describe cut_off delete take_attachment move copy "
        "publish_again delete_folder empty_folder".split()
    ),
    st.sampled_from(FOLDERS),
    st.integers(0, 5),
)


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(steps, min_size=1, max_size=10))
def test_following_changes_equals_starting_anew(changes):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for change in changes:
            world.apply(change)
            refreshed = world.follow()
        again = world.follow()
        assert (tree(world.docs), folders(world.docs)) == anew(world.store)
        assert again.synced == Synced()
        assert again.problems == refreshed.problems
        assert Refresher(world.store, world.docs).refresh().problems == refreshed.problems


def test_a_full_refresh_makes_every_page(store, docs):
    publish(store, records())
    refreshed = Refresher(store, docs).refresh()
    found = set(tree(docs))
    assert refreshed.problems == ()
    assert set(refreshed.synced.written) == found
    assert {"artifacts/index.md", "artifacts/_keyless/index.md", "runs/run-1/index.md"} <= found
    assert {f"artifacts/{key}/index.md" for key in refreshed.catalog.lineages} <= found
    assert {
        f"artifacts/{version.header.folder}/{version.header.stem}.md"
        for version in refreshed.catalog.versions()
    } <= found


def test_a_second_refresh_writes_nothing(store, docs):
    publish(store, records())
    refresher = Refresher(store, docs)
    refresher.refresh()
    assert refresher.refresh().synced == Synced()
    assert refresher.refresh(["loss", "cities"]).synced == Synced()
    assert Refresher(store, docs).refresh().synced == Synced()


def test_pages_are_the_same_whoever_makes_them(store):
    publish(store, records())
    assert anew(store) == anew(store)


def test_the_first_refresh_makes_all_pages_whatever_changed(store, docs):
    publish(store, records())
    Refresher(store, docs).refresh(["loss"])
    assert (tree(docs), folders(docs)) == anew(store)


def test_without_records_there_is_a_list(store, docs):
    refreshed = Refresher(store, docs).refresh()
    assert refreshed.catalog.lineages == {}
    assert "Nothing has been published" in (docs / "artifacts/index.md").read_text()


def test_only_pages_of_what_changed_are_written(store, docs):
    publish(store, records())
    refresher = Refresher(store, docs)
    refresher.refresh()
    record = make_record(Markdown("Fourth"), "loss", 90)
    store.add(record)
    stem = f"artifacts/loss/{record.header.stem}"
    written = refresher.refresh(["loss"]).synced.written
    assert {f"{stem}.md", f"{stem}.json", "artifacts/loss/index.md", "artifacts/index.md"} <= set(
        written
    )
    assert {path.split("/")[1] for path in written} == {"loss", "index.md"}


def test_deleting_the_last_version_of_a_key_takes_its_pages_away(store, docs):
    publish(store, records())
    refresher = Refresher(store, docs)
    refresher.refresh()
    shutil.rmtree(store.root / "import")
    refreshed = refresher.refresh(["import"])
    assert "artifacts/import/index.md" in refreshed.synced.deleted
    assert not (docs / "artifacts/import").exists()
    assert "import" not in words((docs / "artifacts/index.md").read_text()).split()


def test_the_page_of_a_run_goes_with_its_last_version(store, docs):
    store.add(make_record(run=Run(flow_run="only-here")))
    refresher = Refresher(store, docs)
    refresher.refresh()
    shutil.rmtree(store.root / "loss")
    refresher.refresh(["loss"])
    assert not (docs / "runs").exists()


def test_a_bad_record_hides_no_good_ones(store, docs):
    publish(store, records())
    good, _ = anew(store)
    put(store, "loss/broken.yaml", "format: 1\nid: [")
    put(store, "broken-too/x.yaml", b"\xff\xfe")
    refreshed = Refresher(store, docs).refresh()
    found = tree(docs)
    assert {problem.path for problem in refreshed.problems} == {
        "loss/broken.yaml",
        "broken-too/x.yaml",
    }
    assert {path: found[path] for path in good if path != "artifacts/index.md"} == {
        path: content for path, content in good.items() if path != "artifacts/index.md"
    }


def test_a_body_that_cannot_be_read_hides_no_good_ones(store, docs):
    publish(store, records())
    store.add(make_record(Link("https://example.org/"), "bad-body", 50))
    (path,) = (store.root / "bad-body").glob("*.yaml")
    path.write_text(path.read_text().replace('"url"', '"uri"'))
    refreshed = Refresher(store, docs).refresh()
    assert [problem.path for problem in refreshed.problems] == [f"bad-body/{path.name}"]
    assert (docs / "artifacts/loss/index.md").exists()
    assert "url is missing" in words((docs / f"artifacts/bad-body/{path.stem}.md").read_text())


def test_problems_are_on_the_list_page(store, docs):
    put(store, "loss/<b>broken.yaml", "x")
    store.add(make_record())
    refreshed = Refresher(store, docs).refresh()
    (problem,) = refreshed.problems
    page = words((docs / "artifacts/index.md").read_text())
    assert "1 problem" in page
    assert f"{problem.path} {problem.reason}" in page


def test_problems_of_bodies_stay_until_they_are_mended(store, docs):
    record = make_record(Image(attachment=make_attachment()), "plot")
    store.add(record)
    store.add(make_record(number=2))
    refresher = Refresher(store, docs)
    assert len(refresher.refresh().problems) == 1
    assert len(refresher.refresh(["loss"]).problems) == 1
    put(store, record.header.path.replace(".yaml", ".png"), PNG)
    assert refresher.refresh(["plot"]).problems == ()


def test_problems_are_sorted_by_path(store, docs):
    put(store, "b/x.yaml", "x")
    put(store, "c/x.yaml", "x")
    put(store, "a/x.yaml", "x")
    problems = Refresher(store, docs).refresh().problems
    assert [problem.path for problem in problems] == ["a/x.yaml", "b/x.yaml", "c/x.yaml"]


def test_a_hidden_copy_takes_the_place_of_a_deleted_record(store, docs):
    record = make_record(key="loss")
    put_record(store, record)
    copied = replace(record.header, key="acc")
    put_record(store, replace(record, header=copied), f"elsewhere/{copied.stem}.yaml")
    refresher = Refresher(store, docs)
    refresher.refresh()
    (store.root / record.header.path).unlink()
    refresher.refresh(["loss"])
    assert (docs / "artifacts/acc/index.md").exists()
    assert (tree(docs), folders(docs)) == anew(store)


@pytest.mark.parametrize("folder", ["_assets", "index.md", "loss.md", "..", "runs"])
def test_folders_that_are_no_keys_touch_no_pages(store, docs, folder):
    publish(store, records())
    refresher = Refresher(store, docs)
    refresher.refresh()
    before = tree(docs)
    refresher.refresh([folder])
    assert tree(docs) == before


def test_a_new_folder_that_nobody_named_is_found_all_the_same(store, docs):
    refresher = Refresher(store, docs)
    refresher.refresh()
    store.add(make_record())
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(store)


def test_what_failed_half_way_is_made_by_the_next_refresh(store, docs, monkeypatch):
    publish(store, records())
    refresher = Refresher(store, docs)
    refresher.refresh()
    shutil.rmtree(store.root / "import")
    store.add(make_record(Markdown("New"), "loss", 90))
    with monkeypatch.context() as patch:
        patch.setattr("artifolio.website.sync.write_if_changed", _full_disk)
        with pytest.raises(OSError, match="full"):
            refresher.refresh(["loss", "import"])
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(store)


def test_a_first_refresh_that_failed_is_made_anew_whole(store, docs, monkeypatch):
    publish(store, records())
    refresher = Refresher(store, docs)
    with monkeypatch.context() as patch:
        patch.setattr("artifolio.website.sync.write_if_changed", _full_disk)
        with pytest.raises(OSError, match="full"):
            refresher.refresh()
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(store)


def test_hand_written_pages_are_left_alone(store, docs):
    (docs / "guide").mkdir(parents=True)
    (docs / "guide/index.md").write_text("by hand")
    Refresher(store, docs).refresh()
    assert (docs / "guide/index.md").read_text() == "by hand"


def test_no_more_than_two_records_are_held_at_once(store, docs):
    living: list[weakref.ref[Record]] = []
    most = 0

    class CountingStore(Store):
        def read(self, path: str) -> Record:
            nonlocal most
            record = super().read(path)
            living.append(weakref.ref(record))
            most = max(most, sum(ref() is not None for ref in living))
            return record

    for number in range(40):
        put_record(store, make_record(Markdown("x"), "loss" if number % 2 else None, number))
    Refresher(CountingStore(store.root), docs).refresh()
    assert len(living) == 40
    assert most <= 2
    assert not [ref for ref in living if ref() is not None]


def test_memory_does_not_grow_with_the_number_of_versions(tmp_path):
    few, many = peak_bytes(tmp_path / "few", 5), peak_bytes(tmp_path / "many", 100)
    assert many < 1.5 * few


def peak_bytes(base: Path, versions: int) -> int:
    """Return the most memory that Python took for versions of 100 kB."""
    store = Store(base / "artifacts")
    for number in range(versions):
        put_record(store, make_record(Markdown("word " * 20_000), "loss", number))
    refresher = Refresher(store, base / "site_src")
    tracemalloc.start()
    try:
        refresher.refresh()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _full_disk(path: Path, content: bytes) -> bool:
    raise OSError("the disk is full")


def test_what_was_altered_is_marked_wherever_it_is_listed(store, docs):
    run = Run("churn", "f-1")
    for record in (make_record(run=run), make_record(key=None, number=2, run=run)):
        put(store, record.header.path, dump_record(record).replace("It fell.", "It rose."))
    put_record(store, make_record(number=3))
    Refresher(store, docs).refresh()
    marked = {
        path: (docs / path).read_text().count("af-badge--warn")
        for path in ("artifacts/loss/index.md", "artifacts/_keyless/index.md", "runs/f-1/index.md")
    }
    assert marked == {
        "artifacts/loss/index.md": 1,
        "artifacts/_keyless/index.md": 1,
        "runs/f-1/index.md": 2,
    }
    assert "af-badge--warn" not in (docs / "artifacts/index.md").read_text()


def test_a_key_whose_latest_version_was_altered_is_marked_on_the_list(store, docs):
    put(store, make_record().header.path, dump_record(make_record()).replace("fell", "rose"))
    Refresher(store, docs).refresh()
    assert (docs / "artifacts/index.md").read_text().count("af-badge--warn") == 1
