from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from artifolio import store as store_module
from artifolio.bodies import Column, File, Image, Markdown, Progress, Table
from artifolio.entries import Entry, match_id
from artifolio.errors import (
    AmbiguousIdError,
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    Problem,
    RecordError,
    RecordExistsError,
)
from artifolio.recordfiles import MAX_RECORD_BYTES
from artifolio.records import Record, dump_record
from artifolio.store import KEEP, Store
from artifolio.temporaries import TEMPORARY_PREFIX
from payloads import payloads
from samples import (
    NOON,
    PNG,
    make_attachment,
    make_id,
    make_illustrated,
    make_record,
    one_of_each_type,
    put,
    put_record,
    retire_in,
)
from strategies import keys

PLACE = make_record().header.path
RECORD_PAYLOADS = payloads("record", field="record_file")


def entry_of(store: Store, number: int = 1, key: str = "loss") -> Entry:
    return store.find(make_id(number))


def reasons(store: Store, folder: str = "loss") -> str:
    """Return the problems of a folder, and make sure that no record of it is shown as good."""
    scan = store.scan(folder)
    assert scan.entries == ()
    return "; ".join(map(str, scan.problems))


def all_files(store: Store) -> list[str]:
    return sorted(
        path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.header.type)
def test_a_version_that_was_added_is_read_back(store, record):
    store.add(record, PNG)
    found = store.read(record.header.path)
    assert found.body == record.body
    assert found.intact
    assert replace(found.header, digest=None, header_sha256=None) == record.header


def test_adding_returns_the_file_of_the_record(store):
    path = store.add(make_record())
    assert path == store.root / PLACE
    assert path.read_text(encoding="utf-8") == dump_record(make_record())


def test_a_keyless_version_has_a_folder_of_its_own(store):
    assert store.add(make_record(key=None)).parent.name == "_keyless"
    assert [entry.header.key for entry in store.scan("_keyless").entries] == [None]


def test_a_keys_folder_has_a_keep_and_no_temporary_file(store):
    store.add(make_record())
    assert all_files(store) == ["loss/" + KEEP, PLACE]
    assert (store.root / "loss" / KEEP).read_bytes() == b""


def test_an_attachment_lies_beside_its_record(store):
    record = make_record(File(make_attachment(b"PK", "zip"), "model.zip"))
    store.add(record, b"PK")
    assert store.read_attachment(entry_of(store), record.body.attachment.name) == b"PK"
    assert all_files(store) == ["loss/" + KEEP, PLACE, PLACE.replace(".yaml", ".zip")]


def test_an_attachment_of_a_writer_that_was_killed_before_the_record_is_taken_up(store):
    record = make_record(File(make_attachment(b"PK", "zip")))
    put(store, PLACE.replace(".yaml", ".zip"), b"PK")
    store.add(record, b"PK")
    assert store.read(PLACE).intact


@pytest.mark.parametrize("content", [b"PX", b"PKK", b""])
def test_another_file_where_an_attachment_is_to_be_is_not_overwritten(store, content):
    path = put(store, PLACE.replace(".yaml", ".zip"), content)
    with pytest.raises(RecordExistsError, match=r"\.zip already exists"):
        store.add(make_record(File(make_attachment(b"PK", "zip"))), b"PK")
    assert path.read_bytes() == content
    assert not (store.root / PLACE).exists()


def test_a_link_where_an_attachment_is_to_be_is_not_followed(store, tmp_path):
    (tmp_path / "outside").write_bytes(b"PK")
    store.make_folder("loss")
    (store.root / PLACE.replace(".yaml", ".zip")).symlink_to(tmp_path / "outside")
    with pytest.raises(RecordExistsError):
        store.add(make_record(File(make_attachment(b"PK", "zip"))), b"PK")


def test_a_missing_attachment_is_named(store):
    store.add(make_record(File(make_attachment(b"PK", "zip"))))
    with pytest.raises(RecordError, match=r"loss/gone\.zip: cannot be read"):
        store.read_attachment(entry_of(store), "gone.zip")


def test_an_attachment_that_is_a_link_is_not_followed(store):
    store.add(make_record())
    (store.root / "loss" / "x.png").symlink_to("/etc/passwd")
    with pytest.raises(RecordError, match="cannot be read"):
        store.read_attachment(entry_of(store), "x.png")


def test_a_version_is_never_overwritten(store):
    first = store.add(make_record())
    content, status = first.read_bytes(), first.stat()
    with pytest.raises(RecordExistsError):
        store.add(make_record(Markdown("another")))
    assert first.read_bytes() == content
    assert first.stat().st_mtime_ns == status.st_mtime_ns
    assert all_files(store) == ["loss/" + KEEP, PLACE]


def test_an_attachment_is_never_overwritten(store):
    record = make_record(File(make_attachment(b"PK", "zip")))
    store.add(record, b"PK")
    with pytest.raises(RecordExistsError):
        store.add(record, b"another")
    assert store.read_attachment(entry_of(store), record.body.attachment.name) == b"PK"


def test_no_record_names_an_attachment_that_could_not_be_written(store, monkeypatch):
    calls = []

    def refuse(path, content):
        calls.append(path.suffix)
        raise OSError(28, "no space left")

    monkeypatch.setattr(store_module, "create_file", refuse)
    with pytest.raises(OSError, match="no space"):
        store.add(make_record(File(make_attachment(b"PK", "zip"))), b"PK")
    assert calls == [".zip"]


def test_a_value_that_cannot_be_stored_leaves_nothing(store):
    with pytest.raises(InvalidValueError):
        store.add(make_record(Markdown("\ud800")))
    assert not store.root.exists()


def test_a_record_that_could_not_be_read_back_is_not_written(store):
    with pytest.raises(InvalidValueError, match="create_file_artifact"):
        store.add(make_record(Markdown("x" * MAX_RECORD_BYTES)))
    assert not store.root.exists()


@pytest.mark.parametrize("payload", payloads("key") + payloads("field", field="key"), ids=str)
def test_a_hostile_key_writes_nothing_anywhere(store, tmp_path, payload):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidKeyError):
        store.add(make_record(key=payload.text))
    assert sorted(tmp_path.rglob("*")) == before


@given(key=keys)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_version_of_any_key_lies_in_a_folder_inside_the_store(store, key):
    assert (store.root / make_record(key=key).header.path).parent.parent == store.root


def test_a_folder_that_is_a_link_is_not_written_through(store, tmp_path):
    (tmp_path / "outside").mkdir()
    store.root.mkdir()
    (store.root / "loss").symlink_to(tmp_path / "outside")
    with pytest.raises(RecordError, match="symbolic link"):
        store.add(make_record())
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_keep_that_is_a_link_is_not_written_through(store, tmp_path):
    (store.root / "loss").mkdir(parents=True)
    (store.root / "loss" / KEEP).symlink_to(tmp_path / "outside")
    store.add(make_record())
    assert not (tmp_path / "outside").exists()


def test_a_replaced_progress_keeps_its_place(store):
    store.add(make_record(Progress(10.0)))
    store.replace(PLACE, make_record(Progress(20.0)))
    assert store.read(PLACE).body == Progress(20.0)
    assert all_files(store) == ["loss/" + KEEP, PLACE]


def test_deleting_removes_the_record_and_its_attachment_and_keeps_the_folder(store):
    record = make_record(Image(attachment=make_attachment()))
    store.add(record, PNG)
    store.add(make_record(number=2))
    store.delete(entry_of(store))
    assert all_files(store) == ["loss/" + KEEP, make_record(number=2).header.path]


def test_deleting_the_last_version_keeps_the_folder(store):
    store.add(make_record())
    store.delete(entry_of(store))
    assert all_files(store) == ["loss/" + KEEP]


def test_deleting_never_takes_another_record_along(store):
    put_record(store, make_record(number=1), "loss/x.yaml")
    put_record(store, make_record(number=2), "loss/x.copy.yaml")
    store.delete(Entry(make_record(number=1).header, "loss/x.yaml"))
    assert all_files(store) == ["loss/x.copy.yaml"]


def test_a_store_that_does_not_exist_is_empty(store):
    assert store.folders() == []
    assert store.scan("loss").entries == ()
    with pytest.raises(NotFoundError):
        store.find(make_id(1))


def test_folders_are_listed_in_order_without_hidden_ones_and_files(store):
    put(store, "b/x", "")
    put(store, "a/x", "")
    put(store, ".git/x", "")
    put(store, "README.md", "")
    assert store.folders() == ["a", "b"]


def test_a_scan_lists_the_records_in_the_order_of_their_names(store):
    [store.add(make_record(number=number)) for number in (3, 1, 2)]
    scan = store.scan("loss")
    assert [entry.header.id for entry in scan.entries] == [make_id(1), make_id(2), make_id(3)]
    assert scan.problems == ()


def test_a_broken_record_hides_no_other(store):
    store.add(make_record())
    put(store, "loss/bad.yaml", "format: 1\n")
    scan = store.scan("loss")
    assert len(scan.entries) == 1
    assert [problem.path for problem in scan.problems] == ["loss/bad.yaml"]


def test_other_files_are_no_records(store):
    store.add(make_record())
    put(store, f"loss/{TEMPORARY_PREFIX}1-00.tmp", "half a rec")
    put(store, "loss/.hidden.yaml", "x")
    put(store, "loss/notes.txt", "x")
    scan = store.scan("loss")
    assert (len(scan.entries), scan.problems) == (1, ())


@pytest.mark.parametrize("make", ["fifo", "link", "dangling link", "folder"])
def test_what_is_not_a_regular_file_is_a_problem(store, tmp_path, make):
    path = store.root / "loss" / "odd.yaml"
    path.parent.mkdir(parents=True)
    put(store, "../secret.yaml", dump_record(make_record()))
    makers = {
        "fifo": lambda: os.mkfifo(path),
        "link": lambda: path.symlink_to(tmp_path / "secret.yaml"),
        "dangling link": lambda: path.symlink_to("nowhere"),
        "folder": path.mkdir,
    }
    makers[make]()
    assert reasons(store).startswith("loss/odd.yaml: cannot be read")
    with pytest.raises(RecordError, match="cannot be read"):
        store.read("loss/odd.yaml")


def test_a_folder_that_is_a_link_is_a_problem_and_not_looked_into(store, tmp_path):
    outside = Store(tmp_path / "outside")
    outside.add(make_record())
    store.root.mkdir()
    (store.root / "loss").symlink_to(outside.root / "loss")
    assert "symbolic link" in reasons(store)
    with pytest.raises(NotFoundError):
        store.find(make_id(1))


@pytest.mark.parametrize("name", ["Loss", "a b", "con", "x" * 121, "_other"])
def test_a_folder_that_no_key_has_is_a_problem(store, name):
    put_record(store, make_record(), f"{name}/x.yaml")
    assert "not a key's folder" in reasons(store, name)


@pytest.mark.parametrize("size", [5_000_000_000, MAX_RECORD_BYTES + 1])
def test_a_huge_file_is_a_problem_and_is_not_listed(store, size):
    os.truncate(put(store, PLACE, b""), size)
    assert f"{size} bytes" in reasons(store)


def test_a_huge_file_with_a_good_start_and_end_is_not_listed_either(store):
    path = put_record(store, make_record())
    start = path.read_bytes().removesuffix(b"...\n")
    with path.open("wb") as file:
        file.write(start)
        file.seek(5_000_000_000)
        file.write(b"\n...\n")
    assert "bytes" in reasons(store)


def test_a_record_in_another_folder_is_listed_and_is_a_problem(store):
    put_record(store, make_record(), "other/" + PLACE.partition("/")[2])
    scan = store.scan("other")
    assert [entry.header.key for entry in scan.entries] == ["loss"]
    assert [str(problem) for problem in scan.problems] == [
        f"{scan.entries[0].path}: misplaced; move it to {PLACE}"
    ]


def test_a_record_under_another_name_is_listed_and_is_a_problem(store):
    put_record(store, make_record(), "loss/renamed.yaml")
    scan = store.scan("loss")
    assert len(scan.entries) == 1
    assert scan.problems == (Problem("loss/renamed.yaml", f"misplaced; move it to {PLACE}"),)


def test_a_file_that_is_not_utf_8_is_a_problem(store):
    content = dump_record(make_record()).encode()
    put(store, PLACE, content.replace(b"fell", b"fe\xffl"))
    with pytest.raises(RecordError, match="not UTF-8"):
        store.read(PLACE)
    put(store, PLACE, content.replace(b"loss", b"los\xff"))
    assert "not UTF-8" in reasons(store)


@pytest.mark.parametrize("name", [b"\xff.yaml", b"a\nb.yaml", b"\x1b[31m.yaml"])
def test_a_file_with_an_odd_name_is_reported_in_printable_text(store, name):
    put(store, PLACE, "")
    path = os.fsencode(store.root / "loss") + b"/" + name
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    assert all(str(problem).isprintable() for problem in store.scan("loss").problems)
    assert len(store.scan("loss").problems) == 2


@pytest.mark.parametrize("payload", RECORD_PAYLOADS, ids=str)
def test_a_hostile_record_is_a_problem(store, payload, on_small_stack):
    put(store, "loss/x.yaml", payload.text)
    scan = on_small_stack(lambda: store.scan("loss"))
    assert [problem.path for problem in scan.problems] == ["loss/x.yaml"]
    assert scan.entries == ()
    assert all_files(store) == ["loss/x.yaml"]


def test_a_hostile_link_reads_no_file(store):
    (payload,) = payloads("record", field="record_symlink")
    put(store, "loss/" + KEEP, "")
    (store.root / "loss" / "x.yaml").symlink_to(payload.text)
    assert "root:" not in reasons(store)


def test_a_version_is_found_by_its_id(store):
    [store.add(make_record(number=number, key=f"key-{number}")) for number in (1, 2, 3)]
    assert store.find(make_id(2)).path == make_record(number=2, key="key-2").header.path


def test_a_version_with_the_same_tail_is_not_mistaken(store):
    store.add(make_record())
    with pytest.raises(NotFoundError):
        store.find(UUID(int=make_id(1).int ^ (1 << 100)))


@pytest.mark.parametrize(
    "written", [str, lambda i: i.hex, lambda i: i.hex.upper(), lambda i: str(i)[:13]]
)
def test_an_id_may_be_shortened_and_written_in_any_case(store, written):
    store.add(make_record())
    entries = store.scan("loss").entries
    assert match_id(written(make_id(1)), entries) == entries[0]


def test_a_shortened_id_of_several_versions_lists_them(store):
    [store.add(make_record(number=number)) for number in (1, 2)]
    with pytest.raises(AmbiguousIdError) as caught:
        match_id("019a", store.scan("loss").entries)
    assert caught.value.candidates == (str(make_id(1)), str(make_id(2)))


@pytest.mark.parametrize("prefix", ["", "-", "ff", "zz"])
def test_an_id_that_nothing_starts_with_is_not_found(store, prefix):
    store.add(make_record())
    with pytest.raises(NotFoundError):
        match_id(prefix, store.scan("loss").entries)


def test_versions_added_in_eight_threads_at_once_are_all_there(store):
    def add(thread: int) -> None:
        for number in range(25):
            store.add(make_record(key=f"key-{number % 3}", number=thread * 100 + number))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    scans = [store.scan(folder) for folder in store.folders()]
    assert sum(len(scan.entries) for scan in scans) == 200
    assert [scan.problems for scan in scans] == [(), (), ()]
    assert [name for name in all_files(store) if TEMPORARY_PREFIX in name] == []


def test_eight_threads_that_add_the_same_version_leave_one_whole_record(store):
    outcomes: list[object] = []

    def add(number: int) -> None:
        try:
            outcomes.append(store.add(make_record(Markdown(f"{number}" * 10_000), created=NOON)))
        except RecordExistsError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(isinstance(outcome, RecordExistsError) for outcome in outcomes) == 7
    assert store.read(make_record(created=NOON).header.path).intact


def test_a_large_table_that_only_the_strict_reader_could_read_is_not_written(store):
    # A line of over a megabyte is left to the strict reader, and that stops at a million values.
    rows = (*((number,) for number in range(1_000_001)), ("\r" * 600_000,))
    with pytest.raises(InvalidValueError, match="could not be read back: over 1,000,000 values"):
        store.add(make_record(Table((Column("n", "mixed"),), rows)))
    assert not store.root.exists()


def test_a_large_table_is_written_and_read(store):
    rows = tuple((number, 1.7e-300, "a\nb") for number in range(400_000))
    columns = tuple(Column(name, "mixed") for name in "abc")
    record = make_record(Table(columns, rows))
    store.add(record)
    assert store.read(record.header.path).body == record.body


def test_the_images_of_a_text_lie_beside_its_record_and_go_with_it(store):
    record = make_record(make_illustrated(loss=b"a", gain=b"b"))
    store.add(record, b"a", b"b")
    beside = [PLACE.replace(".yaml", ending) for ending in (".1.png", ".2.png")]
    assert all_files(store) == ["loss/" + KEEP, *beside, PLACE]
    names = [attachment.name for attachment in record.attachments]
    assert [store.read_attachment(entry_of(store), name) for name in names] == [b"a", b"b"]
    store.delete(entry_of(store))
    assert all_files(store) == ["loss/" + KEEP]


def test_no_record_names_an_image_that_could_not_be_written(store, monkeypatch):
    written = []

    def refuse_the_second(path, content):
        written.append(path.name.partition(".")[2])
        if len(written) == 2:
            raise OSError(28, "no space left")

    monkeypatch.setattr("artifolio.store.create_file", refuse_the_second)
    with pytest.raises(OSError, match="no space"):
        store.add(make_record(make_illustrated(loss=b"a", gain=b"b")), b"a", b"b")
    assert written == ["1.png", "2.png"]


@pytest.fixture
def attached(store: Store) -> Record:
    record = make_record(Image(attachment=make_attachment()))
    store.add(record, PNG)
    return record


def test_record_is_replaced_before_its_attachments_go(store, attached, monkeypatch):
    def fail(path: Path) -> None:
        raise OSError(path)

    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(OSError, match="png"):
        retire_in(store, attached.header.path)
    assert store.read(attached.header.path).header.retired
    assert (store.root / f"loss/{attached.header.stem}.png").read_bytes() == PNG


def test_what_could_not_be_replaced_keeps_its_attachments(store, attached, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("artifolio.store.replace_file", fail)
    with pytest.raises(OSError, match="No space"):
        retire_in(store, attached.header.path)
    assert store.read(attached.header.path).attachments
    assert (store.root / f"loss/{attached.header.stem}.png").exists()


def test_attachments_of_others_stay_when_a_body_goes(store, attached):
    other = make_record(Image(attachment=make_attachment()), number=2)
    store.add(other, PNG)
    retire_in(store, attached.header.path)
    assert [path.name for path in (store.root / "loss").glob("*.png")] == [
        f"{other.header.stem}.png"
    ]
