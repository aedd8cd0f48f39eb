"""The command that prints a shell's completion script."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options and keys.

    \b
    Example:
      eval "$(artifolio completion bash)"    # in ~/.bashrc
      eval "$(artifolio completion zsh)"     # in ~/.zshrc
      artifolio completion fish | source     # in ~/.config/fish/config.fish
    """
    shell_complete = get_completion_class(shell)
    if shell_complete is None:
        raise click.UsageError(f"this click cannot complete in {shell}")
    group = context.find_root().command
    click.echo(shell_complete(group, {}, "artifolio", "_ARTIFOLIO_COMPLETE").source())
