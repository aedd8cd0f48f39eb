from __future__ import annotations

import http.client
import queue
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from artifolio.bodies import Markdown
from artifolio.errors import ProjectError
from artifolio.store import Store
from artifolio.website.engine.build import Built
from artifolio.website.engine.serve import SiteServer, serve
from samples import make_record, put
from website.engine.test_policy import hash_of
from website.projects import write_project, write_settings
from website.reading import elements, inline_scripts, policy_of, words

PATIENCE_SECONDS = 30.0


class Served:
    """A project that is being served in a thread."""

    def __init__(self, project: Path, poll: bool = False) -> None:
        self.project = project
        self.built: queue.Queue[Built] = queue.Queue()
        self.reports: queue.Queue[str] = queue.Queue()
        self._ending = False
        self._poll = poll
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self.url = self.report("Serving on").split()[2].rstrip(",")
        self.built.get(timeout=PATIENCE_SECONDS)

    def _serve(self) -> None:
        try:
            serve(
                self.project / "mkdocs.yml",
                host="127.0.0.1",
                port=0,
                poll=self._poll,
                jobs=1,
                report=self.reports.put,
                on_built=self._on_built,
            )
        except KeyboardInterrupt:
            pass
        except BaseException as error:
            self.reports.put(f"Ended: {error!r}")
            raise

    def _on_built(self, built: Built, seconds: float) -> None:
        if self._ending:
            # As ^C would.
            raise KeyboardInterrupt
        self.built.put(built)

    def stop(self) -> None:
        self._ending = True
        write_settings(self.project)
        (self.project / "site_src/ending.md").write_text("x")
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def report(self, start: str) -> str:
        """Wait for a line that starts so."""
        while not (line := self.reports.get(timeout=PATIENCE_SECONDS)).startswith(start):
            assert not line.startswith("Ended"), line
        return line

    def next_build(self) -> Built:
        return self.built.get(timeout=PATIENCE_SECONDS)

    def ask(self, path: str) -> tuple[int, str]:
        """Give the status and text of an answer; the path is sent as it is."""
        return ask(self.url, path)

    def page(self, path: str) -> str:
        status, text = self.ask(path)
        assert status == 200
        return text

    def epoch(self) -> int:
        (found,) = re.findall(r"livereload\.js\?epoch=(\d+)", self.page("/"))
        return int(found)


def ask(url: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", urlsplit(url).netloc)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("localhost:1", 200), ("LOCALHOST", 200), ("[::1]", 200), ("192.0.2.7:80", 200)),
        *(("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421), ("0.0.0.0", 421)),
    ],
)
def test_a_name_that_somebody_has_lead_here_shows_nothing(reading, host, status):
    connection = http.client.HTTPConnection(urlsplit(reading.url).netloc, timeout=PATIENCE_SECONDS)
    with closing(connection):
        connection.request("GET", "/", headers={"Host": host})
        assert connection.getresponse().status == status


@contextmanager
def serving(project: Path, **options: bool) -> Iterator[Served]:
    served = Served(project, **options)
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for tests that change nothing."""
    folder = tmp_path_factory.mktemp("served")
    write_project(folder)
    with serving(folder) as served:
        yield served


@pytest.fixture
def served(project: Path) -> Iterator[Served]:
    with serving(project) as running:
        yield running


def publish(served: Served, text: str = "Fourth", number: int = 90) -> None:
    Store(served.project / "artifacts").add(make_record(Markdown(text), "loss", number))


def test_pages_are_served(reading):
    assert "Third" in words(reading.page("/artifacts/loss/"))


def test_files_of_other_kinds_are_served(reading):
    assert reading.page("/artifacts/_assets/artifolio.css").startswith((".", "/", ":", "@"))


def test_folders_lead_to_their_page(reading):
    assert reading.ask("/artifacts/loss")[0] == 302


def test_unknown_pages_get_the_theme_s_own_page(reading):
    status, text = reading.ask("/nowhere/")
    assert status == 404
    assert "<html" in text


def test_the_reload_script_is_a_file_that_the_policy_allows(reading):
    page = reading.page("/artifacts/loss/")
    sources = [element.attributes.get("src", "") for element in elements(page, "script")]
    (source,) = [source for source in sources if "livereload" in source]
    assert source.startswith("/livereload.js?epoch=")
    assert "'self'" in policy_of(page)["script-src"]
    allowed = policy_of(page)["script-src"]
    assert [s for s in inline_scripts(page) if hash_of(s) not in allowed] == []


def test_the_reload_script_asks_for_what_is_newer(reading):
    script = reading.page("/livereload.js?epoch=12&request_id=34")
    assert "livereload(12, 34);" in script


@pytest.mark.parametrize("query", ["epoch=1);x(", "epoch=-1", "epoch=a", "request_id=%D9%A1"])
def test_the_reload_script_takes_nothing_but_numbers(reading, query):
    status, text = reading.ask(f"/livereload.js?{query}")
    assert status == 404
    assert "livereload(" not in text


@pytest.mark.parametrize(
    "path",
    [
        *("/../mkdocs.yml", "/../../mkdocs.yml", "/%2e%2e/mkdocs.yml", "/..%2fmkdocs.yml"),
        *("/artifacts/../../mkdocs.yml", "/artifacts/%2e%2e/%2e%2e/mkdocs.yml", "/./../mkdocs.yml"),
        *("/..\\mkdocs.yml", "/%5c..%5cmkdocs.yml", "/etc/passwd", "/livereload/../../mkdocs.yml"),
        *("//etc/passwd", "/../../../../../../../../etc/passwd", "/mkdocs.yml"),
        *("/site_src/index.md", "/%00"),
    ],
)  # fmt: skip
def test_nothing_outside_of_the_site_is_served(reading, path):
    status, text = reading.ask(path)
    assert status in (400, 404)
    assert "site_name" not in text
    assert "root:" not in text


def test_serving_leaves_the_project_s_own_site_alone(reading):
    assert not (reading.project / "site").exists()


def test_a_new_version_is_shown_and_the_open_page_is_told(served):
    epoch = served.epoch()
    answers: list[tuple[int, str]] = []
    poll = threading.Thread(target=lambda: answers.append(served.ask(f"/livereload/{epoch}/1")))
    poll.start()
    publish(served)
    poll.join(PATIENCE_SECONDS)
    ((status, text),) = answers
    assert status == 200
    assert int(text) > epoch
    assert "Fourth" in words(served.page("/artifacts/loss/"))


def test_a_changed_page_is_shown(served):
    (served.project / "site_src/index.md").write_text("# Written anew\n")
    served.next_build()
    assert "Written anew" in words(served.page("/"))


def test_a_deleted_version_is_gone(served):
    shutil.rmtree(served.project / "artifacts/import")
    served.next_build()
    assert served.ask("/artifacts/import/")[0] == 404


def test_a_broken_record_is_shown_as_a_problem_and_the_site_goes_on(served):
    put(Store(served.project / "artifacts"), "loss/broken.yaml", "x")
    problems = served.next_build().refreshed.problems
    assert [problem.path for problem in problems] == ["loss/broken.yaml"]
    assert "loss/broken.yaml" in words(served.page("/artifacts/"))
    assert "Third" in words(served.page("/artifacts/loss/"))


def test_broken_settings_keep_the_last_good_site_until_they_are_mended(served):
    epoch = served.epoch()
    (served.project / "mkdocs.yml").write_text("site_name: [")
    assert "mkdocs.yml" in served.report("Error: ")
    assert served.epoch() > epoch
    page = served.page("/artifacts/loss/")
    assert "Third" in words(page)
    (notice,) = [e for e in elements(page, "p") if e.attributes.get("role") == "alert"]
    assert "the last good site stays as it is" in words(page)
    assert notice.attributes["style"]
    publish(served)
    served.report("Error: ")
    write_settings(served.project, site_name="Mended")
    served.next_build()
    assert "Mended" in words(served.page("/"))
    assert "Fourth" in words(served.page("/artifacts/loss/"))
    assert "last good site" not in words(served.page("/artifacts/loss/"))


def test_settings_that_mkdocs_aborts_on_keep_the_server_running(served):
    write_settings(served.project, theme={"name": "nothing"})
    served.report("Error: ")
    write_settings(served.project, site_name="Mended")
    served.next_build()
    assert "Mended" in words(served.page("/"))


def test_requests_do_not_wait_for_a_build(project):
    (project / "hook.py").write_text(
        "import pathlib, time\n"
        f"gate = pathlib.Path({str(project / 'closed')!r})\n"
        "def on_pre_build(**kwargs):\n"
        "    while gate.exists():\n        time.sleep(0.05)\n"
    )
    write_settings(project, hooks=["hook.py"])
    with serving(project) as served:
        (project / "closed").touch()
        publish(served)
        try:
            assert "Third" in words(served.page("/artifacts/loss/"))
        finally:
            (project / "closed").unlink()
        served.next_build()
        assert "Fourth" in words(served.page("/artifacts/loss/"))


def test_a_server_that_polls_follows_as_well(project):
    with serving(project, poll=True) as served:
        publish(served)
        served.next_build()
        assert "Fourth" in words(served.page("/artifacts/loss/"))


def test_a_site_with_a_path_is_served_below_it(project):
    write_settings(project, site_url="https://example.org/some/where/")
    with serving(project) as served:
        assert urlsplit(served.url).path == "/some/where/"
        assert "Third" in words(served.page("/some/where/artifacts/loss/"))
        assert served.ask("/artifacts/loss/")[0] == 404
        assert "livereload(1, 2);" in served.page("/livereload.js?epoch=1&request_id=2")


def test_one_site_is_kept_while_serving_and_none_after(project, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with serving(project) as served:
        publish(served)
        served.next_build()
        publish(served, "Fifth", 91)
        served.next_build()
        assert "Fifth" in words(served.page("/artifacts/loss/"))
        (base,) = [folder for folder in temporary.iterdir() if folder.name.startswith("artifolio-")]
        assert (base / "artifacts/loss/index.html").exists()
    assert list(temporary.iterdir()) == []


def test_stopping_ends_the_threads(project):
    before = threading.active_count()
    with serving(project):
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_a_port_that_is_taken_is_a_project_error(project):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ProjectError, match=rf"127\.0\.0\.1:{port}: .*; choose another with --port"
        ):
            serve_once(project, port=port)


def test_a_host_that_is_none_is_a_project_error(project):
    with pytest.raises(ProjectError, match="cannot listen"):
        serve_once(project, host="256.0.0.1")


def test_a_first_build_that_fails_ends_the_server(project):
    (project / "mkdocs.yml").write_text("site_name: [")
    with pytest.raises(ProjectError):
        serve_once(project)


def serve_once(project: Path, host: str = "127.0.0.1", port: int = 0) -> None:
    def on_built(built: Built, seconds: float) -> None:
        pytest.fail("it was built")

    serve(
        project / "mkdocs.yml",
        host=host,
        port=port,
        poll=False,
        jobs=1,
        report=pytest.fail,
        on_built=on_built,
    )


def test_who_comes_before_the_first_site_waits_and_gets_it(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<p>The site</p>")
    (tmp_path / "index.html").write_text("<p>Secret</p>")
    monkeypatch.chdir(tmp_path)
    server = SiteServer("127.0.0.1", 0)
    server.start()
    try:
        answers: list[tuple[int, str]] = []
        early = threading.Thread(target=lambda: answers.append(ask(server.url, "/")))
        early.start()
        early.join(0.3)
        assert answers == []
        server.show(tmp_path / "site")
        early.join(PATIENCE_SECONDS)
    finally:
        server.stop()
    ((status, text),) = answers
    assert status == 200
    assert text.startswith("<p>The site</p>")


def test_what_failed_is_said_on_each_page_and_is_no_markup(tmp_path):
    (tmp_path / "index.html").write_text("<body>The site</body>")
    (tmp_path / "404.html").write_text("<body>Not here</body>")
    server = SiteServer("127.0.0.1", 0)
    server.start()
    try:
        server.show(tmp_path, "Error: <b>it</b> broke")
        assert "Error: &lt;b&gt;it&lt;/b&gt; broke</p></body>" in ask(server.url, "/")[1]
        server.show(tmp_path)
        assert "broke" not in ask(server.url, "/")[1]
    finally:
        server.stop()


def test_who_waits_for_a_site_that_never_comes_gets_nothing(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("<p>Secret</p>")
    monkeypatch.chdir(tmp_path)
    server = SiteServer("127.0.0.1", 0)
    server.start()
    answers: list[tuple[int, str]] = []
    early = threading.Thread(target=lambda: answers.append(ask(server.url, "/")))
    early.start()
    early.join(0.3)
    server.stop()
    early.join(PATIENCE_SECONDS)
    ((status, _),) = answers
    assert status == 404


def test_a_server_can_be_stopped_before_it_was_started():
    SiteServer("127.0.0.1", 0).stop()


def test_each_site_has_a_higher_epoch_than_the_one_before(tmp_path):
    server = SiteServer("127.0.0.1", 0)
    epochs = []
    for _ in range(3):
        server.show(tmp_path)
        epochs.append(server._visible_epoch)
    server.stop()
    assert epochs == sorted(set(epochs))


def test_addresses_of_ipv6_are_bracketed():
    server = SiteServer("::1", 0)
    try:
        server.start()
        assert server.url == f"http://[::1]:{server.server_port}/"
    finally:
        server.stop()
