from __future__ import annotations

import os

import pytest

from artifolio.catalog import build_catalog
from artifolio.errors import InvalidValueError, NotFoundError, RecordError
from artifolio.index import Index
from artifolio.pins import Pin, check_pin_name, is_pin_file, read_pins, remove_pin, write_pin
from samples import make_id, make_record, put, put_record

ID = str(make_id(1))
PIN = Pin("loss", "production", ID)
LINES = "<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n"


@pytest.fixture
def lineage(store):
    """Two versions of one key."""
    for number in (1, 2):
        put_record(store, make_record(number=number))
    return store


def found(store):
    return read_pins(store.root, "loss", os.listdir(store.root / "loss"))


def catalog_of(store):
    return build_catalog(Index(store, None).scans().values())


@pytest.mark.parametrize("name", ["production", "a-z", "x", "2026-q1", "g" * 60, "latest-1"])
def test_a_name_is_lowercase_letters_digits_and_dashes(name):
    assert check_pin_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "latest", "12", "-1", "Production", "a b", "ünï", "g" * 61, "con", "beef", "a"),
        *("dead-01", "../x", "x/y", ".x", "x.y", "x\n", "-x"),
    ],
)
def test_what_could_be_something_else_is_no_name(name):
    with pytest.raises(InvalidValueError):
        check_pin_name(name)


def test_a_pin_is_one_line_in_a_file_of_its_own(lineage):
    write_pin(lineage.root, PIN)
    assert (lineage.root / PIN.path).read_text() == f"{ID}\n"
    assert PIN.path == "loss/production.pin"
    assert found(lineage).pins == (PIN,)


def test_a_pin_that_is_written_again_moves(lineage):
    write_pin(lineage.root, PIN)
    write_pin(lineage.root, Pin("loss", "production", str(make_id(2))))
    assert [pin.version for pin in found(lineage).pins] == [str(make_id(2))]


def test_a_pin_goes_and_is_not_there_then(lineage):
    write_pin(lineage.root, PIN)
    remove_pin(lineage.root, "loss", "production")
    assert found(lineage).pins == ()
    with pytest.raises(NotFoundError):
        remove_pin(lineage.root, "loss", "production")


def test_no_pin_is_written_into_a_folder_that_is_a_link(lineage, tmp_path):
    (lineage.root / "gain").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(RecordError, match="symbolic link"):
        write_pin(lineage.root, Pin("gain", "production", ID))
    assert not (tmp_path / "production.pin").exists()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_pin_is_read_whatever_its_line_end(lineage, ending):
    put(lineage, PIN.path, ID + ending)
    assert found(lineage).pins == (PIN,)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not one line"),
        (f"{ID}\n{ID}\n", "not one line"),
        (ID.upper(), "not one line"),
        (b"\xff\xfe", "not one line"),
        (f"{ID}{'x' * 5_000}", "not one line"),
        (LINES, "conflict markers"),
    ],
)
def test_what_is_no_pin_is_a_problem_and_hides_no_other(lineage, content, reason):
    write_pin(lineage.root, PIN)
    put(lineage, "loss/broken.pin", content)
    assert found(lineage).pins == (PIN,)
    (problem,) = found(lineage).problems
    assert problem.path == "loss/broken.pin"
    assert reason in problem.reason


def test_a_link_and_a_folder_are_no_pins(lineage):
    (lineage.root / "loss/stable.pin").symlink_to(put(lineage, "x", ID))
    (lineage.root / "loss/golden.pin").mkdir()
    assert found(lineage).pins == ()
    assert [problem.path for problem in found(lineage).problems] == [
        "loss/golden.pin",
        "loss/stable.pin",
    ]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("loss", ".production.pin"),
        ("loss", "production.pins"),
        ("loss", "20260801T120100123Z-000000000001.pin"),
        ("_keyless", "production.pin"),
    ],
)
def test_other_files_are_no_pins(folder, name):
    assert not is_pin_file(folder, name)


def test_versions_are_found_by_their_names(lineage):
    write_pin(lineage.root, PIN)
    write_pin(lineage.root, Pin("loss", "stable", ID))
    known = catalog_of(lineage).lineages["loss"]
    assert known.pinned("stable").number == 1
    assert known.pinned("golden") is None
    assert [version.pins for version in known.versions] == [("production", "stable"), ()]


def test_a_pin_of_a_version_that_is_not_there_is_a_problem(lineage):
    write_pin(lineage.root, Pin("loss", "production", str(make_id(9))))
    catalog = catalog_of(lineage)
    assert catalog.lineages["loss"].pins == ()
    (problem,) = catalog.problems
    assert "run 'artifolio unpin loss production'" in problem.reason


def test_a_pin_of_a_version_of_another_key_is_a_problem(lineage):
    put_record(lineage, make_record(key="gain", number=5))
    write_pin(lineage.root, Pin("loss", "production", str(make_id(5))))
    assert [problem.path for problem in catalog_of(lineage).problems] == ["loss/production.pin"]


def test_a_pin_where_nothing_else_is_is_a_problem(store):
    put(store, "loss/production.pin", ID)
    assert [problem.path for problem in catalog_of(store).problems] == ["loss/production.pin"]


def test_the_cache_of_headers_never_hides_that_a_pin_moved(lineage, tmp_path):
    index = Index(lineage, tmp_path / "cache")
    for path in lineage.root.rglob("*.yaml"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    index.scans()
    write_pin(lineage.root, PIN)
    assert index.scans()["loss"].pins == (PIN,)
    moved = Pin("loss", "production", str(make_id(2)))
    write_pin(lineage.root, moved)
    assert index.scans()["loss"].pins == (moved,)
    assert index.scans() == {"loss": lineage.scan("loss")}
