"""The functions that publish."""

from __future__ import annotations

import functools
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from artifolio.bodies import File, Image, Link, Markdown, Progress
from artifolio.errors import InvalidValueError
from artifolio.media import file_type, image_type
from artifolio.publisher import Publisher, check_text, describe, to_percent
from artifolio.tables import to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from artifolio.places import Place
    from artifolio.store import Store
_P = ParamSpec("_P")
_R = TypeVar("_R")

_publisher = Publisher()


def create_link_artifact(
    link: str,
    link_text: str | None = None,
    key: str | None = None,
    description: str | None = None,
    *,
    tags: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    created: datetime | None = None,
    store: Store | Path | str | None = None,
) -> UUID:
    """Publish a link.

    Args:
        link: The address. Pages make it clickable if it is http, https or mailto.
        link_text: The words that stand for it.
        key: Lowercase letters, digits and dashes; versions with the same key form one lineage.
            Left out, the version stands alone.
        description: Markdown, shown above the body.
        tags: Words to filter by.
        metadata: Names and values to keep beside the body.
        created: When the version was made, aware, to backfill history; now where left out.
        store: The folder of records, where it is not that of the working directory.

    Returns:
        The version's id.

    Raises:
        InvalidKeyError: If the key breaks the rules.
        InvalidValueError: If anything else cannot be stored.

    Example:
        >>> create_link_artifact("https://example.org/data.csv", "the data", key="irregular-data")
    """
    body = Link(
        _filled(link, "link"), None if link_text is None else check_text(link_text, "link_text")
    )
    options = (key, description, tags, metadata, created, store)
    return _publisher.publish(body, *options).header.id


def create_markdown_artifact(
    markdown: str | Path,
    key: str | None = None,
    description: str | None = None,
    *,
    folder: Path | str | None = None,
    tags: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    created: datetime | None = None,
    store: Store | Path | str | None = None,
) -> UUID:
    r"""Publish a report in GitHub-flavoured Markdown.

    Args:
        markdown: The text, or as a `pathlib.Path` the file that holds it, in UTF-8.
        key: As for `create_link_artifact`, like all that follow.
        description: Markdown, shown above the body.
        folder: Where relative images of the text lie, as ``![](plots/loss.png)``; they are
            published with it. That of the file where the text is one; else left out, none are.
            Those that are missing, no images or outside of the folder are named in a warning.
        tags: Words to filter by.
        metadata: Names and values to keep beside the body.
        created: When the version was made, aware.
        store: The folder of records.

    Returns:
        The version's id.

    Example:
        >>> create_markdown_artifact("# Sales\n\nUp by **4 %**.", key="sales-report")
    """
    if isinstance(markdown, Path):
        folder = markdown.parent if folder is None else folder
        markdown = _read_text(markdown, "markdown")
    text = check_text(markdown, "markdown")
    options = (key, description, tags, metadata, created, store)
    if folder is None:
        return _publisher.publish(Markdown(text), *options).header.id
    from artifolio.markdownimages import find_images  # only here: most texts have no folder

    found = find_images(text, Path(folder))
    if found.missing:
        warnings.warn(f"images were not attached: {', '.join(found.missing)}", stacklevel=2)
    body = Markdown(text, found.images)
    return _publisher.publish(body, *options, contents=found.contents).header.id


def create_table_artifact(
    table: object,
    key: str | None = None,
    description: str | None = None,
    *,
    row_key: str | Iterable[str] = (),
    trend: str | Iterable[str] = (),
    tags: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    created: datetime | None = None,
    store: Store | Path | str | None = None,
) -> UUID:
    """Publish a table.

    Args:
        table: Rows as a list of dicts, columns as a dict of equally long lists, or rows as a list
            of equally long lists. NaN, infinities and missing cells become null.
        key: As for `create_link_artifact`, like all that follow.
        description: Markdown, shown above the body.
        row_key: Name or names of the columns that tell one row from another. Changes from version
            to version are told by it; left out, the column is guessed.
        trend: Figures to follow from version to version: ``rows``, or a column with ``.sum``,
            ``.mean``, ``.min`` or ``.max``, as ``"AcresBurned.sum"``. Left out, some are guessed.
        tags: Words to filter by.
        metadata: Names and values to keep beside the body.
        created: When the version was made, aware.
        store: The folder of records.

    Returns:
        The version's id.

    Example:
        >>> create_table_artifact([{"name": "Ada", "score": 0.9}], key="scores")
    """
    body = to_table(table, row_key, trend)
    options = (key, description, tags, metadata, created, store)
    return _publisher.publish(body, *options).header.id


def create_progress_artifact(
    progress: float,
    key: str | None = None,
    description: str | None = None,
    *,
    tags: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    created: datetime | None = None,
    store: Store | Path | str | None = None,
) -> UUID:
    """Publish how far a job has come.

    Args:
        progress: Share done in percent, 0 to 100; what lies outside is clamped, with a warning.
        key: As for `create_link_artifact`, like all that follow.
        description: Markdown, shown above the body.
        tags: Words to filter by.
        metadata: Names and values to keep beside the body.
        created: When the version was made, aware.
        store: The folder of records.

    Returns:
        The version's id, to be passed to `update_progress_artifact`.

    Example:
        >>> job = create_progress_artifact(0, key="nightly-import")
    """
    body = Progress(to_percent(progress))
    options = (key, description, tags, metadata, created, store)
    return _publisher.publish(body, *options).header.id


def update_progress_artifact(
    artifact_id: UUID,
    progress: float,
    description: str | None = None,
    *,
    store: Store | Path | str | None = None,
) -> UUID:
    """Move a progress version; the one kind of version that changes.

    A few quick updates are written at once. Where more come, up to ten a second are written and
    the others are merged into the next; the last is on disk a fifth of a second later, also when
    the program ends meanwhile.

    Args:
        artifact_id: What `create_progress_artifact` returned.
        progress: Share done in percent, 0 to 100; what lies outside is clamped, with a warning.
        description: Replaces the description; it stays where left out.
        store: The folder of records.

    Returns:
        The same id.

    Raises:
        NotFoundError: If there is no such version.

    Example:
        >>> update_progress_artifact(job, 40)
    """
    percent = to_percent(progress)
    _publisher.update_progress(artifact_id, percent, description, store)
    return artifact_id


def create_image_artifact(
    image_url: str | None = None,
    key: str | None = None,
    description: str | None = None,
    *,
    image: object = None,
    alt: str | None = None,
    tags: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    created: datetime | None = None,
    store: Store | Path | str | None = None,
) -> UUID:
    """Publish an image, by address or with its content.

    Args:
        image_url: The image's address. It is kept, the image itself is not.
        key: As for `create_link_artifact`, like all that follow.
        description: Markdown, shown above the body.
        image: Instead of an address: a path, the bytes, or a figure that can be saved (of
            matplotlib, or an image of Pillow). PNG, JPEG, GIF, WebP, AVIF or SVG.
        alt: What the image shows, for those who cannot see it.
        tags: Words to filter by.
        metadata: Names and values to keep beside the body.
        created: When the version was made, aware.
        store: The folder of records.

    Returns:
        The version's id.

    Example:
        >>> create_image_artifact(image="plots/loss.png", key="loss", alt="The loss falls")
    """
    if (image_url is None) == (image is None):
        raise InvalidValueError("image", "pass an address as image_url, or the content as image=")
    if alt is not None:
        check_text(alt, "alt")
    options = (key, description, tags, metadata, created, store)
    if image is None:
        body = Image(url=_filled(image_url, "image_url"), alt=alt)
        return _publisher.publish(body, *options).header.id
    content = _image_bytes(image)
    found = image_type(content)
    if found is None:
        raise InvalidValueError("image", "it is none of PNG, JPEG, GIF, WebP, AVIF and SVG")
    media_type, ending = found
    body = Image(attachment=describe(content, media_type, ending), alt=alt)
    return _publisher.publish(body, *options, contents=[content]).header.id


def create_file_artifact(
    path: Path | str,
    key: str | None = None,
    description: str | None = None,
    *,
    tags: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    created: datetime | None = None,
    store: Store | Path | str | None = None,
) -> UUID:
    """Publish a copy of a file.

    Args:
        path: The file.
        key: As for `create_link_artifact`, like all that follow.
        description: Markdown, shown above the body.
        tags: Words to filter by.
        metadata: Names and values to keep beside the body.
        created: When the version was made, aware.
        store: The folder of records.

    Returns:
        The version's id.

    Example:
        >>> create_file_artifact("model.onnx", key="churn-model")
    """
    source = Path(path)
    content = _read(source, "path")
    media_type, ending = file_type(source.name)
    options = (key, description, tags, metadata, created, store)
    body = File(describe(content, media_type, ending), source.name)
    return _publisher.publish(body, *options, contents=[content]).header.id


def place_of(store: Store | Path | str | None) -> Place:
    """Return where versions are, with all there that this process has published.

    Args:
        store: None is the server that ``ARTIFOLIO_API_URL`` names, or where it names none, the
            folder of the working directory.
    """
    _publisher.flush()
    return _publisher.place(store)


def store_of(store: Store | Path | str | None) -> Store:
    """Return the folder of records that is meant, with all in it that this process has published.

    Args:
        store: None is the one of the working directory.
    """
    _publisher.flush()
    return _publisher.store(store)


async def in_thread(function: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Run a function that blocks in a thread, which sees the caller's run."""
    import asyncio  # only here: who publishes from plain functions need not wait for it

    return await asyncio.to_thread(function, *args, **kwargs)


def _async_twin(function: Callable[_P, _R]) -> Callable[_P, Coroutine[Any, Any, _R]]:
    @functools.wraps(function)
    async def twin(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return await in_thread(function, *args, **kwargs)

    twin.__name__ = twin.__qualname__ = f"a{function.__name__}"
    twin.__doc__ = f"Do as `{function.__name__}` does, without blocking the event loop."
    return twin


acreate_link_artifact = _async_twin(create_link_artifact)
acreate_markdown_artifact = _async_twin(create_markdown_artifact)
acreate_table_artifact = _async_twin(create_table_artifact)
acreate_progress_artifact = _async_twin(create_progress_artifact)
aupdate_progress_artifact = _async_twin(update_progress_artifact)
acreate_image_artifact = _async_twin(create_image_artifact)
acreate_file_artifact = _async_twin(create_file_artifact)


def _filled(value: object, where: str) -> str:
    text = check_text(value, where)
    if not text.strip():
        raise InvalidValueError(where, "it is empty")
    return text


def _read(path: Path, where: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidValueError(where, f"{path} cannot be read: {error.strerror}") from error


def _read_text(path: Path, where: str) -> str:
    try:
        return _read(path, where).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InvalidValueError(where, f"{path} is not UTF-8 text: {error}") from None


def _image_bytes(image: Any) -> bytes:
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(image)
    if isinstance(image, (str, Path)):
        return _read(Path(image), "image")
    buffer = io.BytesIO()
    if hasattr(image, "savefig"):  # a figure of matplotlib
        image.savefig(buffer, format="png", bbox_inches="tight")
    elif hasattr(image, "save"):  # an image of Pillow
        image.save(buffer, format="PNG")
    else:
        raise InvalidValueError(
            "image", f"a path, bytes or a figure is needed, not {type(image).__name__}"
        )
    return buffer.getvalue()
