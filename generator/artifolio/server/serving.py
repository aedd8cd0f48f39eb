"""Runs the application while the site is built: the server of ``artifolio serve``."""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from artifolio.server.app import address_in, make_app
from artifolio.server.connections import Connection
from artifolio.server.events import MESSAGE_BYTES
from artifolio.server.guard import Rules
from artifolio.server.library import Library
from artifolio.server.stage import Stage
from artifolio.store import Store
from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.following import bracketed, follow, listen, path_of
from artifolio.website.engine.plugin import artifacts_dir, page_options
from artifolio.website.hosts import Hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from artifolio.website.engine.build import Built

STOP_SECONDS = 1
"""Requests that are still being answered have so long when the server is stopped."""
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Plan:
    """How to serve."""

    host: str
    """Address to listen on."""
    port: int
    """Port to listen on; 0 takes any that is free."""
    hosts: tuple[str, ...] = ()
    """More names that the server is called by."""
    token: str | None = None
    """What has to be shown to write; None lets nobody."""
    notes: Callable[[str], tuple[str, ...]] = lambda _: ()
    """Gives what is said once it listens, by the server's address."""


class AppServer:
    """Shows a site with our own application, beside the API.

    Args:
        store: The records.
        plan: How to serve.
        base: The path that the site is below, with a slash at both ends.
        hosts: Knows the pages of git hosts; without it, of public ones only.
    """

    def __init__(
        self, store: Store, plan: Plan, base: str = "/", hosts: Hosts | None = None
    ) -> None:
        self._store = store
        self._plan = plan
        self._hosts = hosts
        # The API stays where clients look for it.
        self._base = "/" if base.startswith("/api/") else base
        self._stage = Stage()
        self._site_dir = Path()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""
        self.notes: tuple[str, ...] = ()

    def start(self) -> None:
        """Begin to answer, in a thread of its own. Pages wait for the first site.

        Raises:
            ProjectError: If the port is taken or may not be used.
        """
        plan = self._plan
        listening = listen(plan.host, plan.port)
        port = listening.getsockname()[1]
        root = f"http://{bracketed(_name_of(plan))}:{port}"
        self.url = root + self._base
        self.notes = plan.notes(root)
        app = make_app(
            Library(self._store, address_in(root + self._base)),
            lambda: self._site_dir,
            Rules(plan.host, frozenset(name.lower() for name in plan.hosts), plan.token),
            self._stage,
            self._base,
            self._hosts,
        )
        config = uvicorn.Config(
            app,
            http=Connection,
            # So many are taken at a time, before one of them is looked at.
            backlog=max(1, Connection.most // 2),
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="on",
            ws_max_size=MESSAGE_BYTES,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="artifolio-serve"
        )
        self._thread.start()

    def show(
        self, site_dir: Path, failure: str = "", changed: Collection[str] | None = None
    ) -> None:
        """Show what is in a folder from now on, and tell the open pages."""
        self._site_dir = site_dir
        self._stage.show(failure, changed)

    def stop(self) -> None:
        """Stop answering."""
        self._stage.close()
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE_SECONDS)
        self._server.force_exit = True
        self._thread.join()


def serve(
    config_file: Path,
    plan: Plan,
    *,
    poll: bool,
    jobs: int,
    report: Callable[[str], None],
    on_built: Callable[[Built, float], None],
) -> None:
    """Serve a project's site and the API until interrupted; the site follows every change.

    Args:
        config_file: The project's ``mkdocs.yml``.
        plan: How to serve.
        poll: As `artifolio.website.engine.following.follow` takes it, like all that follow.
        jobs: In how many processes to make pages.
        report: Called with one line about what happens.
        on_built: Called after each build.

    Raises:
        ArtifolioError: If the first build fails or the port cannot be used.
    """
    config = load_configuration(config_file)
    hosts = Hosts(page_options(config).git_hosts)
    front = AppServer(Store(artifacts_dir(config)), plan, path_of(config_file), hosts)
    follow(config_file, front, poll=poll, jobs=jobs, report=report, on_built=on_built)


def is_local(host: str) -> bool:
    """Tell whether nobody but this machine reaches an address to listen on."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name_of(plan: Plan) -> str:
    """Return the name that the server is told to be called by."""
    if plan.host not in ("", "0.0.0.0", "::"):  # noqa: S104
        return plan.host
    return plan.hosts[0] if plan.hosts else "127.0.0.1"
