from __future__ import annotations

import asyncio
import inspect
import os
import threading
from datetime import datetime, timezone
from pathlib import Path
from uuid import UUID

import pytest

import artifolio
from artifolio import (
    Artifact,
    Store,
    acreate_file_artifact,
    acreate_image_artifact,
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
    create_file_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    flow,
    task,
    update_progress_artifact,
)
from artifolio.errors import ArtifolioError, InvalidKeyError, InvalidValueError, NotFoundError
from payloads import payloads
from samples import PNG

ROWS = [{"name": "Ada", "score": 0.9}, {"name": "Bo", "score": None}]


class Figure:
    """As matplotlib's figures behave."""

    def savefig(self, file, **options):
        assert options["format"] == "png"
        file.write(PNG)


class Picture:
    """As Pillow's images behave."""

    def save(self, file, format):
        assert format == "PNG"
        file.write(PNG)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.zip"
    path.write_bytes(b"PK")
    return path


@pytest.fixture
def every_type(model):
    """For each type: the function, its coroutine, the arguments, and the data that results."""
    return {
        "link": (create_link_artifact, acreate_link_artifact, ("https://x", "x")),
        "markdown": (create_markdown_artifact, acreate_markdown_artifact, ("# x",)),
        "table": (create_table_artifact, acreate_table_artifact, (ROWS,)),
        "progress": (create_progress_artifact, acreate_progress_artifact, (40,)),
        "image": (create_image_artifact, acreate_image_artifact, ("https://x/y.png",)),
        "file": (create_file_artifact, acreate_file_artifact, (model,)),
    }


TYPES = "link markdown table progress image file".split()


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_published_and_read_back(every_type, name):
    function, _, arguments = every_type[name]
    version_id = function(*arguments, key="x", description="Why")
    found = Artifact.get("x")
    assert type(version_id) is UUID
    assert (found.id, found.type, found.description) == (version_id, name, "Why")


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_published_from_a_coroutine(every_type, name):
    _, coroutine, arguments = every_type[name]
    version_id = asyncio.run(coroutine(*arguments, key="x", description="Why"))
    found = Artifact.get("x")
    assert (found.id, found.type, found.description) == (version_id, name, "Why")


@pytest.mark.parametrize("name", TYPES)
def test_a_coroutine_publishes_the_run_that_it_is_awaited_in(every_type, name):
    _, coroutine, arguments = every_type[name]

    @task
    async def inner():
        await coroutine(*arguments, key="x")
        return artifolio.runs.current_run()

    @flow
    async def outer():
        return await inner()

    run = asyncio.run(outer())
    found = Artifact.get("x")
    assert (found.flow_run_id, found.task_run_id) == (run.flow_run, run.task_run)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_may_have_tags_metadata_a_time_and_a_store(every_type, name, tmp_path):
    function, _, arguments = every_type[name]
    moment = datetime(2020, 1, 1, tzinfo=timezone.utc)
    function(
        *arguments, key="x", tags=["a"], metadata={"n": 1}, created=moment, store=tmp_path / "s"
    )
    found = Artifact.get("x", store=tmp_path / "s")
    assert (found.tags, found.metadata, found.created) == (("a",), {"n": 1}, moment)
    assert not (tmp_path / "artifacts").exists()


@pytest.mark.parametrize("name", TYPES)
def test_every_type_may_be_published_without_a_key(every_type, name, store):
    function, _, arguments = every_type[name]
    version_id = function(*arguments)
    assert [entry.header.id for entry in store.scan("_keyless").entries] == [version_id]


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("key", ["", "a\nb", "A", "con", "../x"])
def test_every_type_refuses_a_bad_key_and_writes_nothing(every_type, name, key, store):
    function, _, arguments = every_type[name]
    with pytest.raises(InvalidKeyError):
        function(*arguments, key=key)
    assert not store.root.exists()


def test_a_link_has_an_address_and_a_text():
    create_link_artifact("https://x", "the data", "x")
    assert Artifact.get("x").data == {"url": "https://x", "text": "the data"}


def test_a_table_is_read_back_as_dicts():
    create_table_artifact(ROWS, "x")
    assert Artifact.get("x").data == ROWS


@pytest.mark.parametrize(("row_key", "kept"), [("name", ("name",)), (["score", "name"],) * 2])
def test_a_table_keeps_the_row_key_that_it_was_published_with(row_key, kept, store):
    create_table_artifact(ROWS, "x", row_key=row_key)
    record = store.read(Artifact.get("x").path)
    assert (record.body.row_key, record.header.row_key) == (tuple(kept), tuple(kept))


def test_a_coroutine_takes_a_row_key_too(store):
    asyncio.run(acreate_table_artifact(ROWS, "x", row_key="name"))
    assert store.read(Artifact.get("x").path).body.row_key == ("name",)


def test_a_table_is_published_without_a_row_key_unless_there_is_one(store):
    create_table_artifact(ROWS, "x")
    assert store.read(Artifact.get("x").path).body.row_key == ()


@pytest.mark.parametrize(
    ("trend", "kept"), [("score.mean", ("score.mean",)), (["rows", "score.max"],) * 2]
)
def test_a_table_keeps_the_trend_that_it_was_published_with(trend, kept, store):
    create_table_artifact(ROWS, "x", trend=trend)
    record = store.read(Artifact.get("x").path)
    assert (record.body.trend, record.header.trend) == (tuple(kept), tuple(kept))


def test_a_coroutine_takes_a_trend_too(store):
    asyncio.run(acreate_table_artifact(ROWS, "x", trend="rows"))
    assert store.read(Artifact.get("x").path).body.trend == ("rows",)


def test_a_table_is_published_without_a_trend_unless_there_is_one(store):
    create_table_artifact(ROWS, "x")
    assert store.read(Artifact.get("x").path).body.trend == ()


def test_infinity_and_nan_become_null():
    create_table_artifact({"a": [float("inf"), float("nan"), 1.5]}, "x")
    assert [row["a"] for row in Artifact.get("x").data] == [None, None, 1.5]


@pytest.mark.parametrize(
    "image", [PNG, bytearray(PNG), memoryview(PNG), Figure(), Picture()], ids=type
)
def test_an_image_may_be_bytes_or_a_figure(image, store):
    create_image_artifact(image=image, key="x", alt="The loss falls")
    found = Artifact.get("x")
    assert (found.data["media_type"], found.data["alt"]) == ("image/png", "The loss falls")
    assert (store.root / "x" / found.data["attachment"]).read_bytes() == PNG


@pytest.mark.parametrize("kind", [Path, str])
def test_an_image_may_be_a_path(tmp_path, kind, store):
    (tmp_path / "plot.xyz").write_bytes(PNG)
    create_image_artifact(image=kind(tmp_path / "plot.xyz"), key="x")
    assert Artifact.get("x").data["attachment"].endswith(".png")


def test_an_image_may_be_an_address():
    create_image_artifact("https://example.org/x.png", "x")
    assert Artifact.get("x").data == {"url": "https://example.org/x.png"}


def test_a_file_is_copied_with_its_name(model, store):
    create_file_artifact(model, "x")
    model.write_bytes(b"changed")
    data = Artifact.get("x").data
    assert (data["name"], data["media_type"], data["size"]) == ("model.zip", "application/zip", 2)
    assert (store.root / "x" / data["attachment"]).read_bytes() == b"PK"


def test_a_record_is_not_hidden_by_a_file_that_is_called_yaml(tmp_path, store):
    (tmp_path / "values.yaml").write_text("a: 1")
    create_file_artifact(tmp_path / "values.yaml", "x")
    assert Artifact.get("x").data["attachment"].endswith(".bin")
    assert store.scan("x").problems == ()


@pytest.mark.parametrize(
    ("function", "arguments", "reason"),
    [
        (create_link_artifact, {"link": ""}, "link: it is empty"),
        (create_link_artifact, {"link": " \n"}, "link: it is empty"),
        (create_link_artifact, {"link": None}, "link: text is needed"),
        (create_link_artifact, {"link": "x", "link_text": 5}, "link_text"),
        (create_markdown_artifact, {"markdown": None}, "markdown: text"),
        (create_markdown_artifact, {"markdown": b"x"}, "markdown: text"),
        (create_table_artifact, {"table": "x"}, "table"),
        (create_table_artifact, {"table": ROWS, "row_key": "id"}, "row_key: no column 'id'"),
        (create_table_artifact, {"table": ROWS, "trend": "id.sum"}, "trend: no column 'id'"),
        (create_progress_artifact, {"progress": "x"}, "progress"),
        (create_image_artifact, {}, "image"),
        (create_image_artifact, {"image_url": "x", "image": b"x"}, "image"),
        (create_image_artifact, {"image_url": ""}, "image_url"),
        (create_image_artifact, {"image_url": "x", "alt": 5}, "alt"),
        (create_image_artifact, {"image": b"not an image"}, "none of PNG"),
        (create_image_artifact, {"image": 5}, "a path, bytes or a figure"),
        (create_image_artifact, {"image": "gone.png"}, "cannot be read"),
        (create_file_artifact, {"path": "gone"}, "cannot be read"),
        (create_file_artifact, {"path": "."}, "cannot be read"),
    ],
)
def test_a_bad_body_is_refused_and_nothing_written(function, arguments, reason, store):
    with pytest.raises(InvalidValueError, match=reason):
        function(**arguments, key="x")
    assert not store.root.exists()


def test_a_progress_moves():
    job = create_progress_artifact(0, "x")
    assert update_progress_artifact(job, 40) == job
    found = Artifact.get("x")
    assert (found.data, found.version) == ({"percent": 40.0}, 1)
    assert found.updated >= found.created
    assert len(Artifact.versions("x")) == 1


def test_a_progress_moves_from_a_coroutine():
    async def main():
        job = await acreate_progress_artifact(0, "x")
        return await aupdate_progress_artifact(job, 70, "Nearly") == job

    assert asyncio.run(main())
    assert (Artifact.get("x").data, Artifact.get("x").description) == ({"percent": 70.0}, "Nearly")


def test_a_progress_without_a_key_moves():
    job = create_progress_artifact(0)
    assert update_progress_artifact(job, 40) == job


def test_a_progress_that_is_not_there_is_not_found():
    with pytest.raises(NotFoundError):
        update_progress_artifact(UUID(int=5), 40)


def test_the_warning_of_a_clamped_progress_points_at_the_caller():
    with pytest.warns(UserWarning, match="outside") as created:
        job = create_progress_artifact(140, "x")
    with pytest.warns(UserWarning, match="outside") as updated:
        update_progress_artifact(job, -1)
    files = [Path(warning.filename).name for warning in (*created, *updated)]
    assert files == [Path(__file__).name] * 2
    assert Artifact.get("x").data == {"percent": 0.0}


def test_use_outside_of_a_run_warns_of_nothing(recwarn):
    create_markdown_artifact("x", "x")
    assert list(recwarn) == []


def test_the_store_follows_the_working_directory(tmp_path, monkeypatch):
    create_markdown_artifact("x", "x")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    create_markdown_artifact("y", "x")
    assert (tmp_path / "elsewhere" / "artifacts" / "x").is_dir()


def test_the_store_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_DIR", str(tmp_path / "there"))
    create_markdown_artifact("x", "x")
    assert os.listdir(tmp_path / "there") == ["x"]


def test_the_plain_functions_block_in_a_coroutine_too():
    async def main():
        return create_markdown_artifact("x", "x")

    assert type(asyncio.run(main())) is UUID


def test_coroutines_that_publish_at_once_all_publish():
    async def main():
        return await asyncio.gather(*(acreate_markdown_artifact(f"{n}", "x") for n in range(30)))

    made = asyncio.run(main())
    assert {found.id for found in Artifact.versions("x")} == set(made)


def test_threads_that_publish_at_once_all_publish():
    made: list[UUID] = []
    threads = [
        threading.Thread(
            target=lambda: made.extend(create_link_artifact("x", key="x") for _ in range(10))
        )
        for _ in range(8)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert {found.id for found in Artifact.versions("x")} == set(made)
    assert len(made) == 80


def test_versions_published_one_after_the_other_stay_in_order():
    made = [create_markdown_artifact(f"{number}", "x") for number in range(50)]
    assert [found.id for found in reversed(Artifact.versions("x"))] == made


@pytest.mark.parametrize("payload", [p for p in payloads() if isinstance(p.content, str)], ids=str)
def test_a_hostile_text_is_read_back_as_it_was_published(payload):
    text = payload.text
    metadata = {text[:100]: text}
    create_markdown_artifact(text, "x", text, tags=[text], metadata=metadata)
    found = Artifact.get("x")
    assert (found.data, found.description, found.tags) == (text, text or None, (text,))
    assert found.metadata == metadata


@pytest.mark.parametrize("payload", payloads("field", field="metadata_key"), ids=str)
def test_a_hostile_name_is_read_back_as_it_was_published(payload):
    create_table_artifact([{payload.text: payload.text}], "x", metadata={payload.text: 1})
    found = Artifact.get("x")
    assert found.data == [{payload.text: payload.text}]
    assert found.metadata == {payload.text: 1}


@pytest.mark.parametrize("payload", payloads("key"), ids=str)
def test_a_hostile_key_writes_nothing_anywhere(payload, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidKeyError):
        create_markdown_artifact("x", payload.text)
    assert sorted(tmp_path.rglob("*")) == before


def test_every_expected_error_is_an_artifolio_error():
    with pytest.raises(ArtifolioError):
        create_markdown_artifact("x", "")


def test_a_coroutine_has_the_signature_of_its_function():
    for name in ("create_link_artifact", "create_image_artifact", "update_progress_artifact"):
        twin = getattr(artifolio, f"a{name}")
        assert inspect.iscoroutinefunction(twin)
        assert twin.__name__ == f"a{name}"
        assert inspect.signature(twin) == inspect.signature(getattr(artifolio, name))


def test_a_store_object_may_be_passed(tmp_path):
    create_markdown_artifact("x", "x", store=Store(tmp_path / "s"))
    assert Artifact.get("x", store=str(tmp_path / "s")).data == "x"


@pytest.fixture
def report(tmp_path):
    """A report in a file, with a plot beside it."""
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "loss.png").write_bytes(PNG)
    file = folder / "report.md"
    file.write_bytes("\ufeff# Lösung\r\n\r\n![The loss](loss.png)\r\n".encode())
    return file


def test_a_report_in_a_file_is_published_with_its_images(report, store):
    create_markdown_artifact(report, "x")
    found = Artifact.get("x")
    assert found.data == "# Lösung\n\n![The loss](loss.png)\n"
    assert list(found.images) == ["loss.png"]
    assert (store.root / found.images["loss.png"]).read_bytes() == PNG


def test_a_coroutine_publishes_images_too(report, store):
    asyncio.run(acreate_markdown_artifact("![a](loss.png)", "x", folder=report.parent))
    assert (store.root / Artifact.get("x").images["loss.png"]).read_bytes() == PNG


def test_the_images_of_a_report_may_lie_in_another_folder(report, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.warns(UserWarning, match="loss.png"):
        create_markdown_artifact(report, "x", folder=tmp_path / "empty")
    assert Artifact.get("x").images == {}


def test_a_text_without_a_folder_has_no_images(report, monkeypatch, recwarn):
    monkeypatch.chdir(report.parent)
    create_markdown_artifact("![a](loss.png) ![b](gone.png)", "x")
    assert Artifact.get("x").images == {}
    assert list(recwarn) == []


def test_images_that_are_not_attached_are_named_in_one_warning_and_the_text_is_kept(report):
    text = "![a](gone.png) ![b](../secret.png) ![c](loss.png)"
    with pytest.warns(UserWarning, match="not attached") as warned:
        create_markdown_artifact(text, "x", folder=str(report.parent))
    (warning,) = warned
    assert Path(warning.filename).name == Path(__file__).name
    assert "gone.png (No such file or directory)" in str(warning.message)
    assert "../secret.png (outside of the folder)" in str(warning.message)
    assert Artifact.get("x").data == text
    assert list(Artifact.get("x").images) == ["loss.png"]


@pytest.mark.parametrize(
    ("markdown", "folder", "reason"),
    [
        (Path("gone.md"), None, "markdown: .* cannot be read"),
        (Path("latin.md"), None, "markdown: .* is not UTF-8 text"),
        ("x", "gone", "folder: gone cannot be read: No such file"),
        ("x", "latin.md", "folder: latin.md cannot be read: Not a directory"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused(
    markdown, folder, reason, tmp_path, monkeypatch, store
):
    monkeypatch.chdir(tmp_path)
    Path("latin.md").write_bytes(b"\xe4")
    with pytest.raises(InvalidValueError, match=reason):
        create_markdown_artifact(markdown, "x", folder=folder)
    assert not (store.root / "x").exists()
