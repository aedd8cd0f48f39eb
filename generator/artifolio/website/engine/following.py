"""A site that is shown while it is built again and again, whoever shows it."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from artifolio.errors import ProjectError
from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.rebuild import Rebuilder, keep_building

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from artifolio.website.engine.build import Built

NOTICE = (
    "position: fixed; inset: auto 0 0; z-index: 9; margin: 0; padding: .8rem 1rem; "
    "background: #b00020; color: #fff; font: .8rem/1.4 sans-serif"
)
"""How a page says that the site could not be built anew."""


class Front(Protocol):
    """Shows a site to browsers."""

    url: str
    """Where, once it was started."""
    notes: tuple[str, ...]
    """What there is to say of it besides."""

    def start(self) -> None:
        """Begin to listen.

        Raises:
            ProjectError: If the port is taken or may not be used.
        """

    def show(
        self, site_dir: Path, failure: str = "", changed: Collection[str] | None = None
    ) -> None:
        """Show what is in a folder from now on, and tell the browsers.

        Args:
            site_dir: The folder, in which every file is whole at any time.
            failure: What to say on each page, where the site could not be built anew.
            changed: The files that are not as they were; None if that is not known.
        """

    def stop(self) -> None:
        """Stop answering, if it was started."""


def follow(
    config_file: Path,
    front: Front,
    *,
    poll: bool,
    jobs: int,
    report: Callable[[str], None],
    on_built: Callable[[Built, float], None],
) -> None:
    """Build a project's site, and again after every change, and show it until interrupted.

    Args:
        config_file: The project's ``mkdocs.yml``.
        front: What shows it.
        poll: Look for changes every second instead of asking the system.
        jobs: In how many processes to make pages.
        report: Called with one line about what happens.
        on_built: Called after each build with what it did and the seconds it took.

    Raises:
        ArtifolioError: If the first build fails or the port cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="artifolio-", ignore_cleanup_errors=True) as base:
        try:
            front.start()
            site_dir = Path(base)
            rebuilder = Rebuilder(config_file, front.url, site_dir, jobs=jobs)

            def rebuild(changed: Iterable[str] | None) -> None:
                started = time.monotonic()
                built = rebuilder.build(changed)
                done = built.updated
                front.show(site_dir, changed=[*done.written, *done.removed] if done else None)
                on_built(built, time.monotonic() - started)

            def tell(line: str) -> None:
                front.show(site_dir, line, ())
                report(line)

            with rebuilder.watcher(poll=poll) as watcher:
                rebuild(None)
                report(f"Serving on {front.url}, ^C stops")
                for note in front.notes:
                    report(note)
                keep_building(watcher, rebuild, tell)
        finally:
            front.stop()


def path_of(config_file: Path) -> str:
    """Return the path that a project's site is shown below, with a slash at both ends."""
    path = urlsplit(load_configuration(config_file).site_url or "/").path or "/"
    return path if path.endswith("/") else f"{path}/"


def bracketed(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def refusal(host: str, port: int, error: OSError) -> ProjectError:
    """Return what is told where nobody can listen there."""
    place = f"{bracketed(host)}:{port}"
    # Python's own says twice where it was; that of a name has no number of the system's.
    number = error.errno or 0
    reason = os.strerror(number) if number > 0 else error.strerror
    return ProjectError(f"cannot listen on {place}: {reason}; choose another with --port")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        ProjectError: If the port is taken or may not be used.
    """
    try:
        family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise refusal(host, port, error) from None
    # asyncio does so only for sockets that name TCP, which these do not. Without it, an answer in
    # two parts waits 40 ms for the other side to have said that it got the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
