from __future__ import annotations

import errno
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.errors import ProjectError
from artifolio.website.watcher import Watcher, compare, folders_below, take_snapshot

# Upper bounds against hangs; what is waited for comes after some 0.15 s.
PATIENCE_SECONDS = 30.0
# Longer than a burst is waited for: what has not been reported by then will not be.
SILENCE_SECONDS = 0.5


class Reports:
    """What a watcher in a thread of its own has reported."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._queue: queue.Queue[frozenset[str]] = queue.Queue()
        self.batches = 0

    def take(self, changed: frozenset[str]) -> None:
        self._queue.put(changed)

    def collect(self, *names: str) -> set[str]:
        """Wait until all of these were reported, and give whatever was."""
        found: set[str] = set()
        while not found >= set(names):
            batch = self._queue.get(timeout=PATIENCE_SECONDS)
            self.batches += 1
            found |= {Path(path).relative_to(self._base).as_posix() for path in batch}
        return found

    def silence(self) -> bool:
        """Tell whether nothing at all is reported for a while."""
        try:
            self._queue.get(timeout=SILENCE_SECONDS)
        except queue.Empty:
            return True
        return False


@contextmanager
def watching(
    base: Path, *roots: str, ignored: tuple[str, ...] = (), poll: bool = False
) -> Iterator[Reports]:
    reports = Reports(base)
    watcher = Watcher([base / r for r in roots], [base / i for i in ignored], poll=poll)

    def run() -> None:
        while (changed := watcher.wait()) is not None:
            reports.take(changed)

    with watcher:
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield reports
        finally:
            watcher.stop()
            thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with two folders of records in it."""
    folder = tmp_path / "base"
    for name in ("artifacts/loss/a.yaml", "artifacts/loss/b.yaml", "artifacts/acc/c.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


@pytest.fixture
def reports(base: Path) -> Iterator[Reports]:
    with watching(base, "artifacts") as found:
        yield found


def test_a_new_file_is_reported(base, reports):
    (base / "artifacts/loss/new.yaml").write_text("x")
    assert reports.collect("artifacts/loss/new.yaml") == {"artifacts/loss/new.yaml"}


def test_a_file_that_was_edited_in_place_is_reported(base, reports):
    with (base / "artifacts/loss/a.yaml").open("r+") as file:
        file.write("y")
    assert reports.collect("artifacts/loss/a.yaml") == {"artifacts/loss/a.yaml"}


def test_a_file_that_was_replaced_at_once_is_reported(base, reports):
    (base / "artifacts/loss/temporary").write_text("y")
    os.replace(base / "artifacts/loss/temporary", base / "artifacts/loss/a.yaml")  # noqa: PTH105
    assert "artifacts/loss/a.yaml" in reports.collect("artifacts/loss/a.yaml")


def test_a_file_that_was_replaced_from_elsewhere_is_reported(base, reports):
    (base / "temporary").write_text("x")
    (base / "temporary").replace(base / "artifacts/loss/a.yaml")
    assert reports.collect("artifacts/loss/a.yaml") == {"artifacts/loss/a.yaml"}


def test_a_renamed_file_is_reported_under_both_names(base, reports):
    (base / "artifacts/loss/a.yaml").rename(base / "artifacts/acc/z.yaml")
    both = {"artifacts/loss/a.yaml", "artifacts/acc/z.yaml"}
    assert reports.collect(*both) == both


def test_a_deleted_file_is_reported(base, reports):
    (base / "artifacts/loss/a.yaml").unlink()
    assert reports.collect("artifacts/loss/a.yaml") == {"artifacts/loss/a.yaml"}


def test_a_renamed_folder_is_reported_with_all_its_files(base, reports):
    (base / "artifacts/loss").rename(base / "artifacts/gain")
    reports.collect(
        *(f"artifacts/{folder}/{name}.yaml" for folder in ("loss", "gain") for name in "ab")
    )
    (base / "artifacts/gain/new.yaml").write_text("x")
    reports.collect("artifacts/gain/new.yaml")


def test_a_folder_moved_in_from_elsewhere_is_reported_and_watched(base, reports):
    (base / "outside/deep").mkdir(parents=True)
    (base / "outside/deep/x.yaml").write_text("x")
    (base / "outside").rename(base / "artifacts/inside")
    reports.collect("artifacts/inside/deep/x.yaml")
    (base / "artifacts/inside/deep/y.yaml").write_text("y")
    reports.collect("artifacts/inside/deep/y.yaml")


def test_files_in_new_folders_are_reported(base, reports):
    (base / "artifacts/new/deep/er").mkdir(parents=True)
    (base / "artifacts/new/deep/er/x.yaml").write_text("x")
    reports.collect("artifacts/new/deep/er/x.yaml")
    (base / "artifacts/new/deep/er/y.yaml").write_text("y")
    reports.collect("artifacts/new/deep/er/y.yaml")


def test_the_whole_folder_may_go_and_come_back(base, reports):
    shutil.rmtree(base / "artifacts")
    reports.collect("artifacts/loss/a.yaml", "artifacts/loss/b.yaml", "artifacts/acc/c.yaml")
    (base / "artifacts/loss").mkdir(parents=True)
    (base / "artifacts/loss/a.yaml").write_text("back")
    reports.collect("artifacts/loss/a.yaml")
    (base / "artifacts/loss/later.yaml").write_text("later")
    reports.collect("artifacts/loss/later.yaml")


def test_the_whole_folder_may_go_and_come_back_in_one_burst(base, reports):
    shutil.rmtree(base / "artifacts")
    (base / "artifacts/loss").mkdir(parents=True)
    (base / "artifacts/loss/a.yaml").write_text("back")
    reports.collect("artifacts/loss/a.yaml", "artifacts/loss/b.yaml")
    (base / "artifacts/loss/later.yaml").write_text("later")
    reports.collect("artifacts/loss/later.yaml")


def test_the_whole_folder_may_be_exchanged_for_another(base, reports):
    (base / "other/loss").mkdir(parents=True)
    (base / "other/loss/z.yaml").write_text("z")
    (base / "artifacts").rename(base / "old")
    (base / "other").rename(base / "artifacts")
    reports.collect("artifacts/loss/z.yaml", "artifacts/loss/a.yaml")
    (base / "artifacts/loss/later.yaml").write_text("later")
    reports.collect("artifacts/loss/later.yaml")


def test_a_burst_of_files_is_reported_whole_and_together(base, reports):
    names = [f"artifacts/key-{number % 20}/{number}.yaml" for number in range(2_000)]
    for number in range(20):
        (base / f"artifacts/key-{number}").mkdir()
    for name in names:
        (base / name).write_text("x")
    assert reports.collect(*names) == set(names)
    assert reports.batches < 20


def test_changes_that_never_cease_are_taken_up(base, reports):
    ended = threading.Event()

    def write_on() -> None:
        number = 0
        while not ended.wait(0.02):
            number += 1
            (base / "artifacts/loss/a.yaml").write_text("x" * number)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        reports.collect("artifacts/loss/a.yaml")
    finally:
        ended.set()
        writer.join()


@pytest.mark.parametrize("roots", [("later",), ("later", "artifacts"), ("artifacts", "later")])
def test_a_folder_that_does_not_exist_yet_is_watched_for(base, roots):
    with watching(base, *roots) as reports:
        (base / "later/loss").mkdir(parents=True)
        (base / "later/loss/a.yaml").write_text("x")
        reports.collect("later/loss/a.yaml")
        (base / "later/loss/b.yaml").write_text("x")
        reports.collect("later/loss/b.yaml")


def test_a_single_file_is_watched_and_its_neighbours_are_not(base):
    (base / "mkdocs.yml").write_text("x")
    with watching(base, "mkdocs.yml") as reports:
        (base / "neighbour").write_text("x")
        (base / "temporary").write_text("y")
        (base / "temporary").replace(base / "mkdocs.yml")
        assert reports.collect("mkdocs.yml") == {"mkdocs.yml"}


@pytest.mark.parametrize("roots", [("lib/a.py", "lib"), ("lib", "lib/a.py")])
def test_a_file_does_not_stand_in_the_way_of_its_folder(base, roots):
    (base / "lib/deep").mkdir(parents=True)
    (base / "lib/a.py").write_text("x")
    with watching(base, *roots) as reports:
        (base / "lib/deep/b.py").write_text("x")
        reports.collect("lib/deep/b.py")


def test_a_folder_behind_a_link_is_watched(base):
    (base / "linked").symlink_to(base / "artifacts")
    with watching(base, "linked") as reports:
        (base / "artifacts/loss/a.yaml").write_text("new")
        assert reports.collect("linked/loss/a.yaml") == {"linked/loss/a.yaml"}
        (base / "artifacts/new").mkdir()
        (base / "artifacts/new/b.yaml").write_text("new")
        reports.collect("linked/new/b.yaml")


def test_ignored_folders_are_not_reported(base):
    with watching(base, "artifacts", ignored=("artifacts/acc",)) as reports:
        (base / "artifacts/acc/c.yaml").write_text("new")
        (base / "artifacts/acc/d.yaml").write_text("new")
        assert reports.silence()
        (base / "artifacts/loss/a.yaml").write_text("new")
        assert reports.collect("artifacts/loss/a.yaml") == {"artifacts/loss/a.yaml"}


def test_merely_reading_reports_nothing(base, reports):
    for path in base.rglob("*.yaml"):
        path.read_bytes()
    list((base / "artifacts").rglob("*"))
    assert reports.silence()


def test_nothing_is_heard_of_reading_and_listing(base, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "artifolio.website.watcher._Handler.on_any_event",
        lambda _, event: heard.append(event.src_path),
    )
    (base / "artifacts/many").mkdir()
    for number in range(20):
        (base / f"artifacts/many/{number}").write_text("x")
    with Watcher([base / "artifacts"]):
        for path in sorted((base / "artifacts").rglob("*")):
            assert path.is_dir() or path.read_bytes()
        (base / "artifacts/last").write_text("x")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not heard and time.monotonic() < deadline:
            time.sleep(0.01)
    assert {Path(os.fsdecode(path)).name for path in heard} == {"last"}


def test_what_is_undone_at_once_reports_nothing(base, reports):
    (base / "artifacts/loss/brief.yaml").write_text("x")
    (base / "artifacts/loss/brief.yaml").unlink()
    assert reports.silence()


def test_polling_reports_changes_as_well(base):
    with watching(base, "artifacts", "later", poll=True) as reports:
        (base / "artifacts/loss/a.yaml").write_text("new")
        (base / "artifacts/loss/new.yaml").write_text("new")
        reports.collect("artifacts/loss/a.yaml", "artifacts/loss/new.yaml")
        (base / "later").mkdir()
        (base / "later/x.yaml").write_text("x")
        reports.collect("later/x.yaml")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE])
def test_a_system_that_watches_no_more_files_is_an_error_with_a_way_out(base, monkeypatch, number):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    watcher = Watcher([base / "artifacts"])
    monkeypatch.setattr(watcher._observer, "start", refuse)
    with pytest.raises(ProjectError, match="use --poll"):
        watcher.__enter__()


def test_changes_while_nobody_waits_are_reported_at_the_next_wait(base):
    with Watcher([base / "artifacts"]) as watcher:
        (base / "artifacts/loss/a.yaml").write_text("new")
        assert watcher.wait() == {str(base / "artifacts/loss/a.yaml")}


def test_stop_ends_a_wait_in_another_thread(base):
    with Watcher([base / "artifacts"]) as watcher:
        answers: list[object] = []
        thread = threading.Thread(target=lambda: answers.append(watcher.wait()))
        thread.start()
        time.sleep(0.05)
        watcher.stop()
        thread.join(PATIENCE_SECONDS)
    assert answers == [None]


def test_a_stopped_watcher_does_not_wait(base):
    with Watcher([base / "artifacts"]) as watcher:
        watcher.stop()
        assert watcher.wait() is None


def test_leaving_the_watcher_ends_its_threads(base):
    before = threading.active_count()
    with Watcher([base / "artifacts"]):
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_an_idle_watcher_uses_no_cpu(base):
    script = f"""
import resource, threading, time
from pathlib import Path
from artifolio.website.watcher import Watcher
with Watcher([Path({str(base / "artifacts")!r}), Path({str(base / "missing")!r})]) as watcher:
    thread = threading.Thread(target=watcher.wait)
    thread.start()
    time.sleep(0.3)
    before = resource.getrusage(resource.RUSAGE_SELF)
    time.sleep(2)
    after = resource.getrusage(resource.RUSAGE_SELF)
    watcher.stop()
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert float(done.stdout) < 0.02


def test_a_snapshot_holds_files_and_no_folders(base):
    assert set(take_snapshot([base / "artifacts", base / "missing"])) == {
        str(base / "artifacts" / name) for name in ("loss/a.yaml", "loss/b.yaml", "acc/c.yaml")
    }


def test_a_snapshot_does_not_follow_links(base, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x").write_text("x")
    (base / "artifacts/link").symlink_to(tmp_path / "outside")
    assert str(base / "artifacts/link") in take_snapshot([base])
    assert str(base / "artifacts/link/x") not in take_snapshot([base])


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_text("longer"),
        lambda path: os.utime(path, ns=(1, 1)),
        lambda path: path.unlink(),
        lambda path: (
            path.with_suffix(".new").write_text("x"),
            path.with_suffix(".new").replace(path),
        ),
    ],
    ids=["size", "time", "gone", "another file"],
)
def test_snapshots_differ_where_a_file_does(base, change: Callable[[Path], object]):
    path = base / "artifacts/loss/a.yaml"
    before = take_snapshot([base])
    change(path)
    assert compare(before, take_snapshot([base])) == {str(path)}


def test_snapshots_of_the_same_files_do_not_differ(base):
    before = take_snapshot([base])
    (base / "artifacts/loss/a.yaml").read_text()
    assert compare(before, take_snapshot([base])) == frozenset()


names = st.sampled_from("abc")
states = st.dictionaries(names, st.tuples(st.integers(0, 1), st.just(0), st.just(0)))


@given(states, states)
def test_whatever_was_compared_the_rest_is_the_same(before, after):
    changed = compare(before, after)
    rest_before = {name: state for name, state in before.items() if name not in changed}
    rest_after = {name: state for name, state in after.items() if name not in changed}
    assert rest_before == rest_after
    assert all(before.get(name) != after.get(name) for name in changed)


def test_the_folders_of_changed_files_are_named(tmp_path):
    root = tmp_path / "artifacts"
    paths = ["artifacts/loss/a.yaml", "artifacts/loss/b.yaml", "artifacts/acc/deep/c", "other/x/y"]
    assert folders_below(root, [str(tmp_path / path) for path in paths]) == {"loss", "acc"}


def test_files_beside_the_folders_belong_to_none(tmp_path):
    paths = [str(tmp_path / "artifacts/README.md"), str(tmp_path / "mkdocs.yml")]
    assert folders_below(tmp_path / "artifacts", paths) == frozenset()


def test_folders_are_found_below_a_relative_root(tmp_path):
    assert folders_below(Path("artifacts"), [str(Path.cwd() / "artifacts/loss/a")]) == {"loss"}
