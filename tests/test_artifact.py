from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from artifolio import Artifact, create_markdown_artifact, create_progress_artifact
from artifolio.bodies import Column, Image, Markdown, Table
from artifolio.errors import InvalidKeyError, InvalidValueError, RecordError
from artifolio.origins import Run
from artifolio.pins import Pin, write_pin
from artifolio.records import dump_record
from samples import (
    NOON,
    PNG,
    make_attachment,
    make_id,
    make_illustrated,
    make_record,
    put,
    put_record,
    put_retired,
)


def test_the_latest_version_is_the_last_by_time(store):
    store.add(make_record(Markdown("new"), number=1, created=NOON))
    store.add(make_record(Markdown("old"), number=2, created=NOON - timedelta(days=1)))
    found = Artifact.get("loss")
    assert (found.data, found.version, found.id) == ("new", 2, make_id(1))


@pytest.mark.parametrize(
    ("version", "data"),
    [
        (1, "one"),
        (-1, "three"),
        ("production", "two"),
        ("latest", "three"),
        (str(make_id(1)), "one"),
    ],
)
def test_a_version_goes_by_a_name_a_number_or_its_id(store, version, data):
    for number, text in enumerate(("one", "two", "three"), 1):
        store.add(make_record(Markdown(text), number=number))
    write_pin(store.root, Pin("loss", "production", str(make_id(2))))
    assert Artifact.get("loss", version=version).data == data
    assert asyncio.run(Artifact.aget("loss", version=version)).data == data


@pytest.mark.parametrize(("key", "version"), [("loss", "staging"), ("loss", 2), ("gain", "latest")])
def test_a_version_that_is_not_there_is_none(store, key, version):
    store.add(make_record(Markdown("one")))
    assert Artifact.get(key, version=version) is None


def test_a_version_tells_all_that_its_record_does(store):
    record = make_record(
        Table((Column("a", "integer"),), ((1,),)),
        description="Why",
        tags=("t",),
        metadata={"n": 1},
        run=Run("churn", "f-1", "brave-otter", "score", "t-1"),
    )
    store.add(record)
    assert Artifact.get("loss") == Artifact(
        key="loss",
        type="table",
        data=[{"a": 1}],
        description="Why",
        id=make_id(1),
        created=record.header.created,
        updated=record.header.created,
        version=1,
        path=record.header.path,
        metadata={"n": 1},
        tags=("t",),
        flow_run_id="f-1",
        task_run_id="t-1",
    )


def test_a_key_that_was_never_published_gives_none():
    assert Artifact.get("loss") is None
    assert Artifact.versions("loss") == []


def test_a_key_that_cannot_exist_is_refused():
    with pytest.raises(InvalidKeyError):
        Artifact.get("../x")
    with pytest.raises(InvalidKeyError):
        Artifact.versions("")


def test_versions_come_newest_first(store):
    [store.add(make_record(Markdown(f"{number}"), number=number)) for number in (2, 1, 3)]
    found = Artifact.versions("loss")
    assert [(version.data, version.version) for version in found] == [("3", 3), ("2", 2), ("1", 1)]


def test_only_versions_that_can_be_read_are_given(store):
    store.add(make_record(number=1))
    put(store, "loss/bad.yaml", "x")
    spoilt = dump_record(make_record(number=2)).replace(
        "data: |2\n  It fell.", "data: |9\n  It fell."
    )
    put(store, make_record(number=2).header.path, spoilt)
    assert [version.id for version in Artifact.versions("loss")] == [make_id(1)]


def test_a_latest_version_that_cannot_be_read_is_an_error_and_not_the_one_before(store):
    store.add(make_record(number=1))
    spoilt = dump_record(make_record(number=2)).replace(
        "data: |2\n  It fell.", "data: |9\n  It fell."
    )
    put(store, make_record(number=2).header.path, spoilt)
    with pytest.raises(RecordError):
        Artifact.get("loss")


def test_a_record_of_another_key_in_the_folder_is_not_given(store):
    store.add(make_record(number=1))
    put_record(store, make_record(key="other", number=2), "loss/stray.yaml")
    assert [version.id for version in Artifact.versions("loss")] == [make_id(1)]


def test_get_or_create_publishes_the_first_version_only():
    created, is_new = Artifact.get_or_create("x", "Why", "one")
    again, is_new_again = Artifact.get_or_create("x", "Why", "two")
    assert (is_new, is_new_again) == (True, False)
    assert created == again
    assert (again.data, again.description, again.version) == ("one", "Why", 1)


def test_get_or_create_without_a_key_always_publishes(store):
    first, _ = Artifact.get_or_create(data="one")
    second, is_new = Artifact.get_or_create(data="one")
    assert is_new
    assert first.id != second.id
    assert len(store.scan("_keyless").entries) == 2


@pytest.mark.parametrize(
    ("kind", "data"),
    [("link", "https://x"), ("table", [{"a": 1}]), ("progress", 5), ("image", "https://x")],
)
def test_get_or_create_makes_every_type(kind, data):
    found, _ = Artifact.get_or_create("x", data=data, type=kind, tags=["t"], metadata={"n": 1})
    assert (found.type, found.tags, found.metadata) == (kind, ("t",), {"n": 1})


def test_get_or_create_refuses_an_unknown_type():
    with pytest.raises(InvalidValueError, match="'tabel' is none of link"):
        Artifact.get_or_create("x", data=1, type="tabel")


def test_another_store_may_be_named(tmp_path):
    create_markdown_artifact("there", "x", store=tmp_path / "there")
    assert Artifact.get("x") is None
    assert Artifact.get("x", store=tmp_path / "there").data == "there"
    assert len(Artifact.versions("x", store=tmp_path / "there")) == 1
    found, is_new = Artifact.get_or_create("x", data="here", store=tmp_path / "there")
    assert (found.data, is_new) == ("there", False)


def test_coroutines_read_as_the_functions_do():
    async def main():
        created, is_new = await Artifact.aget_or_create("x", data="one")
        return is_new, created == await Artifact.aget("x")

    assert asyncio.run(main()) == (True, True)


def test_a_progress_tells_when_it_moved():
    create_progress_artifact(5, "x")
    found = Artifact.get("x")
    assert found.updated == found.created


def test_a_version_that_was_altered_says_so(store):
    put_record(store, make_record(Markdown("As published")))
    path = store.root / make_record().header.path
    path.write_text(path.read_text().replace("As published", "As altered"))
    with pytest.warns(UserWarning, match="changed after it was published"):
        found = Artifact.get("loss", store=store)
    assert (found.data, found.intact) == ("As altered", False)


def test_a_version_that_was_not_altered_is_intact(store):
    put_record(store, make_record())
    assert Artifact.get("loss", store=store).intact


def test_a_text_tells_where_its_images_are(store):
    record = make_record(make_illustrated(loss=b"a", gain=b"b"))
    store.add(record, b"a", b"b")
    images = Artifact.get("loss").images
    assert {path: (store.root / file).read_bytes() for path, file in images.items()} == {
        "plots/loss.png": b"a",
        "plots/gain.png": b"b",
    }


def test_other_bodies_have_no_images(store):
    store.add(make_record(Image(attachment=make_attachment())), PNG)
    assert Artifact.get("loss").images == {}


def test_a_version_without_a_body_says_when_it_went(store):
    put_retired(store, make_record(Table((Column("a", "integer"),), ((1,),))))
    found = Artifact.get("loss")
    assert (found.type, found.data) == ("table", None)
    assert found.retired == NOON + timedelta(days=1)


def test_a_version_with_its_body_was_not_retired(store):
    store.add(make_record())
    assert Artifact.get("loss").retired is None
