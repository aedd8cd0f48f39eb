from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from artifolio import checking
from artifolio.bodies import Markdown
from artifolio.checking import Report, check_store
from artifolio.errors import Problem
from artifolio.records import dump_record
from artifolio.store import Store
from samples import (
    PNG,
    make_attachment,
    make_illustrated,
    make_record,
    one_of_each_type,
    put,
    put_record,
    put_retired,
    retire_in,
)

IMAGE = one_of_each_type()[3]
ATTACHMENT = "20260801T120400123Z-000000000004.png"
ATTACHED = f"sample-image/{ATTACHMENT}"
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)


@pytest.fixture
def store(store: Store) -> Store:
    """A store in which the folder of one key is as the store itself makes it."""
    put(store, "loss/.keep", "")
    return store


def reasons(store: Store) -> list[str]:
    return [problem.reason for problem in check_store(store).problems]


def publish_image(store: Store, *contents: bytes) -> None:
    store.add(IMAGE, *contents)


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"


def test_store_that_does_not_exist_has_no_problem(tmp_path: Path) -> None:
    assert check_store(Store(tmp_path / "nothing")) == Report(0, ())


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


def test_changed_header_is_one_problem(store: Store) -> None:
    record = make_record(description="Falls.")
    put(store, record.header.path, dump_record(record).replace("Falls", "Rises"))
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


def test_attachment_of_a_body_that_cannot_be_read_is_no_problem(store: Store) -> None:
    publish_image(store, PNG)
    path = store.root / IMAGE.header.path
    text = path.read_text()
    path.write_text(text[: text.index("\ndata:")] + "\ndata: 5\n...\n")
    assert [problem.path for problem in check_store(store).problems] == [IMAGE.header.path]


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


def test_fifo_is_a_problem_and_does_not_block(store: Store) -> None:
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


def test_conflict_in_a_header_is_called_one(store: Store) -> None:
    record = make_record(description="Falls.")
    line = 'description: "Falls."\n'
    text = dump_record(record).replace(line, conflict(line, 'description: "Rises."\n'))
    put(store, record.header.path, text)
    assert check_store(store).problems == (
        Problem(record.header.path, "git conflict markers (line 6); resolve the merge"),
    )


def test_conflict_in_a_body_is_called_one(store: Store) -> None:
    record = make_record(Markdown("It fell.\nA lot.\n"))
    text = dump_record(record).replace("  A lot.\n", conflict("  A lot.\n", "  A bit.\n"))
    put(store, record.header.path, text)
    line = text[: text.index("<<<")].count("\n") + 1
    assert check_store(store).problems == (
        Problem(record.header.path, f"git conflict markers (line {line}); resolve the merge"),
    )


def test_conflict_with_the_line_ends_of_windows_is_called_one(store: Store) -> None:
    record = make_record()
    text = conflict(dump_record(record), dump_record(record)).replace("\n", "\r\n")
    put(store, record.header.path, text)
    assert reasons(store) == ["git conflict markers (line 1); resolve the merge"]


def test_text_about_conflicts_is_no_conflict(store: Store) -> None:
    store.add(make_record(Markdown(conflict("a\n", "b\n")), description="<<<<<<< HEAD"))
    assert check_store(store) == Report(1, ())


def test_broken_text_about_conflicts_is_no_conflict(store: Store) -> None:
    record = make_record(Markdown(conflict("a\n", "b\n")))
    put(store, record.header.path, dump_record(record).removesuffix("...\n"))
    assert reasons(store) == ["cut off: the closing '...' is missing"]


def test_pointer_in_place_of_a_record_says_how_to_get_it(store: Store) -> None:
    put(store, make_record().header.path, POINTER)
    assert reasons(store) == ["a git-lfs pointer instead of the record; run 'git lfs pull'"]


def test_pointer_in_place_of_an_attachment_says_how_to_get_it(store: Store) -> None:
    publish_image(store, POINTER)
    assert check_store(store).problems == (
        Problem(
            IMAGE.header.path,
            f"attachment {ATTACHMENT} is a git-lfs pointer instead of the content; "
            "run 'git lfs pull'",
        ),
    )


def test_pointer_that_was_published_is_what_was_published(store: Store) -> None:
    described = make_attachment(POINTER)
    store.add(make_record(replace(IMAGE.body, attachment=described)), POINTER)
    assert check_store(store) == Report(1, ())


def test_attachment_is_hashed_beyond_its_first_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_CHUNK_BYTES", 10)
    publish_image(store, PNG)
    assert check_store(store) == Report(1, ())
    put(store, ATTACHED, PNG[:-1] + b"!")
    assert len(reasons(store)) == 1


def test_attachment_that_is_no_file_is_a_problem_and_does_not_block(store: Store) -> None:
    publish_image(store)
    os.mkfifo(store.root / ATTACHED)
    assert reasons(store) == [f"attachment {ATTACHMENT} cannot be read: not a regular file"]


def test_stray_file_is_a_problem(store: Store) -> None:
    put(store, "loss/notes.txt", "")
    waited: list[float] = []
    assert [p.path for p in check_store(store, waited.append).problems] == ["loss/notes.txt"]
    assert waited == []


def test_names_that_clash_are_a_problem(store: Store) -> None:
    put(store, "Loss/.keep", "")
    assert any("differs from 'loss' only in case" in reason for reason in reasons(store))


def test_folder_with_records_and_without_keep_is_a_problem(store: Store) -> None:
    put_record(store, make_record(key="gain"))
    assert [problem.path for problem in check_store(store).problems] == ["gain/.keep"]


def test_temporary_file_without_a_writer_is_a_problem(store: Store) -> None:
    put(store, "loss/.artifolio-1-2.tmp", "half a rec")
    assert check_store(store).problems == (
        Problem(
            "loss/.artifolio-1-2.tmp", "left behind by a writer that is gone; run 'artifolio gc'"
        ),
    )


def test_attachment_without_a_record_is_a_problem(store: Store) -> None:
    put(store, f"loss/{ATTACHMENT}", PNG)
    waited: list[float] = []
    assert [p.path for p in check_store(store, waited.append).problems] == [f"loss/{ATTACHMENT}"]
    assert len(waited) == 1


def test_old_attachment_without_a_record_is_not_waited_for(store: Store) -> None:
    os.utime(put(store, f"loss/{ATTACHMENT}", PNG), (1, 1))
    waited: list[float] = []
    assert len(check_store(store, waited.append).problems) == 1
    assert waited == []


def test_attachment_whose_record_is_on_its_way_is_no_problem(store: Store) -> None:
    put(store, ATTACHED, PNG)
    put(store, "sample-image/.keep", "")
    assert check_store(store, lambda seconds: put_record(store, IMAGE)) == Report(0, ())


def test_version_that_is_deleted_while_it_is_read_is_no_problem(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_image(store, PNG)
    read = Store.read

    def read_too_late(self: Store, path: str) -> object:
        self.delete(self.scan("sample-image").entries[0])
        return read(self, path)

    monkeypatch.setattr(Store, "read", read_too_late)
    assert check_store(store).problems == ()


def test_version_that_is_deleted_while_headers_are_read_is_no_problem(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(make_record())
    read_header = Store.read_header

    def read_too_late(self: Store, path: str) -> object:
        (self.root / path).unlink()
        return read_header(self, path)

    monkeypatch.setattr(Store, "read_header", read_too_late)
    assert check_store(store) == Report(0, ())


def test_attachment_of_a_version_that_is_deleted_while_it_is_read_is_no_problem(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_image(store, PNG)
    read = Store.read

    def read_and_delete(self: Store, path: str) -> object:
        record = read(self, path)
        self.delete(self.scan("sample-image").entries[0])
        return record

    monkeypatch.setattr(Store, "read", read_and_delete)
    assert check_store(store).problems == ()


def test_version_that_is_published_while_others_are_read_is_no_problem(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(make_record())
    read = Store.read

    def read_and_publish(self: Store, path: str) -> object:
        if not (store.root / IMAGE.header.path).exists():
            publish_image(self, PNG)
        return read(self, path)

    monkeypatch.setattr(Store, "read", read_and_publish)
    assert check_store(store) == Report(1, ())


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ((b"a", b"b"), []),
        ((b"a",), ["2.png cannot be read: No such file or directory"]),
        ((b"a", b"c"), ["2.png is not what was published: its sha256 does not match"]),
        ((b"", b"c"), ["1.png has 0 bytes", "2.png is not what"]),
    ],
)
def test_each_image_of_a_text_is_looked_at(store: Store, contents: tuple[bytes], expected) -> None:
    record = make_record(make_illustrated(loss=b"a", gain=b"b"))
    store.add(record, *contents)
    starts = [f"attachment {record.header.stem}.{text}" for text in expected]
    found = reasons(store)
    assert [reason[: len(start)] for reason, start in zip(found, starts, strict=True)] == starts


def test_image_of_a_text_without_a_record_is_a_problem(store: Store) -> None:
    put(store, f"loss/{ATTACHMENT.replace('.png', '.12.png')}", PNG)
    assert ["attached to" in reason for reason in reasons(store)] == [True]


def test_what_is_retired_has_no_problem(store: Store) -> None:
    put_retired(store, IMAGE, PNG)
    assert check_store(store).problems == ()


def test_attachment_that_a_crash_left_of_a_body_is_told(store: Store) -> None:
    put_retired(store, IMAGE, PNG)
    put(store, ATTACHED, PNG)
    (reason,) = reasons(store)
    assert reason.startswith("left behind when the body of 20260801T120400123Z-000000000004.yaml")
    assert reason.endswith("run 'artifolio gc'")


def test_body_that_goes_while_it_is_checked_is_no_problem(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_image(store, PNG)
    compare = checking._what_is_wrong

    def retire_first(path: Path, attachment: object) -> str | None:
        retire_in(store, IMAGE.header.path)
        return compare(path, attachment)

    monkeypatch.setattr(checking, "_what_is_wrong", retire_first)
    assert check_store(store).problems == ()


def test_pin_of_a_version_has_no_problem(store: Store) -> None:
    store.add(make_record())
    put(store, "loss/production.pin", f"{make_record().header.id}\n")
    assert check_store(store).problems == ()


def test_pin_of_a_version_without_a_body_is_told(store: Store) -> None:
    put_retired(store, make_record())
    put(store, "loss/production.pin", f"{make_record().header.id}\n")
    (problem,) = check_store(store).problems
    assert problem == Problem(
        "loss/production.pin", "pins a version whose body was removed; pin another"
    )


@pytest.mark.parametrize("name", ["Production.pin", "beef.pin", "production.pin"])
def test_what_is_no_pin_is_told_once(store: Store, name: str) -> None:
    store.add(make_record())
    put(store, f"loss/{name}", "x")
    (problem,) = check_store(store).problems
    assert problem.path == f"loss/{name}"


def test_pin_without_a_key_is_a_stray(store: Store) -> None:
    store.add(make_record(key=None))
    put(store, "_keyless/production.pin", f"{make_record().header.id}\n")
    assert reasons(store) == ["neither a record nor attached to one; delete it or move it out"]
