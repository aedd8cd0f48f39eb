"""The command ``serve``."""

from __future__ import annotations

import importlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artifolio.cli.build import jobs_of, jobs_option, say, summary
from artifolio.errors import ProjectError

if TYPE_CHECKING:
    from artifolio.website.engine.build import Built

TOKEN = "ARTIFOLIO_TOKEN"  # noqa: S105 - the name of a variable
_SHORT_TOKEN = 16
_PARTS = ("starlette", "uvicorn")
_WAY_OUT = "pip install 'artifolio[serve]'"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes any that is free.",
)
@click.option(
    "--allow-host",
    "hosts",
    metavar="NAME",
    multiple=True,
    help="One more name that the server is called by; for each, once more.",
)
@click.option(
    "--write",
    is_flag=True,
    help="Let those who show the token publish, edit and delete; it is that of ARTIFOLIO_TOKEN, "
    "or made and shown.",
)
@click.option("--poll", is_flag=True, help="Look every second; for network and container mounts.")
@jobs_option
def serve(
    host: str, port: int, hosts: tuple[str, ...], write: bool, poll: bool, jobs: int | None
) -> None:
    """Show the site, which follows every change by itself, and answer Prefect's API.

    Only this machine reaches it, and nobody changes anything, unless you say so.

    \b
    Example:
      artifolio serve --port 8080
      artifolio serve --write
      artifolio serve --host 0.0.0.0 --allow-host artifacts.example.org
    """
    from artifolio.website.engine.build import report_to
    from artifolio.website.engine.configfile import find_config

    report_to(say)
    config_file = find_config(Path.cwd())
    missing = [name for name in _PARTS if not _is_there(name)]
    if missing:
        if write or hosts:
            option = "--write" if write else "--allow-host"
            raise ProjectError(f"{option} needs {' and '.join(missing)}: {_WAY_OUT}")
        say(f"No API, and pages reload as a whole, without {' and '.join(missing)}: {_WAY_OUT}")
        from artifolio.website.engine.serve import serve as serve_plainly

        serve_plainly(
            config_file,
            host=host,
            port=port,
            poll=poll,
            jobs=jobs_of(jobs),
            report=say,
            on_built=_on_built,
        )
        return
    from artifolio.server.serving import Plan
    from artifolio.server.serving import serve as serve_site

    token, is_made = _token() if write else (None, False)
    plan = Plan(host, port, hosts, token, lambda url: _notes(url, host, token, is_made=is_made))
    serve_site(config_file, plan, poll=poll, jobs=jobs_of(jobs), report=say, on_built=_on_built)


def _token() -> tuple[str, bool]:
    """Return the token that has to be shown to write, and whether it was made just now."""
    token = os.environ.get(TOKEN, "")
    if not token:
        return secrets.token_urlsafe(24), True
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ProjectError(f"{TOKEN} holds more than letters, digits and signs; set another")
    return token, False


def _notes(url: str, host: str, token: str | None, *, is_made: bool) -> tuple[str, ...]:
    """Return what is said of a server, by its address."""
    from artifolio.server.serving import is_local

    notes = [f"API at {url}/api, which is PREFECT_API_URL; all of it: {url}/api/docs"]
    if token is None:
        notes.append("Read-only; --write lets pages and clients publish, edit and delete")
    elif is_made:
        notes.append(f"Writing needs this token: {token}")
    else:
        notes.append(f"Writing needs the token of {TOKEN}")
        if len(token) < _SHORT_TOKEN:
            notes.append("Warning: that token is short enough to be guessed; set a longer one")
    if not is_local(host):
        notes.append("Others can read all of it, by its address and the names of --allow-host")
        if token is not None:
            notes.append("Warning: without TLS in front of it, they can read the token as well")
    return tuple(notes)


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _on_built(built: Built, seconds: float) -> None:
    say(summary(built, seconds))
