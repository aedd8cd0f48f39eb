from __future__ import annotations

import functools
import http.server
import importlib.util
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from artifolio.website.engine.build import build, load_configuration

REPOSITORY = Path(__file__).parents[2]
# As root Chromium needs --no-sandbox; the others keep it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing that a page asks of another host leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class _QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """Say nothing of tabs that are closed before all of a page has come."""


def load_tool(name: str) -> ModuleType:
    """Return one of the programs in tools/."""
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    # Its dataclasses look for it there.
    sys.modules[name] = tool
    spec.loader.exec_module(tool)
    return tool


def build_project(project: Path) -> Path:
    build(load_configuration(project / "mkdocs.yml"))
    return project / "site"


@pytest.fixture(scope="session")
def serve_folder() -> Iterator[object]:
    servers = []

    def serve(folder: Path) -> str:
        handler = functools.partial(_QuietHandler, directory=str(folder))
        server = _QuietServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def copy_demo(project: Path) -> Path:
    """Copy what this repository's own site is made from."""
    shutil.copy(REPOSITORY / "mkdocs.yml", project)
    shutil.copytree(REPOSITORY / "artifacts", project / "artifacts")
    ignored = shutil.ignore_patterns("artifacts", "runs")
    shutil.copytree(REPOSITORY / "site_src", project / "site_src", ignore=ignored)
    return project


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's own site, built from a copy."""
    return build_project(copy_demo(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="session")
def demo(demo_site: Path, serve_folder) -> str:
    """Its address."""
    return serve_folder(demo_site)


@pytest.fixture(scope="session")
def offline_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same site, made to be opened as files."""
    project = copy_demo(tmp_path_factory.mktemp("offline"))
    settings = project / "mkdocs.yml"
    text = settings.read_text()
    settings.write_text(text.replace("  - search\n", "  - search\n  - material/offline\n"))
    return build_project(project)


# For a module only: Playwright keeps an event loop running, and others could start none.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = load_tool("browser").find_chromium()
    assert path is not None, "no Chromium: run 'make browser' first"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A tab that notes what must not happen."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    """Requests to another host."""
    failed: list[str] = field(default_factory=list)
    """Answers with an error, and what the console says."""

    def open(self, address: str, *, settle: bool = False) -> None:
        """Open an address; settle waits until the page asks for nothing any more."""
        self.page.goto(address)
        if settle:
            self.page.wait_for_load_state("networkidle")

    def follow(self, link: Locator) -> None:
        """Click on a link and wait for the page that it leads to."""
        with self.page.expect_navigation():
            link.click()

    def assert_clean(self) -> None:
        assert self.foreign == []
        assert self.failed == []


def watch_page(page: Page) -> Visit:
    visit = Visit(page)

    def note_request(request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            visit.foreign.append(request.url)

    page.on("request", note_request)
    page.on(
        "response",
        lambda response: response.status >= 400 and visit.failed.append(response.url),
    )
    # Pages that are left while they load cancel what they asked for.
    page.on(
        "requestfailed",
        lambda request: (
            "ERR_ABORTED" in str(request.failure)
            or visit.failed.append(f"{request.url} {request.failure}")
        ),
    )
    page.on(
        "console",
        lambda message: message.type in ("error", "warning") and visit.failed.append(message.text),
    )
    page.on("pageerror", lambda error: visit.failed.append(str(error)))
    return visit


@pytest.fixture
def new_visit(chromium: Browser) -> Iterator[object]:
    contexts: list[BrowserContext] = []

    def new(**options) -> Visit:
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return watch_page(context.new_page())

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def visit(new_visit) -> Visit:
    return new_visit()
