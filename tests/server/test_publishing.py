"""What the functions that publish do where ``ARTIFOLIO_API_URL`` names a server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

import artifolio
from artifolio import (
    Artifact,
    create_file_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    flow,
    update_progress_artifact,
)
from artifolio.bodies import File, Markdown, Progress
from artifolio.errors import (
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    ProjectError,
    ServerError,
)
from artifolio.pins import Pin, write_pin
from artifolio.publisher import Publisher
from artifolio.server.app import make_app
from artifolio.server.guard import Rules
from artifolio.store import Store
from samples import NOON, PNG, make_attachment, make_id, make_record, numbered_ids, ticking
from scripted import Scripted, Told
from server.conftest import TOKEN, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def port(library, site) -> Iterator[int]:
    """Of a real server with an empty store."""
    with running(make_app(library, lambda: site, Rules(token=TOKEN))) as port:
        yield port


@pytest.fixture
def set_url(monkeypatch) -> Callable[[int], None]:
    """Make a server on this machine the one that is published to."""

    def set_url(port: int, token: str = TOKEN) -> None:
        monkeypatch.setenv("ARTIFOLIO_API_URL", f"http://127.0.0.1:{port}/api/")
        monkeypatch.setenv("ARTIFOLIO_TOKEN", token)

    return set_url


@pytest.fixture
def url(port, set_url) -> int:
    """That server is the one that is published to."""
    set_url(port)
    return port


def versions(store: Store) -> list:
    """Return all records that there are."""
    entries = [entry for folder in store.folders() for entry in store.scan(folder).entries]
    return [store.read(entry.path) for entry in entries]


def body(store: Store):
    (record,) = versions(store)
    assert record.intact
    return record.body


def files_in(store: Store) -> dict[str, bytes]:
    return {
        path.relative_to(store.root).as_posix(): path.read_bytes()
        for path in store.root.rglob("*")
        if path.is_file()
    }


def everything(publish: Callable[..., object]) -> None:
    """Publish something of each type."""
    publish(create_link_artifact, "https://e.org", "e", key="link", description="Why\nnot")
    publish(create_markdown_artifact, "Ää\n\nb 😀", key="text", tags=["a", "b"])
    publish(create_markdown_artifact, "![x](a.png)", key="shown", folder=Path("images"))
    publish(create_table_artifact, [{"a": 1, "b": None}], metadata={"n": [1, 2.5]})
    publish(create_progress_artifact, 12.5, key="job")
    publish(create_image_artifact, key="plot", image=PNG, alt="It falls")
    publish(create_image_artifact, "https://e.org/x.png", key="plot")
    publish(create_file_artifact, "images/a.png", key="file")


def test_a_server_stores_what_would_have_been_written_here(url, store, tmp_path, monkeypatch):
    """Byte for byte, with the same ids and times."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(PNG)
    here = Store(tmp_path / "here")

    def publish(function, *args, **options):
        function(*args, **options, created=NOON)

    for options in ({}, {"store": here}):
        publisher = Publisher(clock=ticking(), make_id=numbered_ids())
        monkeypatch.setattr(artifolio.sdk, "_publisher", publisher)
        everything(lambda *args, options=options, **more: publish(*args, **options, **more))
    assert len(versions(here)) == 8
    assert files_in(store) == files_in(here)


def test_nothing_is_written_where_the_program_runs(url, tmp_path, store):
    (tmp_path / "here").mkdir()
    code = "from artifolio import create_markdown_artifact as c; c('x', 'loss')"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "here", check=True)
    assert list((tmp_path / "here").iterdir()) == []
    assert body(store) == Markdown("x")


def test_a_store_that_is_passed_wins(url, store, tmp_path):
    create_markdown_artifact("x", "loss", store=tmp_path / "here")
    assert versions(store) == []
    assert body(Store(tmp_path / "here")) == Markdown("x")


def test_the_server_wins_over_the_folder_of_the_environment(url, store, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_DIR", str(tmp_path / "here"))
    create_markdown_artifact("x", "loss")
    assert body(store) == Markdown("x")
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_address_is_none(monkeypatch, store, value):
    monkeypatch.setenv("ARTIFOLIO_API_URL", value)
    create_markdown_artifact("x", "loss")
    assert body(store) == Markdown("x")


def test_the_run_is_told_and_the_commit(url, store):
    @flow(name="churn")
    def churn() -> None:
        create_markdown_artifact("x", "loss")

    churn()
    (record,) = versions(store)
    assert (record.header.run.flow, bool(record.header.run.flow_run)) == ("churn", True)


def test_the_async_twin_sends_as_well(url, store):
    asyncio.run(artifolio.acreate_markdown_artifact("x", "loss"))
    assert body(store) == Markdown("x")


def test_what_is_wrong_is_told_before_anything_is_sent(set_url):
    with Scripted().running() as port:
        set_url(port)
        with pytest.raises(InvalidKeyError):
            create_markdown_artifact("x", "Loss")
        with pytest.raises(InvalidValueError, match="lone surrogate"):
            create_markdown_artifact("\ud800", "loss")


def test_files_over_the_limit_are_not_sent(set_url, monkeypatch):
    monkeypatch.setattr("artifolio.remote.SENT_BYTES", len(PNG) - 1)
    server = Scripted()
    with server.running() as port:
        set_url(port)
        with pytest.raises(InvalidValueError, match="that are sent to a server"):
            create_image_artifact(image=PNG, key="plot")
    assert server.got == []


@pytest.mark.parametrize(
    "fates",
    [
        ["lose"],
        ["lose", "lose", Told(503)],
        ["cut", "lose", "cut"],
        ["close", "half", Told(502), "lose"],
        [Told(503)] * 4,
        [Told(429, headers={"Retry-After": "1"})],
    ],
    ids=str,
)
def test_nothing_is_there_twice_whatever_happens_on_the_way(port, set_url, store, fates):
    between = Scripted(*fates, port=port)
    with between.running() as way:
        set_url(way)
        create_image_artifact(image=PNG, key="plot")
    (record,) = versions(store)
    assert record.intact
    assert len(between.got) == len(fates) + 1
    assert len({got.content for got in between.got}) == 1
    names = sorted(name.rpartition(".")[2] for name in files_in(store))
    assert names == ["keep", "png", "yaml"]


def test_the_same_version_sent_by_many_at_once_is_there_once(port, store):
    record = make_record(File(make_attachment(PNG)))
    contents = [PNG]
    failures: list[BaseException] = []

    def send() -> None:
        publisher = Publisher(
            environ={
                "ARTIFOLIO_API_URL": f"http://127.0.0.1:{port}/api",
                "ARTIFOLIO_TOKEN": TOKEN,
            }
        )
        try:
            publisher.place().add(record, contents)
        except BaseException as error:  # noqa: BLE001 - the test says that none is expected
            failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [found.header.id for found in versions(store)] == [make_id(1)]


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_wrong_token_is_told_and_none_of_it_shown(port, set_url, store, token):
    set_url(port, token)
    with pytest.raises(ServerError, match=r"401.*; set ARTIFOLIO_TOKEN to the one") as raised:
        create_markdown_artifact("x", "loss")
    assert "wrong" not in str(raised.value)
    assert versions(store) == []


def test_a_long_file_with_a_wrong_token_is_told_as_well(port, set_url, tmp_path):
    set_url(port, "wrong")
    (tmp_path / "long.bin").write_bytes(b"x" * 20_000_000)
    with pytest.raises(ServerError, match="401"):
        create_file_artifact("long.bin", "long")


def test_a_server_that_only_shows_is_told(library, site, set_url):
    with running(make_app(library, lambda: site, Rules())) as port:
        set_url(port)
        with pytest.raises(ServerError, match="403, this server only shows; start it with --write"):
            create_markdown_artifact("x", "loss")


@pytest.mark.parametrize(
    "answer",
    [
        Told(404, b"<html>nothing here</html>"),
        Told(404, b'{"detail":"Not Found"}'),
        Told(200, b"<html>please log in</html>"),
        Told(200, b'{"id": "another"}'),
        Told(200, b"[]"),
        Told(500, b"oops"),
    ],
    ids=str,
)
def test_what_is_no_server_of_artifolio_is_told(set_url, answer):
    with Scripted(answer).running() as port:
        set_url(port)
        with pytest.raises(ServerError, match="ARTIFOLIO_API_URL") as raised:
            create_markdown_artifact("x", "loss")
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)


def test_what_the_server_says_steers_no_terminal(set_url):
    told = Told(422, b'{"detail": "\\u001b[31m no \\n yes"}')
    with Scripted(told).running() as port:
        set_url(port)
        with pytest.raises(ServerError, match=r"422, \\x1b\[31m no \\n yes"):
            create_markdown_artifact("x", "loss")


def test_a_progress_moves_and_the_last_move_lands(url, store):
    job = create_progress_artifact(0, "job", "Start")
    for percent in range(1, 101):
        update_progress_artifact(job, percent)
    update_progress_artifact(job, 100, "Done")
    artifolio.sdk.place_of(None)
    (record,) = versions(store)
    assert (record.body, record.header.description, record.intact) == (Progress(100), "Done", True)


def test_moves_are_merged_and_the_last_lands_when_the_program_ends(port, store):
    between = Scripted(port=port)
    code = (
        "from artifolio import create_progress_artifact, update_progress_artifact\n"
        "job = create_progress_artifact(0, 'job')\n"
        "for n in range(101): update_progress_artifact(job, n)\n"
    )
    with between.running() as way:
        environ = {"ARTIFOLIO_API_URL": f"http://127.0.0.1:{way}/api", "ARTIFOLIO_TOKEN": TOKEN}
        subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    assert body(store) == Progress(100)
    assert len(between.got) < 50


def test_a_move_that_was_lost_on_the_way_back_comes_again(port, set_url, store):
    between = Scripted("pass", "lose", Told(503), "cut", port=port)
    with between.running() as way:
        set_url(way)
        job = create_progress_artifact(0, "job")
        update_progress_artifact(job, 50)
    assert body(store) == Progress(50)


def test_a_server_moves_a_progress_as_it_would_have_been_here(url, store, tmp_path):
    here = Store(tmp_path / "here")
    for options in ({}, {"store": here}):
        publisher = Publisher(clock=ticking(), make_id=numbered_ids())
        args = (Progress(0.0), "job", "Start", (), None, None, options.get("store"))
        version_id = publisher.publish(*args).header.id
        publisher.update_progress(version_id, 40.0, None, options.get("store"))
        publisher.update_progress(version_id, 50.0, "Half", options.get("store"))
    assert files_in(store) == files_in(here)


def test_a_progress_that_is_not_there_is_told(url):
    with pytest.raises(NotFoundError, match=f"version {make_id(9)} not found; http://127"):
        update_progress_artifact(make_id(9), 40)


def test_only_progress_moves(url):
    report = create_markdown_artifact("x", "loss")
    with pytest.raises(ServerError, match=r"422, .*only progress moves"):
        update_progress_artifact(report, 40)


def test_two_programs_publish_to_one_server_and_nothing_is_lost(port, store):
    between = Scripted(*(["pass", "lose", Told(503), "pass", "cut"] * 6), port=port)
    code = (
        "import sys\n"
        "from artifolio import create_markdown_artifact\n"
        "for n in range(15): print(create_markdown_artifact(f'{sys.argv[1]} {n}', 'loss'))\n"
    )
    with between.running() as way:
        environ = {"ARTIFOLIO_API_URL": f"http://127.0.0.1:{way}/api", "ARTIFOLIO_TOKEN": TOKEN}
        programs = [
            subprocess.Popen(
                [sys.executable, "-c", code, name], env=environ, stdout=subprocess.PIPE, text=True
            )
            for name in ("one", "other")
        ]
        told = [program.communicate(timeout=120)[0].split() for program in programs]
    ids = [*told[0], *told[1]]
    assert len(set(ids)) == 30
    assert sorted(str(record.header.id) for record in versions(store)) == sorted(ids)


def test_nobody_commits_here_what_is_on_a_server(url):
    with pytest.raises(ProjectError, match="nothing is here to commit"), artifolio.publishing():
        pass


def test_what_is_here_is_committed_where_its_folder_is_passed(url, tmp_path):
    here = tmp_path / "here"
    with pytest.raises(ProjectError, match="git"), artifolio.publishing(store=here):
        create_markdown_artifact("x", "loss", store=here)


def test_a_flow_that_would_commit_tells_so_as_well(url, store, monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_AUTO_COMMIT", "run")
    with pytest.raises(ProjectError, match="ARTIFOLIO_AUTO_COMMIT"):
        flow(lambda: create_markdown_artifact("x", "loss"))()
    assert versions(store) == []


def test_what_was_published_is_read_back(url, store, tmp_path):
    (tmp_path / "a.png").write_bytes(PNG)
    create_markdown_artifact("![x](a.png)", "shown", "Why", folder=tmp_path, tags=["t"])
    here = Artifact.get("shown", store=store)
    assert Artifact.get("shown") == here
    assert (here.data, here.tags, list(here.images)) == ("![x](a.png)", ("t",), ["a.png"])


def test_a_version_is_read_back_by_its_name(url, store):
    ids = [create_markdown_artifact(text, "loss", store=store) for text in ("one", "two")]
    write_pin(store.root, Pin("loss", "production", str(ids[0])))
    assert Artifact.get("loss", version="production").data == "one"
    assert Artifact.get("loss", version=2).data == "two"
    assert Artifact.get("loss", version="staging") is None
    assert Artifact.get("gain", version="production") is None


def test_all_versions_are_read_newest_first_page_by_page(url, monkeypatch):
    monkeypatch.setattr("artifolio.remote._PAGE", 2)
    for number in range(5):
        create_markdown_artifact(f"v{number}", "loss")
    found = Artifact.versions("loss")
    assert [one.data for one in found] == ["v4", "v3", "v2", "v1", "v0"]
    assert [one.version for one in found] == [5, 4, 3, 2, 1]


def test_a_key_that_was_never_published_is_none(url):
    assert Artifact.get("loss") is None
    assert Artifact.versions("loss") == []


@pytest.mark.parametrize(
    ("name", "data"),
    [(1, "v0"), (-1, "v2"), ("2", "v1"), ("latest", "v2"), ("best", "v1"), (9, None)],
)
def test_a_version_is_read_by_its_number_or_name(url, store, name, data):
    create_markdown_artifact("v0", "loss")
    second = create_markdown_artifact("v1", "loss")
    write_pin(store.root, Pin("loss", "best", str(second)))
    create_markdown_artifact("v2", "loss")
    found = Artifact.get("loss", version=name)
    assert (found and found.data) == data


def test_no_key_is_asked_for_that_cannot_be(set_url):
    set_url(9)
    with pytest.raises(InvalidKeyError):
        Artifact.get("../loss")


def test_the_first_version_is_published_and_the_next_call_finds_it(url, store):
    first, is_new = Artifact.get_or_create("loss", data="x", tags=["t"])
    again, is_newer = Artifact.get_or_create("loss", data="y")
    assert (is_new, is_newer, first == again) == (True, False, True)
    assert body(store) == Markdown("x")


def test_a_version_without_a_key_is_published_and_read(url):
    found, is_new = Artifact.get_or_create(data=40, type="progress")
    assert (found.key, found.data, found.version, is_new) == (None, {"percent": 40.0}, 1, True)


def test_what_still_waits_is_sent_before_it_is_read(url):
    job = create_progress_artifact(0, "job")
    for percent in range(50):
        update_progress_artifact(job, percent)
    assert Artifact.get("job").data == {"percent": 49.0}


def test_a_version_that_was_altered_says_so(url, store):
    create_markdown_artifact("first", "loss")
    (path,) = (store.root / "loss").glob("*.yaml")
    path.write_text(path.read_text().replace("first", "other"))
    with pytest.warns(UserWarning, match="changed after it was published"):
        assert not Artifact.get("loss").intact


def test_a_version_that_cannot_be_read_hides_no_other(url, store):
    create_markdown_artifact("first", "loss")
    create_markdown_artifact("last", "loss")
    path = sorted((store.root / "loss").glob("*.yaml"))[-1]
    text = path.read_text()
    path.write_text(text.replace("data:", "datum:"))
    assert [one.data for one in Artifact.versions("loss")] == ["first"]


def test_reading_is_sent_again_as_well(port, set_url):
    between = Scripted("pass", "close", Told(503), "pass", "half", port=port)
    with between.running() as way:
        set_url(way)
        create_markdown_artifact("x", "loss")
        assert Artifact.get("loss").data == "x"


def test_attachments_come_back_byte_for_byte(url, tmp_path):
    content = bytes(range(256)) * 500
    (tmp_path / "model.bin").write_bytes(content)
    create_file_artifact("model.bin", "model")
    found = Artifact.get("model")
    address = f"http://127.0.0.1:{url}/api/v1/versions/{found.id}/attachments/"
    with urlopen(address + found.data["attachment"]) as answer:
        assert answer.read() == content


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'{"items": 1, "next": null}', b'{"items": [1], "next": null}',
     b'{"items": [{"id": "x"}], "next": null}', b'{"items": [], "next": 1}', b"\xff",
     b'{"items": [{"id": "019ab0d6-6f3b-7c1e-9d7a-000000000001", "version": 1e999, "created": '
     b'"2026-08-01T13:00:00.000Z"}], "next": null}'],
)  # fmt: skip
def test_a_list_that_is_none_is_told(set_url, content):
    with Scripted(Told(200, content)).running() as port:
        set_url(port)
        with pytest.raises(ServerError, match="not as a server of artifolio does"):
            Artifact.get("loss")
