"""The server itself: what it listens on, what it shows, how it ends."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from artifolio.bodies import Markdown
from artifolio.errors import ProjectError
from artifolio.origins import Code
from artifolio.server.app import THREADS
from artifolio.server.files import SiteFiles
from artifolio.server.serving import AppServer, Plan, is_local
from artifolio.store import Store
from artifolio.website.engine.following import listen
from artifolio.website.hosts import Hosts
from samples import make_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCAL = Plan("127.0.0.1", 0)


def get(port: int, path: str, host: str = "localhost") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": host, "Connection": "close"})
    return connection.getresponse()


def port_of(server: AppServer) -> int:
    return int(server.url.split(":")[2].partition("/")[0])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "artifacts").mkdir()
    return Store(tmp_path / "artifacts")


@pytest.fixture
def server(store: Store) -> Iterator[AppServer]:
    server = AppServer(store, LOCAL)
    server.start()
    yield server
    server.stop()


def test_the_site_and_the_api_are_beside_each_other(server, site):
    server.show(site)
    assert b"home" in get(port_of(server), "/").read()
    assert json.load(get(port_of(server), "/api/health")) is True


def test_so_many_requests_look_at_files_at_once_and_no_more(server, site, monkeypatch):
    lock, meeting = threading.Lock(), threading.Barrier(THREADS)
    inside, most = 0, 0
    answer = SiteFiles.answer

    def wait_for_others(files, request):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.1)  # any that are too many come in meanwhile
        meeting.wait(20)
        with lock:
            inside -= 1
        return answer(files, request)

    monkeypatch.setattr(SiteFiles, "answer", wait_for_others)
    server.show(site)
    found = []
    clients = [
        threading.Thread(target=lambda: found.append(get(port_of(server), "/").status))
        for _ in range(2 * THREADS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert found == [200] * (2 * THREADS)
    assert most == THREADS


def test_the_api_answers_before_there_is_a_site(server):
    assert get(port_of(server), "/api/health").status == 200


def test_pages_wait_for_the_first_site(server, site):
    threading.Timer(0.1, server.show, [site]).start()
    assert b"home" in get(port_of(server), "/").read()


def test_a_site_with_a_path_is_below_it_and_the_api_is_not(store, site):
    server = AppServer(store, LOCAL, "/some/where/")
    server.start()
    try:
        server.show(site)
        port = port_of(server)
        assert server.url.endswith("/some/where/")
        assert b"loss" in get(port, "/some/where/artifacts/loss/").read()
        assert get(port, "/artifacts/loss/").status == 404
        assert get(port, "/").headers["location"] == "/some/where/"
        assert get(port, "/api/health").status == 200
    finally:
        server.stop()


def test_a_site_below_the_path_of_the_api_is_shown_at_the_root(store, site):
    server = AppServer(store, LOCAL, "/api/docs/")
    server.start()
    try:
        server.show(site)
        assert b"home" in get(port_of(server), "/").read()
        assert get(port_of(server), "/api/health").status == 200
    finally:
        server.stop()


def test_other_names_are_known_where_they_are_allowed(store, site):
    server = AppServer(store, Plan("127.0.0.1", 0, ("Data.Example.org",)))
    server.start()
    try:
        server.show(site)
        assert get(port_of(server), "/", "data.example.org").status == 200
        assert get(port_of(server), "/", "other.example.org").status == 421
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("hosts", "url"),
    [((), "http://127.0.0.1:"), (("data.example.org",), "http://data.example.org:")],
)
def test_a_server_for_all_is_called_by_the_first_name_that_is_allowed(store, hosts, url):
    server = AppServer(store, Plan("0.0.0.0", 0, hosts))
    server.start()
    server.stop()
    assert server.url.startswith(url)


def test_addresses_of_ipv6_are_bracketed_and_known(store, site):
    server = AppServer(store, Plan("::1", 0))
    server.start()
    try:
        server.show(site)
        assert server.url.startswith("http://[::1]:")
        connection = http.client.HTTPConnection("::1", port_of_v6(server), timeout=20)
        connection.request("GET", "/", headers={"Connection": "close"})
        assert b"home" in connection.getresponse().read()
    finally:
        server.stop()


def port_of_v6(server: AppServer) -> int:
    return int(server.url.rpartition("]:")[2].partition("/")[0])


def test_a_port_that_is_taken_is_a_project_error(store):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = AppServer(store, Plan("127.0.0.1", taken.getsockname()[1]))
        with pytest.raises(ProjectError, match="choose another with --port"):
            server.start()
        server.stop()


def test_a_host_that_is_none_is_a_project_error(store):
    with pytest.raises(ProjectError, match="cannot listen"):
        AppServer(store, Plan("256.0.0.1", 0)).start()


def test_stopping_ends_open_streams_and_all_threads(store, site):
    before = threading.active_count()
    server = AppServer(store, LOCAL)
    server.start()
    server.show(site)
    stream = get(port_of(server), "/api/v1/events")
    assert stream.readline() == b"retry: 1000\n"
    server.stop()
    assert b"still" not in stream.read()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        *(("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.9.9", True)),
        *(("0.0.0.0", False), ("", False), ("192.0.2.1", False), ("example.org", False)),
    ],
)
def test_only_this_machine_reaches_a_local_address(host, is_one):
    assert is_local(host) == is_one


def test_no_part_of_an_answer_waits_for_the_one_before():
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_differences_lead_to_git_hosts_of_ones_own(store):
    for number, commit in ((1, "a" * 40), (2, "b" * 40)):
        code = Code(commit=commit, remote="https://git.example.org/team/loss.git")
        store.add(make_record(Markdown(str(number)), number=number, code=code))
    server = AppServer(store, LOCAL, hosts=Hosts({"git.example.org": "gitlab"}))
    server.start()
    told = json.load(get(port_of(server), "/api/v1/artifacts/loss/diff?from=v1&to=v2"))
    server.stop()
    assert told["code"]["compare_url"] == (
        f"https://git.example.org/team/loss/-/compare/{'a' * 40}...{'b' * 40}"
    )
