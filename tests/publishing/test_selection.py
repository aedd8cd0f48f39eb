from __future__ import annotations

import os

import pytest

from artifolio.bodies import File, Markdown
from artifolio.pins import Pin, write_pin
from artifolio.publishing.selection import Listed, Selection, is_record, select_files
from samples import make_attachment, make_record, put, put_retired

OLD = (1_785_585_600, 1_785_585_600)


def select(store, *, new=(), changed=(), ignored=(), with_deleted=True) -> Selection:
    listed = Listed(frozenset(new), frozenset(changed))
    return select_files(store, listed, frozenset(ignored), with_deleted=with_deleted)


def reasons(selection: Selection) -> dict[str, str]:
    return {problem.path: problem.reason for problem in selection.left_out}


@pytest.fixture
def path(store) -> str:
    """A record of the key loss."""
    record = make_record(Markdown("# Loss"), "loss")
    store.add(record)
    return record.header.path


@pytest.fixture
def attached(path) -> str:
    """What an attachment of it would be called."""
    return path.replace(".yaml", ".png")


def test_a_record_and_the_keep_beside_it_are_chosen(store, path):
    selection = select(store, new=[path, "loss/.keep"])
    assert selection == Selection(("loss/.keep", path), (), (), 0)


def test_what_was_there_before_is_told_apart(store, path):
    assert select(store, changed=[path]).changed == (path,)


@pytest.mark.parametrize("name", [".artifolio-1-2.tmp"])
def test_what_is_being_written_is_passed_over(store, path, name):
    put(store, f"loss/{name}", "half")
    assert select(store, new=[f"loss/{name}"]) == Selection((), (), (), 0)


def test_a_record_that_cannot_be_read_stays_out(store):
    name = "loss/20260801T090000000Z-0123456789ab.yaml"
    put(store, name, "format: 1\n")
    selection = select(store, new=[name])
    assert (selection.new, list(reasons(selection))) == ((), [name])


def test_a_record_that_was_damaged_stays_as_it_was_committed(store, path):
    (store.root / path).write_text("<<<<<<< ours\n")
    selection = select(store, changed=[path])
    assert (selection.changed, list(reasons(selection))) == ((), [path])


def test_a_record_in_the_folder_of_another_key_stays_out(store, path):
    name = path.replace("loss/", "gain/")
    put(store, name, (store.root / path).read_text())
    assert "misplaced" in reasons(select(store, new=[name]))[name]


def test_a_link_is_no_record(store, path, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text((store.root / path).read_text())
    (store.root / path).unlink()
    (store.root / path).symlink_to(secret)
    selection = select(store, new=[path])
    assert (selection.new, list(reasons(selection))) == ((), [path])


def test_a_keep_that_is_a_link_stays_out(store, path, tmp_path):
    (store.root / "loss/.keep").unlink()
    (store.root / "loss/.keep").symlink_to(tmp_path)
    assert select(store, new=["loss/.keep"]).new == ()


def test_what_no_record_names_stays_out(store, path, attached):
    put(store, attached, "x")
    assert "not what" in reasons(select(store, new=[attached]))[attached]


def test_what_is_attached_to_no_record_stays_out_once_it_is_old(store, path, attached):
    (store.root / path).unlink()
    put(store, attached, "x")
    assert select(store, new=[attached]).left_out == ()
    os.utime(store.root / attached, OLD)
    assert reasons(select(store, new=[attached])) == {attached: "attached to no record"}


def test_an_attachment_that_is_gone_keeps_a_record_out(clone):
    path = clone.add_file()
    (clone.store.root / path.replace(".yaml", ".csv")).unlink()
    assert "is missing" in reasons(select(clone.store, new=[path]))[path]


def test_an_attachment_that_came_late_is_chosen_with_its_record(clone):
    path = clone.add_file()
    attached = path.replace(".yaml", ".csv")
    assert select(clone.store, new=[attached]).new == (attached, path)


@pytest.mark.parametrize("name", ["README.md", "notes/a.txt", "loss/deep/a.txt", "No Key/a.txt"])
def test_other_files_of_the_users_are_passed_over(store, path, name):
    put(store, name, "x")
    assert select(store, new=[name], changed=[name]) == Selection(
        (), (), select(store, new=[name]).left_out, 0
    )


@pytest.mark.parametrize("name", ["No Key/a.yaml", "loss/deep/a.yaml", "con/a.yaml"])
def test_records_outside_of_keys_are_told_of(store, name):
    put(store, name, "x")
    assert reasons(select(store, new=[name])) == {name: "not in a key's folder"}


def test_what_is_gone_is_chosen_on_demand_alone(store, path):
    (store.root / path).unlink()
    assert select(store, changed=[path]).changed == (path,)
    assert select(store, changed=[path], with_deleted=False).changed == ()


def test_a_keep_that_is_gone_stays_committed(store):
    assert select(store, changed=["loss/.keep"]) == Selection((), (), (), 0)


def test_an_attachment_goes_with_its_record_and_not_before(clone):
    path = clone.add_file()
    attached = path.replace(".yaml", ".csv")
    (clone.store.root / attached).unlink()
    assert "git checkout" in reasons(select(clone.store, changed=[attached]))[attached]
    (clone.store.root / path).unlink()
    assert select(clone.store, changed=[path, attached]).changed == (attached, path)


def test_an_attachment_goes_where_its_record_has_lost_the_body(store):
    record = make_record(File(make_attachment(b"x"), "model.png"))
    path = put_retired(store, record, b"x").relative_to(store.root).as_posix()
    attached = path.replace(".yaml", ".png")
    assert select(store, changed=[path, attached]) == Selection((), (attached, path), (), 0)


def test_pins_are_chosen_as_they_come_move_and_go(store, path):
    version = make_record(Markdown("# Loss"), "loss").header.id
    write_pin(store.root, Pin("loss", "production", str(version)))
    assert select(store, new=["loss/production.pin"]).new == ("loss/production.pin",)
    (store.root / "loss/production.pin").unlink()
    assert select(store, changed=["loss/production.pin"]).changed == ("loss/production.pin",)


def test_a_pin_that_cannot_be_read_stays_out(store, path):
    put(store, "loss/production.pin", "<<<<<<< ours\n")
    selection = select(store, new=["loss/production.pin"])
    assert (selection.new, list(reasons(selection))) == ((), ["loss/production.pin"])


def test_ignored_records_stay_out_with_what_they_have_attached(clone):
    path = clone.add_file()
    attached = path.replace(".yaml", ".csv")
    selection = select(clone.store, new=[path, attached], ignored=[path, attached])
    assert selection == Selection((), (), (), 1)


def test_attachments_alone_are_never_ignored(clone):
    path = clone.add_file()
    attached = path.replace(".yaml", ".csv")
    assert select(clone.store, new=[path, attached], ignored=[attached]).new == (attached, path)


@pytest.mark.parametrize(
    ("path", "claim"),
    [
        ("loss/a.yaml", True),
        ("_keyless/a.yaml", True),
        ("a.yaml", False),
        ("loss/.a.yaml", False),
        ("loss/a.png", False),
        ("loss/b/a.yaml", False),
        ("Loss/a.yaml", False),
    ],
)
def test_records_are_known_by_their_paths(path, claim):
    assert is_record(path) is claim
