"""Where the command line starts: finds the command, and turns failures into exit codes."""

from __future__ import annotations

import gc
import importlib
import io
import os
import signal
import sys
import threading
from typing import Any, cast

import click

from artifolio.errors import ArtifolioError, NotFoundError, printable

NOT_FOUND = 3
INTERRUPTED = 130
TERMINATED = 143
_COLLECTED_OBJECTS = 100_000

# In the order in which they are met. The modules are imported once their command is asked for.
_COMMANDS = {
    "init": "artifolio.cli.init:init",
    "ls": "artifolio.cli.ls:ls",
    "inspect": "artifolio.cli.inspect:inspect",
    "diff": "artifolio.cli.diff:diff",
    "trend": "artifolio.cli.trend:trend",
    "report": "artifolio.cli.report:report",
    "delete": "artifolio.cli.delete:delete",
    "pin": "artifolio.cli.pin:pin",
    "unpin": "artifolio.cli.pin:unpin",
    "log": "artifolio.cli.log:log",
    "restore": "artifolio.cli.restore:restore",
    "check": "artifolio.cli.check:check",
    "gc": "artifolio.cli.gc:gc",
    "publish": "artifolio.cli.publish:publish",
    "build": "artifolio.cli.build:build",
    "export": "artifolio.cli.export:export",
    "deploy": "artifolio.cli.deploy:deploy",
    "watch": "artifolio.cli.watch:watch",
    "serve": "artifolio.cli.serve:serve",
    "completion": "artifolio.cli.completion:completion",
}


class Failure(click.ClickException):
    """An expected failure, as the command line tells it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(printable(_message(error)))


class NotFound(Failure):
    """Nothing goes by the name that was given."""

    exit_code = NOT_FOUND


class LazyGroup(click.Group):
    """Imports a command when it is asked for: ``ls`` does not wait for MkDocs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names."""
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        return cast("click.Command", getattr(importlib.import_module(module), name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. What is not expected is a bug, and shows its traceback."""
        try:
            return super().invoke(ctx)
        except NotFoundError as error:
            raise NotFound(error) from error
        except ArtifolioError as error:
            raise Failure(error) from error
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nInterrupted.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        except OSError as error:
            # A full disk, a folder without permission. A closed pipe is click's business.
            if error.filename is None:
                raise
            raise Failure(error) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="artifolio", message="artifolio %(version)s")
@click.option(
    "-C",
    "--directory",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="Run as if started in DIR.",
)
@click.pass_context
def cli(context: click.Context, directory: str | None) -> None:
    """Keep the artifacts of data workflows in git, and show them as a website.

    \b
    Example:
      artifolio init
      artifolio ls
      artifolio -C ~/work/churn serve
    """
    if os.environ.get("NO_COLOR"):
        context.color = False
    if directory is not None:
        os.chdir(directory)


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that has no such character shows its number instead of a traceback.
            stream.reconfigure(errors="backslashreplace")
    # What stops a container; as an exception, so that everybody tidies up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    sys.unraisablehook = _do_not_lose
    # Records by the ten thousand are kept to the end; to walk them again and again, as the default
    # of 700 does, takes a tenth of a build's time.
    gc.set_threshold(_COLLECTED_OBJECTS)
    try:
        # Given the arguments, click leaves them alone; on Windows it would expand ls PATTERN.
        cli.main(sys.argv[1:], prog_name="artifolio")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        # The end of the process frees them faster than Python's own last collection.
        gc.freeze()


def _do_not_lose(lost: sys.UnraisableHookArgs) -> None:
    """Repeat what a signal raised while Python tidied up something, where errors end nowhere."""
    if not issubclass(lost.exc_type, (KeyboardInterrupt, SystemExit)):
        sys.__unraisablehook__(lost)
        return
    number = signal.SIGINT if issubclass(lost.exc_type, KeyboardInterrupt) else signal.SIGTERM
    # Later, for by then it has tidied up.
    timer = threading.Timer(0.1, os.kill, (os.getpid(), number))
    timer.daemon = True
    timer.start()


def _message(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return str(error)
