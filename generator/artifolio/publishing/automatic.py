"""Publishes when a run ends: ``with artifolio.publishing():`` and ``ARTIFOLIO_AUTO_COMMIT``."""

from __future__ import annotations

import contextlib
import os
import warnings
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

from artifolio.errors import ArtifolioError, InvalidValueError, ProjectError, shown
from artifolio.location import URL_VARIABLE
from artifolio.publishing.publish import SECONDS, Options, check, publish
from artifolio.sdk import store_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from artifolio.store import Store

VARIABLE = "ARTIFOLIO_AUTO_COMMIT"
BRANCH_VARIABLE = "ARTIFOLIO_BRANCH"
REMOTE_VARIABLE = "ARTIFOLIO_REMOTE"
_WHEN = "run"

_is_inside: ContextVar[bool] = ContextVar("artifolio_publishing", default=False)


def publishing(
    message: str | None = None,
    *,
    branch: str | None = None,
    remote: str | None = None,
    push: bool = True,
    timeout: float = SECONDS,
    store: Store | Path | str | None = None,
) -> AbstractContextManager[None]:
    """Commit the records and push them, once, when the ``with`` block ends.

    Blocks may contain one another, and flows; the outermost publishes. It does so as well if the
    block fails, and the block's own error goes on; that nothing was published is then a warning.
    If only publishing fails, that is raised. After an interrupt (^C) records are committed, not
    pushed. See ``artifolio publish`` for what is committed and how it is pushed.

    Args:
        message: Of the commit; made from keys and counts where left out.
        branch: ``ARTIFOLIO_BRANCH`` where left out, else the one that is checked out.
        remote: ``ARTIFOLIO_REMOTE`` where left out, else the one of the branch.
        push: Whether to push what is committed.
        timeout: How many seconds to try to push.
        store: The folder of records, where it is not that of the working directory.

    Raises:
        ProjectError: If the records lie in no git repository, or go to the server that
            ``ARTIFOLIO_API_URL`` names.
        PublishError: If the records were committed, but cannot be pushed.
        ArtifolioError: If they cannot be committed.

    Example:
        >>> with artifolio.publishing():
        ...     create_markdown_artifact("# Sales", key="sales-report")
    """
    options = Options(
        message,
        branch or os.environ.get(BRANCH_VARIABLE) or None,
        remote or os.environ.get(REMOTE_VARIABLE) or None,
        push,
        seconds=timeout,
    )
    return _publishing(options, store)


def around_flow(environ: Mapping[str, str] = os.environ) -> AbstractContextManager[None]:
    """Return what an outermost flow runs in, as ``ARTIFOLIO_AUTO_COMMIT`` says.

    Raises:
        InvalidValueError: If it says something else than ``run``.
    """
    when = environ.get(VARIABLE)
    if not when:
        return contextlib.nullcontext()
    if when != _WHEN:
        raise InvalidValueError(VARIABLE, f"{shown(when)} is not known; set it to '{_WHEN}'")
    return publishing()


@contextlib.contextmanager
def _publishing(options: Options, store: Store | Path | str | None) -> Iterator[None]:
    if _is_inside.get():
        yield
        return
    # At once: it would be a pity to hear of it when the work is done.
    if store is None and os.environ.get(URL_VARIABLE, "").strip():
        raise ProjectError(
            f"with {URL_VARIABLE} versions go to a server, and nothing is here to commit; leave "
            f"publishing() and {VARIABLE} out, or pass store="
        )
    target = store_of(store)
    check(target, options)
    token = _is_inside.set(True)
    try:
        yield
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            options = replace(options, push=False)
        _publish_after(error, target, options)
        raise
    else:
        _publish(target, options)
    finally:
        _is_inside.reset(token)


def _publish(store: Store, options: Options) -> None:
    if not store_of(store).root.is_dir():
        return  # nothing was ever published
    left_out = publish(store, options).selection.left_out
    if left_out:
        more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        _warn(f"not committed: {left_out[0]}{more}; see 'artifolio check'")


def _publish_after(error: BaseException, store: Store, options: Options) -> None:
    """Publish, and let nothing that goes wrong hide the error that came before."""
    try:
        _publish(store, options)
    except (ArtifolioError, OSError) as failure:
        # Made an error by a filter, a warning would hide it, too.
        with contextlib.suppress(Warning):
            _warn(f"after {type(error).__name__}, artifacts were not published: {failure}")


def _warn(text: str) -> None:
    # Past here, the two functions above and contextlib: where the block of the user's ends.
    warnings.warn(text, RuntimeWarning, stacklevel=5)
