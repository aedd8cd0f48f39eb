"""The site on this machine, which reloads in the browser when it changes."""

from __future__ import annotations

import html
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from mkdocs.livereload import _SCRIPT_TEMPLATE, LiveReloadServer

from artifolio.errors import ProjectError
from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.rebuild import Rebuilder, keep_building

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from artifolio.website.engine.build import Built

_RELOAD_SCRIPT = "/livereload.js"
_NOTICE = (
    "position: fixed; inset: auto 0 0; z-index: 9; margin: 0; padding: .8rem 1rem; "
    "background: #b00020; color: #fff; font: .8rem/1.4 sans-serif"
)


class SiteServer(LiveReloadServer):
    """MkDocs' own server, with three differences.

    No request waits for a build but the first: each file of the folder that it shows is whole at
    any time. After a build that failed it says so on every page. It has no observer of its own,
    which would poll. Its reload script is a file, since the policy of our pages forbids inline
    scripts.
    """

    def __init__(self, host: str, port: int, mount_path: str = "/") -> None:
        # Nothing lies below a file: the default, the working directory, would be served whole.
        super().__init__(
            builder=lambda: None, host=host, port=port, root=os.devnull, mount_path=mount_path
        )
        self._first = threading.Event()
        self._failure = ""
        self._host = f"[{host}]" if ":" in host else host
        self._address = f"{self._host}:{port}"
        # Not empty, or the server believes that nothing will ever reload.
        self._watched_paths = {"": 1}
        self.error_handler = self._error_page

    def show(self, site_dir: Path, failure: str = "") -> None:
        """Serve a folder from now on, and let the browsers reload.

        Args:
            site_dir: The folder, in which every file is whole at any time.
            failure: What to say on each page, where the site could not be built anew.
        """
        self.root = str(site_dir)
        self._failure = failure
        with self._epoch_cond:
            self._wanted_epoch = self._visible_epoch = max(
                round(time.monotonic() * 1000), self._visible_epoch + 1
            )
            self._epoch_cond.notify_all()
        self._first.set()

    def start(self) -> None:
        """Begin to answer, in a thread of its own.

        Raises:
            ProjectError: If the port is taken or may not be used.
        """
        try:
            self.server_bind()
            self.server_activate()
        except OSError as error:
            self.server_close()
            raise ProjectError(
                f"cannot listen on {self._address}: {error.strerror}; choose another with --port"
            ) from None
        self.url = f"http://{self._host}:{self.server_port}{self.mount_path}"
        self.serve_thread.start()

    def stop(self) -> None:
        """Stop answering."""
        self._first.set()
        if self.serve_thread.is_alive():
            super(LiveReloadServer, self).shutdown()
            self.serve_thread.join()
        self.server_close()

    def _serve_request(self, environ: dict[str, Any], start_response: Any) -> Any:
        self._first.wait()
        if "\0" in environ["PATH_INFO"]:
            return None
        if environ["PATH_INFO"] != _RELOAD_SCRIPT:
            return super()._serve_request(environ, start_response)
        query = parse_qs(environ.get("QUERY_STRING", ""))
        values = {name: query.get(name, ["0"])[0] for name in ("epoch", "request_id")}
        if not all(value.isascii() and value.isdigit() for value in values.values()):
            return None
        script = _SCRIPT_TEMPLATE.substitute(values).encode()
        start_response("200 OK", [("Content-Type", "application/javascript")])
        return [script]

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        end = content.rfind(b"</body>")
        end = end if end >= 0 else len(content)
        query = f"epoch={epoch}&amp;request_id={round(time.monotonic() * 1000)}"
        added = f'<script src="{_RELOAD_SCRIPT}?{query}"></script>'
        if self._failure:
            added += f'<p role="alert" style="{_NOTICE}">{html.escape(self._failure)}</p>'
        return content[:end] + added.encode() + content[end:]

    def _error_page(self, code: int) -> bytes | None:
        page = Path(self.root) / f"{code}.html"
        return page.read_bytes() if code in (404, 500) and page.is_file() else None


def serve(
    config_file: Path,
    *,
    host: str,
    port: int,
    poll: bool,
    jobs: int,
    report: Callable[[str], None],
    on_built: Callable[[Built, float], None],
) -> None:
    """Serve a project's site and rebuild it after every change, until interrupted.

    Args:
        config_file: The project's ``mkdocs.yml``.
        host: Address to listen on.
        port: Port to listen on; 0 takes any that is free.
        poll: Look for changes every second instead of asking the system.
        jobs: In how many processes to make pages.
        report: Called with one line about what happens.
        on_built: Called after each build with what it did and the seconds it took.

    Raises:
        ArtifolioError: If the first build fails or the port cannot be used.
    """
    site_url = load_configuration(config_file).site_url
    server = SiteServer(host, port, urlsplit(site_url or "/").path or "/")
    with tempfile.TemporaryDirectory(prefix="artifolio-", ignore_cleanup_errors=True) as base:
        server.start()
        try:
            site_dir = Path(base)
            rebuilder = Rebuilder(config_file, server.url, site_dir, jobs=jobs)

            def rebuild(changed: Iterable[str] | None) -> None:
                started = time.monotonic()
                built = rebuilder.build(changed)
                server.show(site_dir)
                on_built(built, time.monotonic() - started)

            def tell(line: str) -> None:
                server.show(site_dir, line)
                report(line)

            with rebuilder.watcher(poll=poll) as watcher:
                rebuild(None)
                report(f"Serving on {server.url}, ^C stops")
                keep_building(watcher, rebuild, tell)
        finally:
            server.stop()
