"""The real client of Prefect 3, pointed at us by ``PREFECT_API_URL``."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

from artifolio.bodies import Link, Progress
from artifolio.server.app import address_in, make_app
from artifolio.server.guard import Rules
from artifolio.server.library import Library
from artifolio.store import Store
from server.conftest import TOKEN, running

ROOT = Path(__file__).parents[2]
CLIENT = Path(__file__).parent / "prefect_client.py"


@pytest.fixture(scope="module")
def python() -> Path:
    spec = importlib.util.spec_from_file_location("prefect_tool", ROOT / "tools" / "prefect.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    found = tool.find_prefect()
    assert found is not None, "no Prefect: run 'make prefect' first"
    return found


class World:
    """Our server with an empty store, and Prefect's programs pointed at it."""

    def __init__(self, store: Store, python: Path, home: Path, port: int) -> None:
        self.store = store
        self._python = python
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_API_KEY": TOKEN,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run Prefect's Python."""
        command = [str(self._python), *arguments]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, input=given, check=False
        )

    def prefect(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command ``prefect artifact``."""
        return self.run("-m", "prefect", "artifact", *arguments, given=given)


@pytest.fixture(scope="module")
def world(python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    store = Store(folder / "artifacts")
    library = Library(store, address_in("http://127.0.0.1/"))
    app = make_app(library, lambda: folder, Rules(token=TOKEN))
    with running(app) as port:
        yield World(store, python, folder, port)


@pytest.fixture(scope="module")
def told(world):
    """What the program of `prefect_client.py` tells, and has done."""
    done = world.run(str(CLIENT))
    assert done.returncode == 0, done.stderr
    # Neither a warning of another version nor an event that nobody took.
    assert "rror" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def test_what_prefect_creates_are_records(world, told):
    entries = [world.store.scan(folder).entries[-1:] for folder in world.store.folders()]
    records = [world.store.read(entry.path) for (entry,) in filter(None, entries)]
    assert all(record.intact for record in records)
    bodies = {record.header.key: record.body for record in records}
    assert bodies["a-link"] == Link("https://example.org/x", "the x")
    assert bodies["a-bare"] == Link("https://example.org/y")
    assert bodies["a-progress"] == Progress(55.0)
    assert bodies["a-table"].rows == (("Bonn", 0.5), ("Köln", None))


def test_the_latest_of_a_key_is_got(told):
    assert (told["get"]["data"], told["get"]["description"]) == ("# Hello", "words")
    assert told["get"]["id"] == told["ids"]["text"]
    assert told["nothing"] is None


def test_what_is_there_is_got_and_not_created_again(told):
    assert told["created"] == [True, False]
    assert told["own"] == told["again"]
    assert json.loads(told["own"]["data"]) == {"x": [1, None]}
    assert told["own"]["type"] is None


def test_artifacts_are_filtered_and_sorted(told):
    assert [found["key"] for found in told["found"]] == ["a-bare", "a-link", "a-progress"]
    assert told["found"][1]["data"] == "[the x](https://example.org/x)"


def test_keys_come_with_their_latest_version(told):
    assert [found["key"] for found in told["latest"]] == ["a-progress", "a-link"]
    assert told["latest"][0]["latest_id"] == told["ids"]["progress"]
    assert told["latest"][0]["data"] == 55.0


def test_what_was_deleted_is_gone(told):
    assert told["is_gone"]


def test_prefects_command_lists_shows_and_deletes(world, told):
    listed = world.prefect("ls", "-o", "json")
    assert listed.returncode == 0, listed.stderr
    keys = [found["key"] for found in json.loads(listed.stdout)]
    assert keys == ["a-bare", "a-link", "a-progress", "a-table", "a-text", "own"]
    assert "a-table" in world.prefect("ls").stdout
    shown = json.loads(world.prefect("inspect", "a-text", "-o", "json").stdout)
    assert [found["data"] for found in shown] == ["second", "# Hello"]
    assert told["ids"]["text"] in world.prefect("inspect", "a-text").stdout
    one = world.prefect("delete", "--id", told["ids"]["text"], given="y\n")
    assert one.returncode == 0, one.stdout + one.stderr
    every = world.prefect("delete", "a-table", given="y\n")
    assert every.returncode == 0, every.stdout + every.stderr
    assert world.store.scan("a-table").entries == ()
    assert len(world.store.scan("a-text").entries) == 1


def test_without_the_token_nothing_is_written(world, told):
    del told
    stranger = World(world.store, world._python, Path(world.environ["HOME"]), 0)
    stranger.environ = {**world.environ, "PREFECT_API_KEY": "wrong"}
    before = sorted(world.store.root.rglob("*"))
    done = stranger.run(str(CLIENT))
    assert done.returncode != 0
    assert "401" in done.stderr
    assert sorted(world.store.root.rglob("*")) == before


def test_many_publish_at_once(world):
    program = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from prefect.artifacts import create_markdown_artifact\n"
        "for number in range(5): create_markdown_artifact(f'{sys.argv[1]} {number}', key='many')"
    )
    done: list[int] = []
    threads = [
        threading.Thread(
            target=lambda name=name: done.append(world.run("-c", program, name).returncode)
        )
        for name in ("a", "b", "c")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [0, 0, 0]
    assert len(world.store.scan("many").entries) == 15
