"""Gives a body its id, time, run and commit, and hands it to the store."""

from __future__ import annotations

import hashlib
import math
import os
import threading
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.bodies import Attachment, Body, File, Image
from artifolio.context import GitContext, outer_run
from artifolio.errors import InvalidValueError
from artifolio.keys import IdMaker, check_key, now, stem_for, to_milliseconds
from artifolio.location import URL_VARIABLE, locate_artifacts
from artifolio.origins import NO_CODE
from artifolio.places import Folder
from artifolio.records import Record, new_header
from artifolio.runs import current_run
from artifolio.store import Store
from artifolio.updates import Update, Updates
from artifolio.values import to_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from artifolio.addresses import Address
    from artifolio.origins import Code, Run
    from artifolio.places import Place
    from artifolio.remote import Remote

_MANY = 1000
"""Progress versions that may be moving at once before idle ones are forgotten."""


class Publisher:
    """Publishes versions.

    Args:
        clock: Gives the present moment, aware.
        make_id: Gives a new id, greater than all it gave before.
        environ: The process's environment.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = now,
        make_id: Callable[[], UUID] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._clock = clock
        self._make_id = make_id or IdMaker()
        self._environ = environ
        self._git = GitContext(environ)
        self._latest: dict[tuple[str, str], datetime] = {}
        self._stores: dict[Path, Store] = {}
        self._remotes: dict[Address, Remote] = {}
        self._start()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._start)

    def _start(self) -> None:
        # A child of a fork leaves to its parent what the parent was about to write.
        self._lock = threading.Lock()
        self._updates: dict[tuple[str, UUID], Updates] = {}

    def place(self, store: Store | Path | str | None = None) -> Place:
        """Return where versions are published.

        Args:
            store: None is the server that ``ARTIFOLIO_API_URL`` names, or where it names none,
                the folder of the working directory.

        Raises:
            InvalidValueError: If the environment names no server.
        """
        if store is None and self._environ.get(URL_VARIABLE, "").strip():
            return self._remote()
        return Folder(self.store(store))

    def store(self, store: Store | Path | str | None = None) -> Store:
        """Return the folder of records that is meant; None is that of the working directory."""
        if isinstance(store, Store):
            return store
        root = Path(store or locate_artifacts(Path.cwd(), self._environ)).absolute()
        return self._stores.setdefault(root, Store(root))

    def publish(
        self,
        body: Body,
        key: str | None,
        description: str | None,
        tags: Iterable[str],
        metadata: Mapping[str, object] | None,
        created: datetime | None,
        store: Store | Path | str | None,
        *,
        contents: Sequence[bytes] = (),
    ) -> Record:
        """Publish a version.

        Args:
            body: What to publish; its attachment, if it has one, as `describe` returned it.
            key: As in `artifolio.sdk`, like all that follow.
            description: Markdown.
            tags: Words to filter by.
            metadata: Names and values to keep beside the body.
            created: When the version was made, aware.
            store: The folder of records.
            contents: The bytes of each of its attachments.
        """
        target = self.place(store)
        if key is not None:
            check_key(key)
        if description is not None:
            check_text(description, "description")
        version_id, moment = self._begin(target.name, key, created)
        body = _name_attachment(body, stem_for(moment, version_id))
        header = new_header(
            body,
            id=version_id,
            key=key,
            created=moment,
            description=description or None,
            tags=_tags(tags),
            metadata=to_mapping(metadata or {}, "metadata"),
            run=self._run(),
            code=self._code(target.root),
        )
        record = Record(header, body)
        target.add(record, contents)
        return record

    def update_progress(
        self,
        version_id: UUID,
        percent: float,
        description: str | None,
        store: Store | Path | str | None,
    ) -> None:
        """Move a progress version, and replace its description where one is given.

        Updates that come fast are merged, see `artifolio.updates`; all calls for one version
        are written in their order.
        """
        target = self.place(store)
        if description is not None:
            check_text(description, "description")
        moment = to_milliseconds(self._clock())
        place = (target.name, version_id)
        with self._lock:
            updates = self._updates.get(place)
        if updates is None:
            write = target.mover(version_id)
            with self._lock:
                if len(self._updates) >= _MANY:
                    self._updates = {p: u for p, u in self._updates.items() if not u.is_idle}
                updates = self._updates.setdefault(place, Updates(write))
        updates.add(Update(percent, moment, description))

    def flush(self) -> None:
        """Write what updates are still to be written."""
        with self._lock:
            waiting = list(self._updates.values())
        for updates in waiting:
            updates.flush()

    def _remote(self) -> Place:
        # Only here: 30 ms that who publishes into a folder need not wait for.
        from artifolio.addresses import read_address
        from artifolio.messenger import Messenger
        from artifolio.remote import Remote

        address = read_address(self._environ)
        if address not in self._remotes:
            self._remotes[address] = Remote(Messenger(address))
        return self._remotes[address]

    def _code(self, root: Path | None) -> Code:
        folder = _working_directory() or root
        return NO_CODE if folder is None else self._git.code(folder, root)

    def _run(self) -> Run:
        run = current_run()
        if run is not None and run.flow_run is not None:
            return run
        # A task outside of a flow is still part of the orchestrator's or the CI job's run.
        outer = outer_run(self._environ)
        return replace(outer, task=run.task, task_run=run.task_run) if run else outer

    def _begin(
        self, place: str, key: str | None, created: datetime | None
    ) -> tuple[UUID, datetime]:
        """Return id and time together, so that later ones are later in both."""
        with self._lock:
            version_id = self._make_id()
            if created is not None:
                moment = to_milliseconds(created)
            else:
                moment = to_milliseconds(self._clock())
            if key is not None:
                latest = self._latest.get((place, key), moment)
                if created is None:
                    moment = max(moment, latest)
                self._latest[place, key] = max(moment, latest)
            return version_id, moment


def _working_directory() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # somebody deleted it
        return None


def check_text(value: object, where: str) -> str:
    """Return the value if it is text.

    Raises:
        InvalidValueError: If it is not.
    """
    if not isinstance(value, str):
        raise InvalidValueError(where, f"text is needed, not {type(value).__name__}")
    return value


def to_percent(progress: object) -> float:
    """Return a progress as 0 to 100; what lies outside is clamped, with a warning.

    Raises:
        InvalidValueError: If it is not a number.
    """
    try:
        if isinstance(progress, (str, bytes, bool)):
            raise TypeError
        percent = float(progress)  # type: ignore[arg-type]  # whatever has __float__
    except (TypeError, ValueError):
        raise InvalidValueError(
            "progress", f"a number from 0 to 100 is needed, not {progress!r:.60}"
        ) from None
    except OverflowError:
        percent = math.inf if progress > 0 else -math.inf  # type: ignore[operator]  # an integer
    if math.isnan(percent):
        raise InvalidValueError("progress", "a number from 0 to 100 is needed, not NaN")
    if not 0 <= percent <= 100:
        clamped = min(max(percent, 0.0), 100.0)
        message = f"progress {percent} is outside 0 to 100 and was stored as {clamped}"
        warnings.warn(message, stacklevel=3)
        return clamped
    return percent + 0.0  # -0.0 becomes 0.0


def describe(content: bytes, media_type: str, ending: str) -> Attachment:
    """Describe a file that is about to be published; only its ending is in its name yet."""
    return Attachment(
        name=ending,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _name_attachment(body: Body, stem: str) -> Body:
    if isinstance(body, (Image, File)) and body.attachment is not None:
        named = replace(body.attachment, name=f"{stem}.{body.attachment.name}")
        return replace(body, attachment=named)
    return body


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    if isinstance(tags, str):
        raise InvalidValueError("tags", f"a list is needed, as in tags=[{tags!r}]")
    return tuple(dict.fromkeys(check_text(tag, "tags") for tag in tags))
