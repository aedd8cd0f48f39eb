"""The command ``serve``, as a process of its own."""

from __future__ import annotations

import json
import re
import signal
import socket

import pytest

from artifolio import create_markdown_artifact
from served import Served

# Runs the command as if a distribution were not installed.
WITHOUT = "import sys; sys.modules[{name!r}] = None; from artifolio.cli.main import main; main()"


@pytest.fixture
def served(tmp_path):
    served = Served(tmp_path)
    create_markdown_artifact("The words.", key="report", store=served.store)
    yield served
    if served.process is not None and served.process.poll() is None:
        served.stop()


def test_it_says_where_it_is_and_that_it_only_shows(served):
    served.start()
    assert f"http://127.0.0.1:{served.port}/api, which is PREFECT_API_URL" in served.until("API at")
    assert served.until("Read-only").endswith(
        "--write lets pages and clients publish, edit and delete"
    )
    assert served.said[0].startswith("Built 1 artifact, 1 version")
    assert json.load(served.ask("/api/health")) is True
    assert b"The words." in served.ask("/artifacts/report/").read()


def test_with_write_it_shows_a_token_that_is_another_each_time(served):
    served.start("--write")
    first = served.until("Writing needs this token: ").rpartition(" ")[2]
    served.stop()
    served.start("--write")
    second = served.until("Writing needs this token: ").rpartition(" ")[2]
    assert re.fullmatch(r"[\w-]{32}", first)
    assert first != second


def test_a_token_of_the_environment_is_used_and_not_shown(served):
    served.start("--write", ARTIFOLIO_TOKEN="of-my-own-and-long")
    served.until("Writing needs the token of ARTIFOLIO_TOKEN")
    _, rest = served.stop()
    assert "of-my-own" not in "\n".join([*served.said, rest])


def test_a_token_without_write_lets_nobody_write(served):
    served.start(ARTIFOLIO_TOKEN="of-my-own-and-long")
    served.until("Read-only")


def test_a_token_that_no_header_could_hold_is_refused(served):
    served.launch("--write", ARTIFOLIO_TOKEN="two words")
    assert "ARTIFOLIO_TOKEN" in served.until("Error: ")
    assert served.process.wait(30) == 1


def test_a_server_for_others_says_so_and_goes_by_the_names_it_was_given(served):
    served.start("--host", "0.0.0.0", "--allow-host", "data.example.org", "--write")
    assert served.address == f"http://data.example.org:{served.port}/"
    served.until("Others can read all of it")
    served.until("Warning: without TLS")
    assert served.ask("/", "data.example.org").status == 200
    assert served.ask("/", "127.0.0.1").status == 200
    assert served.ask("/", "evil.example").status == 421


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_stops_also_while_streams_are_open(served, number, code):
    served.start()
    stream = served.ask("/api/v1/events")
    assert stream.readline() == b"retry: 1000\n"
    assert served.stop(number)[0] == code


def test_a_port_that_is_taken_is_told_with_the_way_out(served):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        served.port = taken.getsockname()[1]
        served.launch()
        line = served.until("Error: ")
    assert f"cannot listen on 127.0.0.1:{served.port}: " in line
    assert line.endswith("; choose another with --port")
    assert served.process.wait(30) == 1


@pytest.mark.parametrize("name", ["uvicorn", "starlette"])
def test_without_the_extra_mkdocs_own_server_shows_the_site(served, name):
    served.start(program=("-c", WITHOUT.format(name=name)))
    assert served.said[0].startswith("No API, and pages reload as a whole, without")
    assert name in served.said[0]
    assert served.said[0].endswith("pip install 'artifolio[serve]'")
    assert b"livereload.js" in served.ask("/artifacts/report/").read()
    assert served.ask("/api/health").status == 404


def test_without_the_extra_nothing_is_written(served):
    served.launch("--write", program=("-c", WITHOUT.format(name="uvicorn")))
    line = served.until("Error: ")
    assert line == "Error: --write needs uvicorn: pip install 'artifolio[serve]'"
    assert served.process.wait(30) == 1


def test_a_build_that_fails_is_told_and_the_site_stays(served):
    served.start()
    (served.project / "mkdocs.yml").write_text("site_name: [")
    assert "the last good site stays as it is" in served.until("Error: ")
    assert b'role="alert"' in served.ask("/artifacts/report/").read()
