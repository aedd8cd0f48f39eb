"""The site on this machine, which reloads in the browser when it changes."""

from __future__ import annotations

import html
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from mkdocs.livereload import _SCRIPT_TEMPLATE, LiveReloadServer

from artifolio.hostnames import is_address, is_one_of, name_in
from artifolio.website.engine.following import NOTICE, bracketed, follow, path_of, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from artifolio.website.engine.build import Built

_RELOAD_SCRIPT = "/livereload.js"
_STRANGE = b"this server does not go by that name; name it with --host\n"


class SiteServer(LiveReloadServer):
    """MkDocs' own server, with five differences.

    It answers to its own names alone, and to addresses: a page of somebody else that has its own
    name lead here is shown nothing. No request waits for a build but the first: each file of the
    folder that it shows is whole at any time. After a build that failed it says so on every page.
    It has no observer of its own, which would poll. Its reload script is a file, since the policy
    of our pages forbids inline scripts.
    """

    def __init__(self, host: str, port: int, mount_path: str = "/") -> None:
        # Nothing lies below a file: the default, the working directory, would be served whole.
        super().__init__(
            builder=lambda: None, host=host, port=port, root=os.devnull, mount_path=mount_path
        )
        self._first = threading.Event()
        self._failure = ""
        self._place = host, port
        self.url = ""
        self.notes: tuple[str, ...] = ()
        # Not empty, or the server believes that nothing will ever reload.
        self._watched_paths = {"": 1}
        self.error_handler = self._error_page

    def show(
        self, site_dir: Path, failure: str = "", changed: Collection[str] | None = None
    ) -> None:
        """Serve a folder from now on, and let the browsers reload, whatever changed."""
        del changed
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
            raise refusal(*self._place, error) from None
        self.url = f"http://{bracketed(self._place[0])}:{self.server_port}{self.mount_path}"
        self.serve_thread.start()

    def stop(self) -> None:
        """Stop answering."""
        self._first.set()
        if self.serve_thread.is_alive():
            super(LiveReloadServer, self).shutdown()
            self.serve_thread.join()
        self.server_close()

    def _serve_request(self, environ: dict[str, Any], start_response: Any) -> Any:
        name = name_in(environ.get("HTTP_HOST", ""))
        if name is None or not (is_one_of(name, self._place[:1]) or is_address(name)):
            start_response("421 Misdirected Request", [("Content-Type", "text/plain")])
            return [_STRANGE]
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
            added += f'<p role="alert" style="{NOTICE}">{html.escape(self._failure)}</p>'
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
    """Show a project's site with MkDocs' own server, as `artifolio.website.engine.following` does.

    Args:
        config_file: The project's ``mkdocs.yml``.
        host: Address to listen on.
        port: Port to listen on; 0 takes any that is free.
        poll: As `follow` takes it, like all that follow.
        jobs: In how many processes to make pages.
        report: Called with one line about what happens.
        on_built: Called after each build.

    Raises:
        ArtifolioError: If the first build fails or the port cannot be used.
    """
    front = SiteServer(host, port, path_of(config_file))
    follow(config_file, front, poll=poll, jobs=jobs, report=report, on_built=on_built)
