"""The way from a folder to a public site.

The package can be called, as in ``with artifolio.publishing():``; see
`artifolio.publishing.automatic.publishing`.
"""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


class _Package(types.ModuleType):
    """A package that is named like the one function of it that users call."""

    @property
    def __wrapped__(self) -> Callable[..., AbstractContextManager[None]]:
        """What is called, for `inspect.signature` and documentation."""
        # Only here: a command that makes a folder ready needs none of it.
        from artifolio.publishing.automatic import publishing

        return publishing

    def __call__(self, *args: Any, **kwargs: Any) -> AbstractContextManager[None]:
        return self.__wrapped__(*args, **kwargs)


sys.modules[__name__].__class__ = _Package
