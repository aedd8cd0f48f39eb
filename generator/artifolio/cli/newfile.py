"""A file that a command writes where it was told to."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, BinaryIO

from artifolio.errors import OutputExistsError
from artifolio.renames import rename_without_clobber
from artifolio.temporaries import temporary_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def refuse_existing(path: Path) -> None:
    """Raise an error if something is there.

    Raises:
        OutputExistsError: As it says.
    """
    if os.path.lexists(path):
        raise OutputExistsError(path)


@contextlib.contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give a file to write; it gets its name once it is whole.

    Args:
        path: Its name.
        force: Whether it takes the place of a file that has the name.

    Raises:
        OutputExistsError: If something is there, unless forced.
        OSError: If the system refuses; what was there stays.
    """
    temporary = path.with_name(temporary_name())
    try:
        try:
            file = temporary.open("xb")
        except OSError as error:
            error.filename = str(path)  # the name that was given
            raise
        with file:
            yield file
        if force:
            temporary.replace(path)
        else:
            rename_without_clobber(temporary, path)
    except FileExistsError:
        raise OutputExistsError(path) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
