"""The command that puts the site, or one version, into a file."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from artifolio.cli import output, words
from artifolio.cli.build import jobs_of, jobs_option, say, summary
from artifolio.cli.lookup import (
    complete_key,
    find,
    load_catalog_naming,
    open_store,
    unread_told,
    version_named,
)
from artifolio.cli.newfile import new_file, refuse_existing

if TYPE_CHECKING:
    from artifolio.catalog import Version

_STDOUT = Path("-")
_file = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("key", required=False, shell_complete=complete_key)
@click.option(
    "--zip",
    "archive",
    metavar="[FILE]",
    type=_file,
    is_flag=False,
    flag_value="",
    help="Pack the whole site; the file is named after it unless you name one.",
)
@click.option("--html", "is_page", is_flag=True, help="Write one version as a page of its own.")
@click.option(
    "--version",
    "name",
    metavar="VERSION",
    help="Which version of KEY: its number, its name, or its id; the latest if not given.",
)
@click.option("-o", "--output", "target", metavar="FILE", type=_file, help="Where to write it.")
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@jobs_option
@click.pass_context
def export(
    context: click.Context,
    key: str | None,
    archive: Path | None,
    is_page: bool,
    name: str | None,
    target: Path | None,
    force: bool,
    jobs: int | None,
) -> None:
    """Put the site, or one version, into a file to be opened without a server.

    With --zip, the whole site: unpack it and open index.html. With KEY or an id, and --html, one
    version as a single page that holds all of it, to be sent by mail. A FILE of - is standard
    output.

    \b
    Example:
      artifolio export --zip
      artifolio export daily-report --html
      artifolio export daily-report --version 3 --html -o report.html
    """
    if (archive is not None) == is_page:
        raise click.UsageError("say either --zip, or KEY and --html")
    if archive is not None:
        if key is not None or name is not None:
            raise click.UsageError("--zip packs the whole site; for one version say --html")
        if target is not None and archive.name:
            raise click.UsageError("the file is named twice, by --zip and by --output")
        _export_site(target or (archive if archive.name else None), force, jobs_of(jobs))
    elif key is None:
        raise click.UsageError("--html needs a KEY")
    else:
        _export_version(context, key, name, target, force)


def _export_site(target: Path | None, force: bool, jobs: int) -> None:
    from artifolio.website.engine.build import load_configuration, report_to
    from artifolio.website.engine.configfile import find_config
    from artifolio.website.engine.export import exported
    from artifolio.website.engine.pool import pool_of

    if target == _STDOUT and output.is_terminal():
        raise click.UsageError("a zip file is nothing for a terminal; redirect it, or name a file")
    if target and target != _STDOUT and not force:
        refuse_existing(target)  # before the long work
    report_to(say)
    started = time.monotonic()
    with exported(load_configuration(find_config(Path.cwd())), pool_of(jobs)) as site:
        say(summary(site.built, time.monotonic() - started))
        if target == _STDOUT:
            # A pipe cannot be gone back in, and the bytes would be others.
            with tempfile.TemporaryFile() as file:
                count = site.pack(cast("BinaryIO", file))
                size = file.tell()
                file.seek(0)
                shutil.copyfileobj(file, sys.stdout.buffer)
        else:
            target = target or Path(f"{site.name}.zip")
            with new_file(target, force=force) as file:
                count = site.pack(file)
                size = file.tell()
    say(f"Packed {words.counted(count, 'file')}, {words.size(size)}")
    _tell(target)


def _export_version(
    context: click.Context, key: str, name: str | None, target: Path | None, force: bool
) -> None:
    from artifolio.cli.settings import git_hosts_of_project
    from artifolio.website.hosts import Hosts
    from artifolio.website.standalone import standalone_page

    store = open_store()
    catalog = load_catalog_naming(store, key)
    with unread_told(context, catalog, key):
        lineage, version = find(catalog, key)
        if version and name is not None:
            raise click.UsageError("--version goes with a KEY; an ID is one version already")
        version = version or version_named(lineage, name or "-1")
        if target != _STDOUT:
            target = target or Path(_file_name(version))
            if not force:
                refuse_existing(target)
        hosts = Hosts(git_hosts_of_project() if version.header.code.remote else {})
        page = standalone_page(store, lineage, version, hosts)
        if target == _STDOUT:
            output.write_text(page)
        else:
            with new_file(target, force=force) as file:
                file.write(page.encode())
            _tell(target)


def _file_name(version: Version) -> str:
    header = version.header
    if header.key is None:
        return f"{header.type}-{header.id.hex[-12:]}.html"
    return f"{header.key}-v{version.number}.html"


def _tell(target: Path) -> None:
    if target != _STDOUT:
        output.write_text(f"{words.clean(str(target))}\n")
