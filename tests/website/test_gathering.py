from __future__ import annotations

from pathlib import Path

import pytest

from artifolio.bodies import Markdown
from artifolio.catalog import build_catalog
from artifolio.index import Index
from artifolio.origins import Run
from artifolio.website.gathering import Runs, all_problems, key_works, shelves_of
from artifolio.website.history import History
from artifolio.website.holdings import Holdings
from artifolio.website.making import Maker, Site
from artifolio.website.memory import Memory
from artifolio.website.options import PageOptions
from samples import make_record, put, put_record

NEVER = 2**63


class Desk:
    """What lies in a store, and what is made of it."""

    def __init__(self, store, docs: Path) -> None:
        self.scans = Index(store, None).scans()
        self.catalog = build_catalog(self.scans.values())
        self.shelves = shelves_of(self.catalog)
        self.holdings = Holdings(docs, Memory(None, docs, store.root, b""))
        self.holdings.look()
        self.maker = Maker(Site(store, docs, PageOptions()))
        self.runs = Runs()
        self.history = History(store.root, None, {})

    def key_works(self):
        return list(
            key_works(self.shelves, self.scans, self.holdings, NEVER, PageOptions(), self.history)
        )

    def run_works(self):
        return list(self.runs.works(self.shelves, self.holdings, set()))

    def make(self, works) -> None:
        for work in works:
            self.holdings.put(work.folder, self.maker.make(work))


@pytest.fixture
def desk(store, tmp_path) -> Desk:
    """Two versions of one run, of a key and of none, and one of another run."""
    one, other = Run("nightly", "run-1"), Run("nightly", "run 2")
    put_record(store, make_record(Markdown("a"), "loss", 1, run=one))
    put_record(store, make_record(Markdown("b"), None, 2, run=one))
    put_record(store, make_record(Markdown("c"), "loss", 3, run=other))
    return Desk(store, tmp_path / "site_src")


def test_versions_stand_on_the_shelf_of_their_key_oldest_first(desk):
    numbers = {
        folder: [int(entry.id[-1]) for entry in shelf.entries]
        for folder, shelf in desk.shelves.items()
    }
    assert numbers == {"artifacts/loss": [1, 3], "artifacts/_keyless": [2]}


def test_what_is_made_need_not_be_made_again(desk):
    works = desk.key_works()
    assert [work.units for work in works] == [2, 1]
    desk.make(works)
    assert desk.key_works() == []
    desk.make(desk.run_works())
    assert desk.run_works() == []


def test_a_run_shows_its_versions_in_the_order_they_were_published_in(desk):
    desk.make(desk.key_works())
    first, second = desk.run_works()
    assert (first.flow_run, first.folder) == ("run-1", "runs/run-1")
    assert [(item.version.header.key, item.version.number) for item in first.versions] == [
        ("loss", 1),
        (None, 1),
    ]
    assert second.flow_run == "run 2"
    assert [item.version.number for item in second.versions] == [2]


def test_runs_that_were_kept_up_to_date_are_as_if_all_were_gathered_anew(store, tmp_path):
    kept, docs = Runs(), tmp_path / "site_src"
    runs = [Run("nightly", f"run-{number}") for number in range(3)]
    put_record(store, make_record(Markdown("a"), "loss", 1, run=runs[0]))
    changes = [
        lambda: None,
        lambda: put_record(store, make_record(Markdown("b"), "gain", 2, run=runs[0])),
        lambda: put_record(store, make_record(Markdown("c"), "loss", 3, run=runs[1])),
        lambda: put_record(store, make_record(Markdown("d"), None, 4, run=runs[1])),
        lambda: put_record(store, make_record(Markdown("e"), "gain", 2, run=runs[2])),
        lambda: (store.root / make_record(key="loss", number=1).header.path).unlink(),
        lambda: (store.root / make_record(key="loss", number=3).header.path).unlink(),
    ]
    for change in changes:
        change()
        desk = Desk(store, docs)
        desk.make(desk.key_works())
        found, anew = set(), set()
        works = list(kept.works(desk.shelves, desk.holdings, found))
        assert sorted(works, key=by_folder) == sorted(
            Runs().works(desk.shelves, desk.holdings, anew), key=by_folder
        )
        assert found == anew


def by_folder(work) -> str:
    return work.folder


def test_problems_of_bodies_and_headers_are_told_once_each(store, desk, tmp_path):
    path = store.root / make_record(number=1).header.path
    path.write_text(path.read_text().replace("nightly", "weekly"))
    put(store, "loss/broken.yaml", "x")
    later = Desk(store, tmp_path / "site_src")
    later.make(later.key_works())
    found = all_problems(later.catalog, later.shelves, later.holdings)
    assert [problem.path for problem in found] == [
        make_record(number=1).header.path,
        "loss/broken.yaml",
    ]
