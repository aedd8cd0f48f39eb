"""What readers make of a store, whatever was done to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from click.testing import CliRunner

from artifolio.catalog import build_catalog
from artifolio.cli.main import cli
from artifolio.errors import RecordError
from artifolio.store import Store
from artifolio.temporaries import TEMPORARY_PREFIX
from faults.memory import folder_in_memory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from artifolio.bodies import Body
    from artifolio.entries import Entry


@dataclass(frozen=True)
class Sight:
    """All that readers see of a store."""

    whole: Mapping[UUID, Body]
    """What can be read in full and is what was published, with what is attached to it."""
    listed: frozenset[UUID]
    """What stands in the catalog or is listed by ``artifolio ls``."""
    problems: tuple[str, ...]
    """What the catalog or ``artifolio ls`` complain about."""
    leftovers: tuple[str, ...]
    """The temporary files that lie around."""

    def has_gained(self, version_id: UUID | None, earlier: Sight) -> bool:
        """Tell whether a version is whole, and new or not as it was."""
        assert version_id is not None
        return self.whole.get(version_id) not in (None, earlier.whole.get(version_id))


def look(root: Path) -> Sight:
    """Read a store as the command line and the site do."""
    store = Store(root)
    catalog = build_catalog(store.scan(folder) for folder in store.folders())
    with folder_in_memory() as home:
        environment = {"ARTIFOLIO_DIR": str(root), "HOME": home, "XDG_CACHE_HOME": home}
        result = CliRunner().invoke(cli, ["ls", "--all", "-o", "json"], env=environment)
    assert result.exit_code == 0, result.output
    entries = [version.entry for version in catalog.versions()]
    bodies = {entry.header.id: _read(store, entry) for entry in entries}
    return Sight(
        {version_id: body for version_id, body in bodies.items() if body is not None},
        frozenset(bodies) | {UUID(fields["id"]) for fields in json.loads(result.stdout)},
        (
            *(f"{problem.path}: {problem.reason}" for problem in catalog.problems),
            *(line for line in result.stderr.splitlines() if "problem" in line),
        ),
        tuple(sorted(path.name for path in root.rglob(f"{TEMPORARY_PREFIX}*"))),
    )


def _read(store: Store, entry: Entry) -> Body | None:
    try:
        record = store.read(entry.path)
        for attachment in record.attachments:
            content = store.read_attachment(entry, attachment.name)
            if hashlib.sha256(content).hexdigest() != attachment.sha256:
                return None
    except RecordError:
        return None
    return record.body if record.intact else None
