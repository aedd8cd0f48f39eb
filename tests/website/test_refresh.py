from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import shutil
import tempfile
import tracemalloc
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifolio.bodies import Image, Link, Markdown
from artifolio.entries import Entry
from artifolio.errors import RecordError
from artifolio.origins import Run
from artifolio.records import Record, dump_record
from artifolio.store import Store
from artifolio.website.charts import CHARTED
from artifolio.website.numbering import CARDS, NEWEST, ROWS
from artifolio.website.options import PageOptions
from artifolio.website.refresh import Refreshed, Refresher
from artifolio.website.sync import Identity, Output, Synced, Writer
from artifolio.website.urls import Home
from artifolio.website.watcher import compare, folders_below, take_snapshot
from samples import (
    PNG,
    make_attachment,
    make_id,
    make_illustrated,
    make_record,
    put,
    put_record,
    retire_in,
)
from website.projects import folders, publish, records, tree
from website.reading import words

LONG_AGO = 1_600_000_000
FOLDERS = ["loss", "acc", "_keyless", "_assets", "index.md", "Not a key"]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return tmp_path / "site_src"


def anew(store: Store, options: PageOptions | None = None) -> tuple[dict[str, bytes], list[str]]:
    """Return what a fresh refresh into an empty folder makes: files and folders."""
    with tempfile.TemporaryDirectory() as folder:
        Refresher(store, Path(folder), options).refresh()
        return tree(Path(folder)), folders(Path(folder))


class Clock:
    """Lets files that were just written have been written long ago, each at a time of its own."""

    def __init__(self) -> None:
        self.now = LONG_AGO

    def settle(self, root: Path) -> None:
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.stat().st_mtime > LONG_AGO + 1_000_000:
                self.now += 1
                os.utime(path, (self.now, self.now))


class World:
    """Records that change, and pages that follow by what the watcher would report."""

    def __init__(self, base: Path, jobs: int = 1, *, settles: bool = True) -> None:
        self.store = Store(base / "artifacts")
        self.store.root.mkdir()
        self.docs = base / "site_src"
        self.cache = base / "cache"
        self.options = PageOptions(versions_as_pages=2)
        self.executor = ThreadPoolExecutor(jobs) if jobs > 1 else None
        self.clock = Clock() if settles else None
        self.number = 0
        self.seen = take_snapshot([self.store.root])
        self.start_anew()

    def start_anew(self) -> Refreshed:
        """Let another process take over."""
        self.refresher = Refresher(
            self.store, self.docs, self.options, self.cache, executor=self.executor
        )
        self.seen = take_snapshot([self.store.root])
        return self.refresher.refresh()

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

    def retire(self, path: Path) -> None:
        with contextlib.suppress(RecordError):
            retire_in(self.store, path.relative_to(self.store.root).as_posix())

    def pin(self, path: Path) -> None:
        entries = self.store.scan(path.parent.name).entries
        for entry in entries[:1]:
            (path.parent / "production.pin").write_text(f"{entry.id}\n")

    def unpin(self, path: Path) -> None:
        for pin in path.parent.glob("*.pin"):
            pin.unlink()

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

    def choose(self, number: int) -> None:
        self.options = PageOptions(bool(number % 2), versions_as_pages=1 + number % 3)
        self.start_anew()

    def edit_by_hand(self, number: int) -> None:
        pages = [path for path in sorted(self.docs.rglob("*")) if path.is_file()]
        for path in pages[7 * number % (len(pages) + 1) :][:1]:
            path.write_bytes(path.read_bytes() + b"by hand")

    def delete_by_hand(self, number: int) -> None:
        pages = [path for path in sorted(self.docs.rglob("*")) if path.is_file()]
        for path in pages[7 * number % (len(pages) + 1) :][:1]:
            path.unlink()

    def add_by_hand(self, number: int) -> None:
        folders = [path for path in sorted(self.docs.rglob("*")) if path.is_dir()]
        (folders[number % len(folders)] / "mine.md").write_text("by hand")

    def forget(self, number: int) -> None:
        for path in sorted(self.cache.glob("pages-*.sqlite")):
            path.write_bytes(b"broken" * number) if number % 2 else path.unlink()

    def apply(self, step: tuple[str, Any, Any]) -> None:
        name, folder, number = step
        self.change(name, folder, number)
        if self.clock:
            self.clock.settle(self.store.root)

    def change(self, name: str, folder: str, number: int) -> None:
        files = self.record_files()
        if name in ("choose", "edit_by_hand", "delete_by_hand", "add_by_hand", "forget"):
            getattr(self, name)(number)
        elif name == "another_process":
            self.start_anew()
        elif name == "publish":
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
        "publish publish publish tamper describe cut_off delete retire pin take_attachment move "
        "copy unpin "
        "publish_again delete_folder empty_folder choose another_process forget".split()
    ),
    st.sampled_from(FOLDERS),
    st.integers(0, 5),
)


hands = st.tuples(
    st.sampled_from(["edit_by_hand", "delete_by_hand", "add_by_hand"]),
    st.just(""),
    st.integers(0, 20),
)


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(steps, min_size=1, max_size=10), st.sampled_from([1, 2]), st.booleans())
def test_following_changes_equals_starting_anew(changes, jobs, settles):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("artifolio.website.refresh.SHARED_UNITS", 0)
        world = World(Path(folder), jobs, settles=settles)
        for change in changes:
            before = tree(world.docs)
            world.apply(change)
            refreshed = world.follow()
            unseen = differing(before, tree(world.docs)) - named(refreshed)
            assert not unseen or change[0] in ("choose", "another_process")
            assert refreshed.outputs == on_disk(world.docs)
        again = world.follow()
        assert (tree(world.docs), folders(world.docs)) == anew(world.store, world.options)
        assert again.synced == Synced()
        assert again.problems == refreshed.problems
        later = Refresher(world.store, world.docs, world.options, world.cache).refresh()
        assert later.problems == refreshed.problems
        assert later.synced == Synced()


@settings(max_examples=settings.default.max_examples // 4)
@given(
    st.lists(st.one_of(steps, hands), min_size=1, max_size=10),
    st.booleans(),
    st.sampled_from([1, 2]),
)
def test_what_was_done_by_hand_is_undone(changes, another_process, jobs):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("artifolio.website.refresh.SHARED_UNITS", 0)
        world = World(Path(folder), jobs)
        for change in changes:
            world.apply(change)
            world.follow() if change[0] == "publish" else None
        before = tree(world.docs)
        refreshed = world.start_anew() if another_process else world.refresher.refresh()
        assert (tree(world.docs), folders(world.docs)) == anew(world.store, world.options)
        assert differing(before, tree(world.docs)) <= named(refreshed)
        assert refreshed.outputs == on_disk(world.docs)
        assert world.refresher.refresh().synced == Synced()


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Return the files that are in one tree and not, or not with the same bytes, in the other."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def named(refreshed: Refreshed) -> set[str]:
    """Return the files that a refresh says have changed."""
    return {*refreshed.synced.written, *refreshed.synced.deleted}


def on_disk(docs: Path) -> dict[str, Identity]:
    found = {}
    for path in docs.rglob("*"):
        if path.is_file():
            status = path.stat()
            times = (status.st_mtime_ns, status.st_ctime_ns)
            found[path.relative_to(docs).as_posix()] = (status.st_size, *times, status.st_ino)
    return found


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
    shared = {"index.md", "index.json", "feed.xml", "llms.txt"}
    assert {path.split("/")[1] for path in written} == {"loss", *shared}


def test_deleting_the_last_version_of_a_key_takes_its_pages_away(store, docs):
    publish(store, records())
    refresher = Refresher(store, docs)
    refresher.refresh()
    shutil.rmtree(store.root / "import")
    refreshed = refresher.refresh(["import"])
    assert "artifacts/import/index.md" in refreshed.synced.deleted
    assert not (docs / "artifacts/import").exists()
    assert "import" not in words((docs / "artifacts/index.md").read_text()).split()


def test_pages_follow_the_images_of_a_text(store, docs):
    record = make_record(make_illustrated("![a](plots/a.png) ![b](plots/b.png)", a=b"a", b=b"b"))
    store.add(record, b"a")
    clock, refresher = Clock(), Refresher(store, docs)
    clock.settle(store.root)
    refresher.refresh()
    second = put(store, record.header.path.replace(".yaml", ".2.png"), b"b")
    clock.settle(store.root)
    assert len(refresher.refresh(["loss"]).problems) == 0
    assert (tree(docs), folders(docs)) == anew(store)
    second.unlink()
    assert len(refresher.refresh(["loss"]).problems) == 1
    assert (tree(docs), folders(docs)) == anew(store)


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
        patch.setattr("artifolio.website.sync.Writer.write", _full_disk)
        with pytest.raises(OSError, match="full"):
            refresher.refresh(["loss", "import"])
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(store)


def test_a_first_refresh_that_failed_is_made_anew_whole(store, docs, monkeypatch):
    publish(store, records())
    refresher = Refresher(store, docs)
    with monkeypatch.context() as patch:
        patch.setattr("artifolio.website.sync.Writer.write", _full_disk)
        with pytest.raises(OSError, match="full"):
            refresher.refresh()
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(store)


@pytest.fixture
def long(store):
    """Ten keys with ten versions each and five runs, none of them just published."""
    for number in range(100):
        run = Run("nightly", f"run-{number % 5}")
        put_record(
            store, make_record(Markdown(f"Text {number}"), f"key-{number % 10}", number, run=run)
        )
    Clock().settle(store.root)
    return store


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The files that were made, whether they had to be written or not."""
    paths: list[str] = []
    write = Writer.write

    def counted(writer: Writer, output: Output) -> Identity:
        paths.append(output.path)
        return write(writer, output)

    monkeypatch.setattr(Writer, "write", counted)
    return paths


def add_one(store: Store, number: int = 200, key: str = "key-3") -> str:
    """Publish one more version, some time ago, and return the path of its files without ending."""
    record = make_record(Markdown("New"), key, number, run=Run("nightly", "run-x"))
    path = put_record(store, record)
    os.utime(path, (LONG_AGO + 10_000, LONG_AGO + 10_000))
    return f"artifacts/{key}/{record.header.stem}"


ENDINGS = ("md", "json", "txt")


def pages_of(number: int, key: str = "key-3") -> set[str]:
    stem = make_record(number=number).header.stem
    return {f"artifacts/{key}/{stem}.{ending}" for ending in ENDINGS}


OF_A_KEY = {
    f"artifacts/key-3/{name}"
    for name in ("index.md", "index.json", "latest.json", "feed.xml", "badge.svg")
}
OF_ALL = {f"artifacts/{name}" for name in ("index.md", "index.json", "feed.xml", "llms.txt")}
SHARED = {"runs/run-x/index.md"} | OF_A_KEY | OF_ALL


@pytest.mark.parametrize("same_process", [True, False])
def test_publishing_makes_only_what_shows_the_new_version(long, docs, tmp_path, made, same_process):
    options, cache = PageOptions(versions_as_pages=4), tmp_path / "cache"
    refresher = Refresher(long, docs, options, cache)
    refresher.refresh()
    new = add_one(long)
    made.clear()
    other = refresher if same_process else Refresher(long, docs, options, cache)
    refreshed = other.refresh(["key-3"])
    # The version that was the latest, the one that loses its page, the one that led back to it,
    # and the pages of the runs of the former two.
    touched = pages_of(93) | pages_of(63) | pages_of(73) | {"runs/run-3/index.md"}
    gone = {path for path in pages_of(63) if path.endswith(".md")}
    assert set(made) == SHARED | touched - gone | {f"{new}.{ending}" for ending in ENDINGS}
    assert len(made) == len(set(made))
    assert set(refreshed.synced.deleted) == gone


def test_nothing_is_made_or_read_where_nothing_changed(long, docs, tmp_path, made, monkeypatch):
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    made.clear()
    monkeypatch.setattr(Store, "read", None)
    monkeypatch.setattr(Store, "read_header", None)
    refresher = Refresher(long, docs, None, tmp_path / "cache")
    assert refresher.refresh().synced == Synced()
    assert refresher.refresh().synced == Synced()
    assert refresher.refresh(["key-1"]).synced == Synced()
    assert made == []


def test_what_was_published_just_now_is_made_again_by_the_next_process(long, docs, tmp_path, made):
    path = put_record(long, make_record(Markdown("New"), "key-3", 200))
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    made.clear()
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    of_it = {f"artifacts/key-3/{path.stem}.{ending}" for ending in ENDINGS}
    # The feed of all shows versions, whose fingerprints are new; the others tell the same.
    assert set(made) == of_it | OF_A_KEY | {"artifacts/feed.xml"}


def test_a_record_that_changes_twice_at_one_moment_is_shown_as_it_is(long, docs, tmp_path):
    path = put_record(long, make_record(Markdown("Once"), "key-3", 200))
    status = path.stat()
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    path.write_text(dump_record(make_record(Markdown("Done"), "key-3", 200)))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_ino, path.stat().st_size) == (status.st_ino, status.st_size)
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    assert (tree(docs), folders(docs)) == anew(long)


def test_what_could_not_be_read_is_tried_again(long, docs, tmp_path, monkeypatch):
    add_one(long)

    def refuse(store: Store, path: str) -> Record:
        try:
            raise OSError(5, "Input/output error")
        except OSError as error:
            raise RecordError(path, f"cannot be read: {error.strerror}") from None

    with monkeypatch.context() as patch:
        patch.setattr(Store, "read", refuse)
        assert Refresher(long, docs, None, tmp_path / "cache").refresh().problems
    assert Refresher(long, docs, None, tmp_path / "cache").refresh().problems == ()
    assert (tree(docs), folders(docs)) == anew(long)


def test_an_image_that_could_not_be_read_is_tried_again(store, docs, tmp_path, monkeypatch):
    store.add(make_record(make_illustrated(a=b"a", b=b"b")), b"a", b"b")
    Clock().settle(store.root)
    read = Store.read_attachment

    def refuse_the_first(store: Store, entry: Entry, name: str) -> bytes:
        try:
            if name.endswith(".1.png"):
                raise OSError(5, "Input/output error")
        except OSError as error:
            raise RecordError(name, f"cannot be read: {error.strerror}") from None
        return read(store, entry, name)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "read_attachment", refuse_the_first)
        assert Refresher(store, docs, None, tmp_path / "cache").refresh().problems
    assert Refresher(store, docs, None, tmp_path / "cache").refresh().problems == ()
    assert (tree(docs), folders(docs)) == anew(store)


def test_an_edited_page_alone_is_made_again(long, docs, tmp_path, made):
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    made.clear()
    path = f"artifacts/key-3/{make_record(number=43).header.stem}.md"
    (docs / path).write_text("by hand")
    refreshed = Refresher(long, docs, None, tmp_path / "cache").refresh()
    assert set(made) == pages_of(43)
    assert refreshed.synced == Synced(written=(path,))


def test_other_options_make_everything_anew(long, docs, tmp_path, made):
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    everything = set(made)
    made.clear()
    options = PageOptions(image_hosts=frozenset(["i.example.org"]))
    Refresher(long, docs, options, tmp_path / "cache").refresh()
    assert set(made) == everything


def test_another_name_of_the_site_makes_only_anew_what_tells_it(long, docs, tmp_path, made):
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    made.clear()
    options = PageOptions(home=Home("https://example.org/", "Another"))
    Refresher(long, docs, options, tmp_path / "cache").refresh()
    assert {Path(path).name for path in made} == {"feed.xml", "llms.txt"}
    assert (tree(docs), folders(docs)) == anew(long, options)


def test_another_version_of_the_program_makes_everything_anew(
    long, docs, tmp_path, made, monkeypatch
):
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    everything = set(made)
    made.clear()
    monkeypatch.setattr("artifolio.website.foundation._program", lambda: ("another",))
    Refresher(long, docs, None, tmp_path / "cache").refresh()
    assert set(made) == everything


def test_a_full_numbered_page_stays_as_it_is(store, docs, made):
    for number in range(1, NEWEST + ROWS + 10):
        put_record(store, make_record(Markdown("x"), number=number))
    Clock().settle(store.root)
    refresher = Refresher(store, docs)
    refresher.refresh()
    before = tree(docs)
    put_record(store, make_record(Markdown("x"), number=1_000))
    made.clear()
    refresher.refresh(["loss"])
    aged = make_record(number=ROWS + 10).header.stem
    # Made with the pages beside them, and the same as before.
    old_data = {path for path in made if path in before and re.search(r"Z-\w+\.(json|txt)$", path)}
    assert differing(before, tree(docs)) == set(made) - old_data | {f"artifacts/loss/{aged}.md"}
    assert {"artifacts/loss/versions-1.md", "artifacts/loss/versions-1.json"}.isdisjoint(made)
    assert {"artifacts/loss/versions-2.md", "artifacts/loss/versions-2.json"} <= set(made)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_make_the_same_pages(long, docs, monkeypatch, method):
    monkeypatch.setattr("artifolio.website.refresh.SHARED_UNITS", 0)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        refreshed = Refresher(long, docs, executor=executor).refresh()
        assert (tree(docs), folders(docs)) == anew(long)
    assert set(refreshed.synced.written) == set(tree(docs))
    assert refreshed.outputs == on_disk(docs)


def test_an_executor_is_left_alone_where_little_is_to_be_done(store, docs):
    publish(store, records())
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    Refresher(store, docs, executor=executor).refresh()
    assert (tree(docs), folders(docs)) == anew(store)


def test_what_a_worker_could_not_write_is_made_by_the_next_refresh(long, docs, monkeypatch):
    monkeypatch.setattr("artifolio.website.refresh.SHARED_UNITS", 0)
    refresher = Refresher(long, docs, executor=ThreadPoolExecutor(2))
    refresher.refresh()
    add_one(long)
    with monkeypatch.context() as patch:
        patch.setattr("artifolio.website.sync.Writer.write", _full_disk)
        with pytest.raises(OSError, match="full"):
            refresher.refresh(["key-3"])
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(long)


def test_what_a_failed_refresh_did_not_delete_is_deleted_by_the_next_one(store, docs, monkeypatch):
    run = Run("nightly", "long")
    for number in range(CARDS + 1):
        put_record(store, make_record(Markdown("x"), f"key-{number}", number, run=run))
    refresher = Refresher(store, docs)
    refresher.refresh()
    shutil.rmtree(store.root / "key-7")
    with monkeypatch.context() as patch:
        patch.setattr("artifolio.website.refresh.all_problems", _broken)
        with pytest.raises(RuntimeError):
            refresher.refresh(["key-7"])
    refresher.refresh([])
    assert (tree(docs), folders(docs)) == anew(store)


def test_what_a_failed_refresh_wrote_is_told_by_the_next_one(long, docs, monkeypatch):
    refresher = Refresher(long, docs)
    refresher.refresh()
    before = tree(docs)
    add_one(long)
    with monkeypatch.context() as patch:
        patch.setattr("artifolio.website.refresh.all_problems", _broken)
        with pytest.raises(RuntimeError):
            refresher.refresh(["key-3"])
    synced = refresher.refresh([]).synced
    assert differing(before, tree(docs)) == {*synced.written, *synced.deleted}


def _broken(*_: object) -> None:
    raise RuntimeError


@pytest.mark.parametrize("damage", ["deleted", "broken", "folder", "another's", "truncated"])
def test_a_lost_memory_changes_nothing(long, docs, tmp_path, damage):
    cache = tmp_path / "cache"
    Refresher(long, docs, None, cache).refresh()
    (path,) = cache.glob("pages-*.sqlite")
    content = path.read_bytes()
    path.unlink()
    makers = {
        "deleted": lambda: None,
        "broken": lambda: path.write_bytes(b"x" * 5_000),
        "folder": path.mkdir,
        "another's": lambda: path.write_bytes(content.replace(b"artf", b"ftra")),
        "truncated": lambda: path.write_bytes(content[: len(content) // 2]),
    }
    makers[damage]()
    assert Refresher(long, docs, None, cache).refresh().synced == Synced()
    assert (tree(docs), folders(docs)) == anew(long)


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
        body = Markdown(f"{number}")
        put_record(store, make_record(body, "loss" if number % 2 else None, number))
    Refresher(CountingStore(store.root), docs).refresh()
    assert len(living) == 40, "a record is read again to be compared with the next"
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


def _full_disk(writer: Writer, output: Output) -> Identity:
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


@settings(max_examples=settings.default.max_examples // 4)
@given(st.integers(0, 40), st.booleans())
def test_wherever_a_refresh_was_killed_the_next_one_makes_what_is_missing(writes, is_first):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        world = World(Path(folder))
        publish(world.store, records()[: 8 if is_first else 15])
        world.clock.settle(world.store.root)
        world.follow()
        world.apply(("publish", "loss", 0))
        world.apply(("delete", "", 2))
        write, left = Writer.write, [writes]

        def killed(writer: Writer, output: Output) -> Identity:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return write(writer, output)

        patch.setattr(Writer, "write", killed)
        with contextlib.suppress(KeyboardInterrupt):
            world.start_anew()
        patch.undo()
        world.start_anew()
        assert (tree(world.docs), folders(world.docs)) == anew(world.store, world.options)
        assert world.start_anew().synced == Synced()


def test_two_refreshes_at_once_do_each_other_no_harm(long, docs, tmp_path):
    options = [PageOptions(versions_as_pages=number) for number in (2, 4)]

    def refresh(number: int) -> None:
        # One may take away a folder that the other is about to write into.
        with contextlib.suppress(OSError):
            Refresher(long, docs, options[number % 2], tmp_path / "cache").refresh()

    for round_ in range(3):
        shutil.rmtree(docs / "artifacts" / f"key-{round_}", ignore_errors=True)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(refresh, range(4)))
    Refresher(long, docs, options[0], tmp_path / "cache").refresh()
    assert (tree(docs), folders(docs)) == anew(long, options[0])


@pytest.mark.parametrize("cached", [True, False])
def test_what_another_process_made_and_unmade_meanwhile_is_not_taken_for_ones_own(
    store, tmp_path, cached
):
    cache = tmp_path / "cache" if cached else None
    docs_dir = tmp_path / "site_src"
    mine = Refresher(store, docs_dir, None, cache)
    first = make_record(run=Run("etl", "run-1", "brave"))
    put_record(store, first)
    mine.refresh()
    second = make_record(number=2, key="other", run=Run("etl", "run-1", "brave"))
    put_record(store, second)
    Refresher(store, docs_dir, None, tmp_path / "cache").refresh()
    (store.root / second.header.path).unlink()
    (store.root / first.header.path).unlink()
    Refresher(store, docs_dir, None, tmp_path / "cache").refresh()
    put_record(store, first)
    found = mine.refresh(["loss", "other"] if cached else None)
    paths = {p.relative_to(docs_dir).as_posix() for p in docs_dir.rglob("*") if p.is_file()}
    assert set(found.outputs) == paths
    elsewhere = tmp_path / "elsewhere"
    Refresher(store, elsewhere).refresh()
    assert {p: (docs_dir / p).read_bytes() for p in paths} == {
        p.relative_to(elsewhere).as_posix(): p.read_bytes()
        for p in elsewhere.rglob("*")
        if p.is_file()
    }


def test_a_name_of_a_version_that_only_older_pages_list_is_shown_all_the_same(store, docs):
    for number in range(CHARTED + 5):
        put_record(store, make_record(Markdown("x"), number=number))
    Clock().settle(store.root)
    refresher = Refresher(store, docs)
    refresher.refresh()
    put(store, "loss/production.pin", f"{make_id(0)}\n")
    refresher.refresh(["loss"])
    assert "Pinned: production v1" in words((docs / "artifacts/loss/index.md").read_text())
    assert tree(docs) == anew(store)[0]


@pytest.mark.parametrize("same_process", [True, False])
def test_pinning_makes_only_what_shows_the_name(long, docs, tmp_path, made, same_process):
    cache = tmp_path / "cache"
    refresher = Refresher(long, docs, None, cache)
    refresher.refresh()
    put(long, "key-3/production.pin", f"{make_id(13)}\n")
    made.clear()
    other = refresher if same_process else Refresher(long, docs, None, cache)
    other.refresh(["key-3"])
    of_key = {path for path in OF_A_KEY if not path.endswith(("latest.json", "feed.xml"))}
    assert pages_of(13) <= set(made)
    assert of_key - {"artifacts/key-3/badge.svg"} <= set(made)
    assert {path for path in made if "/2026" in path} == pages_of(13)
    assert tree(docs) == anew(long)[0]
