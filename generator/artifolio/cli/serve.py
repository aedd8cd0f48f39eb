"""The command ``serve``."""

from __future__ import annotations

from pathlib import Path

import click

from artifolio.cli.build import jobs_of, jobs_option, say, summary


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes any that is free.",
)
@click.option("--poll", is_flag=True, help="Look every second; for network and container mounts.")
@jobs_option
def serve(host: str, port: int, poll: bool, jobs: int | None) -> None:
    """Show the site on this machine; it follows every change by itself.

    \b
    Example:
      artifolio serve --port 8080
    """
    from artifolio.website.engine.build import report_to
    from artifolio.website.engine.configfile import find_config
    from artifolio.website.engine.serve import serve as serve_site

    report_to(say)
    serve_site(
        find_config(Path.cwd()),
        host=host,
        port=port,
        poll=poll,
        jobs=jobs_of(jobs),
        report=say,
        on_built=lambda built, seconds: say(summary(built, seconds)),
    )
