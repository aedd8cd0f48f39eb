"""A process that publishes from many threads until it is killed: ``python writer.py MODE …``.

Each thread says what it did with one write to standard output, which is a pipe: what is in there
outlives the process. ``+<id>`` acknowledges a version, ``!<reason>`` tells of a failure.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import warnings
from typing import TYPE_CHECKING
from uuid import UUID

from artifolio import (
    create_file_artifact,
    create_image_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS = 8
KEYS = ("loss", "cities", "plot")
MOVES = 97


def main(mode: str, root: str, *ids: str) -> None:
    """Run until killed, or until nobody reads what is said."""
    step: Callable[[random.Random], str]
    if mode == "publish":

        def step(chance: random.Random) -> str:
            return f"+{publish(root, chance)}"
    else:

        def step(chance: random.Random) -> str:
            return f"+{move(root, chance.choice(ids), chance.randrange(MOVES))}"

    warnings.showwarning = say_warning
    threads = [threading.Thread(target=repeat, args=(step,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def repeat(step: Callable[[random.Random], str]) -> None:
    chance = random.Random(os.urandom(8))
    while True:
        try:
            say(step(chance))
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001 - the test says that none is expected
            say(f"!{type(error).__name__}: {error}")


def say(text: str) -> None:
    """Tell whoever reads: one line, in one piece, for it is shorter than PIPE_BUF."""
    line = text[:1000].replace("\n", " ")
    os.write(1, f"{line}\n".encode())


def say_warning(message: Warning | str, *_: object) -> None:
    """Tell of what went wrong in a thread that nobody waits for."""
    say(f"!{message}")


def publish(root: str, chance: random.Random) -> UUID:
    """Publish something of a random type under one of a few keys, or none."""
    key = chance.choice((*KEYS, None))
    size = chance.choice((1, 10, 200))
    kind = chance.randrange(4)
    if kind == 0:
        return create_markdown_artifact("It fell.\n" * size, key, store=root)
    if kind == 1:
        rows = [{"city": "Köln", "loss": chance.random()}] * size
        return create_table_artifact(rows, key, store=root)
    if kind == 2:
        image = b"\x89PNG\r\n\x1a\n" + chance.randbytes(size)
        return create_image_artifact(None, key, image=image, store=root)
    return create_file_artifact(__file__, key, store=root)


def start_progress(root: str) -> UUID:
    """Publish what `move` moves."""
    return create_progress_artifact(0, "import", tell(0), store=root)


def move(root: str, version_id: str, percent: int) -> UUID:
    """Move a progress version to where its description tells as well."""
    return update_progress_artifact(UUID(version_id), percent, tell(percent), store=root)


def tell(percent: int) -> str:
    """Return a description of a length that depends on the percent."""
    return f"at {percent}" + " and on" * percent * 3


if __name__ == "__main__":
    main(*sys.argv[1:])
