from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from artifolio.checking import Report, check_store
from artifolio.errors import Problem
from artifolio.records import dump_record
from samples import PNG, make_record, one_of_each_type, put, put_record

if TYPE_CHECKING:
    from artifolio.store import Store

IMAGE = one_of_each_type()[3]
ATTACHMENT = "20260801T120400123Z-000000000004.png"


def reasons(store: Store) -> list[str]:
    return [problem.reason for problem in check_store(store).problems]


def test_store_that_does_not_exist_has_no_problem(store: Store) -> None:
    assert check_store(store) == Report(0, ())


def test_good_records_have_no_problem(store: Store) -> None:
    for record in one_of_each_type():
        store.add(record, b"PK" if record.header.type == "file" else PNG)
    assert check_store(store) == Report(7, ())


def test_changed_body_is_a_problem(store: Store) -> None:
    record = make_record()
    put(store, record.header.path, dump_record(record).replace("It fell", "It rose"))
    assert check_store(store).problems == (
        Problem(record.header.path, "changed after it was published: its digest does not match"),
    )


def test_body_that_cannot_be_read_is_a_problem(store: Store) -> None:
    record = make_record()
    text = dump_record(record)
    put(store, record.header.path, text[: text.index("data:")] + "data: 5\n...\n")
    report = check_store(store)
    assert report.records == 1
    assert [problem.path for problem in report.problems] == [record.header.path]


def test_record_that_is_no_record_is_one_problem(store: Store) -> None:
    put(store, "loss/20260801T120100123Z-000000000001.yaml", "format: 1\n")
    report = check_store(store)
    assert report.records == 1
    assert len(report.problems) == 1


def test_misplaced_record_is_a_problem(store: Store) -> None:
    put_record(store, make_record(), "loss/other.yaml")
    assert reasons(store) == ["misplaced; move it to loss/20260801T120100123Z-000000000001.yaml"]


def test_two_records_with_one_id_are_a_problem(store: Store) -> None:
    store.add(make_record())
    put_record(store, make_record(), "loss/copy.yaml")
    assert any("has the id of" in reason for reason in reasons(store))


def test_missing_attachment_is_a_problem(store: Store) -> None:
    store.add(IMAGE)
    assert check_store(store).problems == (
        Problem(
            IMAGE.header.path,
            f"attachment {ATTACHMENT} cannot be read: No such file or directory",
        ),
    )


def test_attachment_of_another_size_is_a_problem(store: Store) -> None:
    store.add(IMAGE, PNG + b"more")
    assert reasons(store) == [f"attachment {ATTACHMENT} has 31 bytes, 27 were published"]


def test_attachment_with_another_content_is_a_problem(store: Store) -> None:
    store.add(IMAGE, PNG[:-1] + b"!")
    assert reasons(store) == [
        f"attachment {ATTACHMENT} is not what was published: its sha256 does not match"
    ]


@pytest.mark.parametrize("name", ["notes.yaml", "notes.yml"])
def test_yaml_beside_the_folders_of_keys_is_a_problem(store: Store, name: str) -> None:
    put(store, name, dump_record(make_record()))
    assert check_store(store).problems == (
        Problem(name, "not read: records lie in the folder of their key"),
    )


def test_record_with_the_other_ending_is_a_problem(store: Store) -> None:
    put(store, "loss/a.yml", dump_record(make_record()))
    assert check_store(store).problems == (
        Problem("loss/a.yml", "not read: records end in .yaml; rename it if it is one"),
    )


def test_folder_that_is_no_key_is_a_problem(store: Store) -> None:
    put(store, "Not A Key/a.yaml", "")
    report = check_store(store)
    assert report.records == 0
    assert [problem.path for problem in report.problems] == ["Not A Key"]


def test_files_that_are_no_records_are_nobodys_problem(store: Store) -> None:
    put(store, ".keep", "")
    put(store, "README.md", "What lies here.")
    put(store, "loss/.artifolio-1-2.tmp", "half a rec")
    put(store, "loss/.hidden.yaml", "")
    assert check_store(store).problems == ()


def test_fifo_is_a_problem_and_does_not_block(store: Store) -> None:
    put(store, "loss/.keep", "")
    os.mkfifo(store.root / "loss" / "20260801T120100123Z-000000000001.yaml")
    assert len(check_store(store).problems) == 1


def test_folder_that_cannot_be_read_is_a_problem(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root, whom CI may be, reads every folder whatever its mode.
    store.add(make_record())
    listdir, scandir = os.listdir, os.scandir

    def refuse(original):
        def listing(path):
            if str(path).endswith("loss"):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return original(path)

        return listing

    monkeypatch.setattr(os, "listdir", refuse(listdir))
    monkeypatch.setattr(os, "scandir", refuse(scandir))
    assert reasons(store) == ["cannot be read: Permission denied"]


def test_problems_are_sorted_by_path(store: Store) -> None:
    put(store, "b/a.yml", "")
    put(store, "a/z.yml", "")
    put(store, "0.yml", "")
    assert [problem.path for problem in check_store(store).problems] == [
        "0.yml",
        "a/z.yml",
        "b/a.yml",
    ]
