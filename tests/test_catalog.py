from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.catalog import Catalog, build_catalog
from artifolio.entries import Entry, Scan
from artifolio.errors import NotFoundError, Problem
from artifolio.origins import Run
from samples import NOON, make_id, make_record, put_record


def entry(number: int = 1, key: str | None = "loss", path: str | None = None, **fields) -> Entry:
    header = make_record(key=key, number=number, **fields).header
    return Entry(header, path or header.path)


def catalog_of(*entries: Entry) -> Catalog:
    return build_catalog([Scan(entries)])


def test_versions_are_numbered_from_the_oldest():
    lineage = catalog_of(entry(3), entry(1), entry(2)).lineage("loss")
    assert [(version.number, version.header.id) for version in lineage.versions] == [
        (1, make_id(1)),
        (2, make_id(2)),
        (3, make_id(3)),
    ]
    assert lineage.latest.number == 3


def test_versions_of_one_moment_are_ordered_by_id():
    lineage = catalog_of(entry(2, created=NOON), entry(1, created=NOON)).lineage("loss")
    assert [version.header.id for version in lineage.versions] == [make_id(1), make_id(2)]


def test_a_late_merge_shifts_the_numbers_after_it():
    late = entry(9, created=NOON + timedelta(seconds=90))
    lineage = catalog_of(entry(1), entry(2), late).lineage("loss")
    assert [version.header.id for version in lineage.versions] == [
        make_id(1),
        make_id(9),
        make_id(2),
    ]


def test_keys_stand_with_the_newest_first():
    catalog = catalog_of(entry(1, "old"), entry(3, "new"), entry(2, "between"), entry(0, "new"))
    assert list(catalog.lineages) == ["new", "between", "old"]


def test_keys_of_the_first_and_last_years_are_ordered():
    first = datetime(1, 1, 1, tzinfo=timezone.utc)
    last = datetime(9999, 12, 31, tzinfo=timezone.utc)
    catalog = catalog_of(entry(1, "first", created=first), entry(2, "last", created=last))
    assert list(catalog.lineages) == ["last", "first"]


def test_each_keyless_version_is_alone_and_the_newest_first():
    catalog = catalog_of(entry(1, None), entry(2, None))
    assert [lineage.latest.header.id for lineage in catalog.keyless] == [make_id(2), make_id(1)]
    assert [lineage.latest.number for lineage in catalog.keyless] == [1, 1]
    assert catalog.lineages == {}


def test_every_version_is_given_once():
    catalog = catalog_of(entry(1), entry(2), entry(3, None), entry(4, "other"))
    assert sorted(version.header.id for version in catalog.versions()) == [
        make_id(n) for n in (1, 2, 3, 4)
    ]
    assert [lineage.key for lineage in catalog.all_lineages()] == ["other", "loss", None]


def test_a_run_lists_what_it_published_oldest_first():
    run, other = Run("churn", "f-1"), Run("churn", "f-2")
    catalog = catalog_of(
        entry(3, "b", run=run),
        entry(1, "a", run=run),
        entry(2, None, run=run),
        entry(4, run=other),
        entry(5),
    )
    assert {
        name: [version.header.id for version in versions] for name, versions in catalog.runs.items()
    } == {"f-1": [make_id(1), make_id(2), make_id(3)], "f-2": [make_id(4)]}


def test_the_key_inside_a_record_counts_and_not_its_folder():
    catalog = catalog_of(entry(1, "loss", "other/x.yaml"))
    assert list(catalog.lineages) == ["loss"]


@pytest.mark.parametrize("misplaced_first", [True, False])
def test_of_two_records_with_one_id_the_one_in_its_place_counts(misplaced_first):
    right, wrong = entry(1), entry(1, path="a/copy.yaml")
    entries = (wrong, right) if misplaced_first else (right, wrong)
    catalog = catalog_of(*entries)
    assert [version.entry for version in catalog.versions()] == [right]
    assert catalog.problems == (Problem("a/copy.yaml", f"has the id of {right.path}; delete one"),)


def test_of_two_misplaced_records_with_one_id_the_first_by_path_counts():
    catalog = catalog_of(entry(1, path="loss/b.yaml"), entry(1, path="loss/a.yaml"))
    assert [version.entry.path for version in catalog.versions()] == ["loss/a.yaml"]


def test_a_copied_record_on_disk_is_a_problem(store):
    store.add(make_record())
    put_record(store, make_record(), "loss/copy.yaml")
    catalog = build_catalog(map(store.scan, store.folders()))
    assert len(list(catalog.versions())) == 1
    assert {problem.path for problem in catalog.problems} == {"loss/copy.yaml"}


def test_problems_stand_in_the_order_of_their_paths():
    scans = [
        Scan(problems=(Problem("b", "x"),)),
        Scan(problems=(Problem("a", "y"), Problem("a", "x"))),
    ]
    assert [str(problem) for problem in build_catalog(scans).problems] == ["a: x", "a: y", "b: x"]


@given(
    st.permutations(
        [entry(1), entry(2), entry(2, path="loss/copy.yaml"), entry(3, None), entry(4, "b")]
    )
)
def test_the_order_in_which_records_are_found_makes_no_difference(entries):
    assert catalog_of(*entries) == catalog_of(*sorted(entries, key=lambda found: found.path))


@given(
    st.lists(
        st.builds(
            entry, st.integers(0, 9), st.sampled_from(["a", "b", None]), created=strategies.times
        ).map(lambda found: found.header),
        max_size=8,
    )
)
def test_every_record_is_in_just_one_lineage(headers):
    catalog = catalog_of(*(Entry(header, header.path) for header in headers))
    kept = {header.id for header in headers}
    assert sorted(version.header.id for version in catalog.versions()) == sorted(kept)


@pytest.mark.parametrize(("number", "expected"), [(1, 1), (3, 3), (-1, 3), (-3, 1)])
def test_a_version_is_found_by_its_number(number, expected):
    lineage = catalog_of(entry(1), entry(2), entry(3)).lineage("loss")
    assert lineage.numbered(number).number == expected


@pytest.mark.parametrize("number", [0, 4, -4])
def test_a_number_that_no_version_has_is_not_found(number):
    lineage = catalog_of(entry(1), entry(2), entry(3)).lineage("loss")
    with pytest.raises(NotFoundError, match="there are 1 to 3"):
        lineage.numbered(number)


def test_a_key_that_was_never_published_is_not_found():
    with pytest.raises(NotFoundError, match="'gone' not found"):
        catalog_of(entry(1)).lineage("gone")


def test_an_empty_store_has_an_empty_catalog():
    assert build_catalog([]) == Catalog()


def test_a_version_knows_its_record():
    version = catalog_of(entry(1)).lineage("loss").latest
    assert version.header is version.entry.header
    assert version.entry.folder == "loss"
    assert entry(1, path="a/b.yaml").folder == "a"
