from __future__ import annotations

import fcntl
import os
import unicodedata
from pathlib import Path

import pytest

from artifolio.errors import Problem
from artifolio.store import Store
from artifolio.strays import (
    Listing,
    Stray,
    find_clashes,
    find_leftovers,
    find_missing_keeps,
    find_strays,
    list_store,
)
from artifolio.temporaries import TEMPORARY_PREFIX
from samples import PNG, make_record, one_of_each_type, put, put_record

STEM = "20260801T120400123Z-000000000004"
IMAGE = one_of_each_type()[3]


def strays(store: Store, *attachments: str, unread: tuple[str, ...] = ()) -> list[str]:
    """Return the paths of what is stray."""
    return [
        stray.problem.path
        for listing in list_store(store)
        for stray in find_strays(listing, attachments, unread)
    ]


def reason(store: Store) -> str:
    """Return the reason of the one stray."""
    ((stray,),) = filter(None, (list(find_strays(item, (), ())) for item in list_store(store)))
    return stray.problem.reason


def clashes(*files: str, folders: tuple[str, ...] = (), folder: str = "loss") -> list[str]:
    return [problem.path for problem in find_clashes(Listing(folder, files, folders))]


def test_store_that_does_not_exist_has_no_listing(store: Store) -> None:
    assert list_store(store) == ()


def test_listing_tells_files_from_folders(store: Store) -> None:
    put(store, "README.md", "")
    put(store, "loss/b.yaml", "")
    put(store, "loss/a.yaml", "")
    put(store, "loss/deep/c.yaml", "")
    assert list_store(store) == (
        Listing("", ("README.md",), ("loss",)),
        Listing("loss", ("a.yaml", "b.yaml"), ("deep",)),
    )


@pytest.mark.parametrize("folder", ["Not A Key", ".git", "con"])
def test_folders_that_are_not_of_a_key_are_not_listed(store: Store, folder: str) -> None:
    put(store, f"{folder}/a.txt", "")
    assert [listing.folder for listing in list_store(store)] == [""]


def test_folder_of_versions_without_a_key_is_listed(store: Store) -> None:
    put(store, "_keyless/a.txt", "")
    assert strays(store) == ["_keyless/a.txt"]


def test_links_to_folders_are_left_to_the_store(store: Store, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.txt").touch()
    store.root.mkdir()
    (store.root / "loss").symlink_to(tmp_path / "elsewhere")
    assert strays(store) == []
    assert len(store.scan("loss").problems) == 1


def test_link_that_leads_nowhere_is_a_stray(store: Store) -> None:
    store.root.mkdir()
    (store.root / "loss").symlink_to("nowhere")
    assert strays(store) == ["loss"]


def test_folder_that_goes_while_the_others_are_listed_is_left_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "gain/.keep", "")
    put(store, "loss/.keep", "")
    is_symlink = Path.is_symlink

    def is_symlink_and_goes(self: Path) -> bool:
        answer = is_symlink(self)
        if self.name == "gain":
            (self / ".keep").unlink()
            self.rmdir()
        return answer

    monkeypatch.setattr(Path, "is_symlink", is_symlink_and_goes)
    assert [listing.folder for listing in list_store(store)] == ["", "loss"]


@pytest.mark.parametrize(
    "name",
    [
        *(".keep", ".gitattributes", ".gitignore", ".DS_Store"),
        *("README.md", "readme", "Readme.txt", "LICENSE", "CHANGELOG.md", "NOTICE.rst"),
    ],
)
def test_what_people_and_git_keep_beside_the_keys_is_no_stray(store: Store, name: str) -> None:
    put(store, name, "")
    assert strays(store) == []


@pytest.mark.parametrize("name", ["notes.txt", "a.png", "README.exe", "readme-old.md", "data"])
def test_other_files_beside_the_keys_are_strays(store: Store, name: str) -> None:
    put(store, name, "")
    assert strays(store) == [name]
    assert reason(store) == "in no key's folder; delete it or move it out"


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "README.yaml"])
def test_yaml_beside_the_keys_is_a_record_that_is_not_read(store: Store, name: str) -> None:
    put(store, name, "")
    assert reason(store) == "not read: records lie in the folder of their key"


def test_records_and_what_they_name_are_no_strays(store: Store) -> None:
    store.add(IMAGE, PNG)
    assert strays(store, f"sample-image/{STEM}.png") == []


def test_temporary_files_are_not_strays(store: Store) -> None:
    put(store, f"loss/{TEMPORARY_PREFIX}1-2.tmp", "")
    put(store, f"{TEMPORARY_PREFIX}1-2.tmp", "")
    assert strays(store) == []


@pytest.mark.parametrize("name", ["notes.txt", ".hidden.yaml", ".DS_Store", "a.yaml~", "x"])
def test_other_files_in_a_keys_folder_are_strays(store: Store, name: str) -> None:
    put(store, f"loss/{name}", "")
    assert strays(store) == [f"loss/{name}"]
    assert reason(store) == "neither a record nor attached to one; delete it or move it out"


def test_other_ending_of_a_record_is_named(store: Store) -> None:
    put(store, "loss/a.yml", "")
    assert reason(store) == "not read: records end in .yaml; rename it if it is one"


def test_hidden_file_with_the_other_ending_is_no_record(store: Store) -> None:
    put(store, "loss/.a.yml", "")
    assert reason(store) == "neither a record nor attached to one; delete it or move it out"


def test_link_to_a_folder_in_a_keys_folder_is_a_file(store: Store, tmp_path: Path) -> None:
    put(store, "loss/.keep", "")
    (store.root / "loss/link").symlink_to(tmp_path)
    assert reason(store) == "neither a record nor attached to one; delete it or move it out"


def test_file_with_a_records_name_that_it_does_not_name_is_a_stray(store: Store) -> None:
    store.add(IMAGE, PNG)
    put(store, f"sample-image/{STEM}.txt", "")
    found = [s for listing in list_store(store) for s in find_strays(listing, (), ())]
    assert [stray.problem.path for stray in found] == [
        f"sample-image/{STEM}.png",
        f"sample-image/{STEM}.txt",
    ]
    assert found[1].problem.reason == f"not what {STEM}.yaml has attached; delete it or move it out"


def test_what_an_unreadable_record_may_name_is_no_stray(store: Store) -> None:
    put(store, f"loss/{STEM}.yaml", "")
    put(store, f"loss/{STEM}.png", "")
    assert strays(store, unread=(f"loss/{STEM}.yaml",)) == []


def test_attachment_without_its_record_names_it(store: Store) -> None:
    put(store, f"loss/{STEM}.png", PNG)
    (stray,) = find_strays(list_store(store)[1], (), ())
    assert stray == Stray(
        Problem(
            f"loss/{STEM}.png",
            f"attached to {STEM}.yaml, which is not there; restore that or delete this",
        ),
        f"loss/{STEM}.yaml",
    )


def test_folder_within_a_keys_folder_is_a_stray(store: Store) -> None:
    put(store, "loss/deep/a.yaml", "")
    assert strays(store) == ["loss/deep"]


def test_folder_with_the_name_of_a_record_is_one_problem(store: Store) -> None:
    put(store, "loss/a.yaml/b", "")
    assert strays(store) == []
    assert len(store.scan("loss").problems) == 1


def test_stray_is_none_once_it_is_gone(store: Store) -> None:
    put(store, "loss/a.txt", "")
    stray = Stray(Problem("loss/a.txt", ""))
    assert stray.is_still_one(store)
    (store.root / "loss/a.txt").unlink()
    assert not stray.is_still_one(store)


def test_stray_is_none_once_its_record_is_there(store: Store) -> None:
    put(store, "loss/a.png", "")
    stray = Stray(Problem("loss/a.png", ""), "loss/a.yaml")
    assert stray.is_still_one(store)
    put(store, "loss/a.yaml", "")
    assert not stray.is_still_one(store)


def test_names_that_differ_clash_not() -> None:
    assert clashes("a.yaml", "b.yaml", "a.png", "a") == []


def test_files_clash_by_case() -> None:
    (problem,) = find_clashes(Listing("loss", ("a.PNG", "a.png")))
    assert problem == Problem(
        "loss/a.png",
        "differs from 'a.PNG' only in case: on Windows or macOS they are one; rename or delete it",
    )


def test_each_further_name_clashes_with_the_first() -> None:
    assert clashes("NOTES", "Notes", "notes") == ["loss/NOTES", "loss/Notes"]


def test_folder_that_is_a_key_stays_and_the_other_is_the_problem() -> None:
    assert clashes(folders=("Loss", "loss"), folder="") == ["Loss"]


def test_file_clashes_with_a_folder() -> None:
    assert clashes("LOSS", folders=("loss",), folder="") == ["LOSS"]


def test_names_clash_by_normalisation() -> None:
    name = "Köln.txt"
    first, second = (unicodedata.normalize(form, name) for form in ("NFD", "NFC"))
    (problem,) = find_clashes(Listing("loss", (first, second)))
    assert problem.path == f"loss/{second}"
    assert "only in Unicode normalisation" in problem.reason


def test_names_clash_by_case_and_normalisation_at_once() -> None:
    assert clashes("KO\u0308LN", "k\u00f6ln") == ["loss/k\u00f6ln"]


def test_name_that_is_not_unicode_is_compared_too() -> None:
    assert clashes("\udcff.TXT", "\udcff.txt") == ["loss/\udcff.txt"]


def test_folder_with_records_needs_keep(store: Store) -> None:
    put_record(store, make_record())
    (problem,) = find_missing_keeps(store, list_store(store))
    assert problem.path == "loss/.keep"
    assert problem.reason.endswith("run 'artifolio check --fix'")


def test_folder_that_the_store_made_has_its_keep(store: Store) -> None:
    store.add(make_record())
    assert list(find_missing_keeps(store, list_store(store))) == []


def test_folder_without_records_needs_no_keep(store: Store) -> None:
    put(store, "loss/notes.txt", "")
    put(store, "a.yaml", "")
    assert list(find_missing_keeps(store, list_store(store))) == []


@pytest.mark.parametrize("folder", ["", "loss/"])
def test_temporary_file_without_a_writer_is_left_over(store: Store, folder: str) -> None:
    put(store, f"{folder}{TEMPORARY_PREFIX}1-2.tmp", "")
    (problem,) = find_leftovers(store, list_store(store))
    assert problem.path == f"{folder}{TEMPORARY_PREFIX}1-2.tmp"


def test_temporary_file_that_is_being_written_is_not_left_over(store: Store) -> None:
    path = put(store, f"loss/{TEMPORARY_PREFIX}1-2.tmp", "")
    descriptor = os.open(path, os.O_WRONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert list(find_leftovers(store, list_store(store))) == []
    os.close(descriptor)
    assert len(list(find_leftovers(store, list_store(store)))) == 1
