"""Nothing is torn where a disk has no more blocks or no more inodes."""

from __future__ import annotations

import base64
import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

import artifolio
from artifolio.bodies import Progress
from faults.disk import lay_out
from faults.fill import Round
from faults.readers import Sight, look

PROGRAM = Path(__file__).with_name("fill.py")
# Ways to be allowed to mount: as anybody, as root in a container, as who may become root.
WAYS = (
    ("unshare", "--user", "--map-root-user", "--mount"),
    ("unshare", "--mount"),
    ("sudo", "--non-interactive", "unshare", "--mount"),
)
SIZES = {"blocks": "size=512k,nr_inodes=1000", "inodes": "size=16m,nr_inodes=100"}
SECONDS = 120
# What is there of a version before it is published, or of progress before it is moved.
NOTHING_YET = (None, Progress(10.0))


@dataclass(frozen=True)
class Attempt:
    """One round, and what readers saw when the disk was full and later."""

    round: Round
    full: Sight
    later: Sight


@pytest.fixture(scope="session")
def mounting(tmp_path_factory) -> tuple[str, ...]:
    """The start of a command whose rest may mount, unseen by anybody else."""
    folder = str(tmp_path_factory.mktemp("mounted"))
    refusals = []
    for way in WAYS:
        try:
            subprocess.run(
                [*way, "mount", "-t", "tmpfs", "tmpfs", folder],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            refusals.append(error.stderr.strip())
        except OSError as error:
            refusals.append(str(error))
        else:
            return way
    pytest.fail(f"a small disk is needed, and nobody may mount one here: {refusals}")


def try_it(mounting: tuple[str, ...], scarce: str, kind: str, folder: Path) -> Iterator[Attempt]:
    disk = folder / "disk"
    disk.mkdir()
    mount = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"'
    done = subprocess.run(
        [
            *(*mounting, "sh", "-c", mount, "sh", SIZES[scarce], str(disk)),
            *("env", f"PYTHONPATH={Path(artifolio.__file__).parents[1]}", f"HOME={disk}"),
            *(sys.executable, "-W", "error", str(PROGRAM), str(disk), scarce, kind),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    for number, line in enumerate(done.stdout.splitlines()):
        found = Round(**json.loads(line))
        yield Attempt(
            found,
            look(laid_out(found.files, folder / f"{number}-full")),
            look(laid_out(found.later_files, folder / f"{number}-later")),
        )


def laid_out(files: dict[str, str], root: Path) -> Path:
    lay_out({path: base64.b64decode(content) for path, content in files.items()}, root)
    return root


@pytest.fixture(
    scope="module",
    params=[
        (scarce, kind) for scarce in ("blocks", "inodes") for kind in ("markdown", "file", "update")
    ],
    ids="-".join,
)
def attempts(request, mounting, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    return list(try_it(mounting, *request.param, folder))


def test_a_disk_is_full_for_a_while_and_then_it_is_not(attempts):
    failures = [attempt.round.failure for attempt in attempts]
    assert any(failures)
    assert [] in failures


def test_a_full_disk_is_told_as_the_system_tells_it(attempts):
    failures = {tuple(a.round.failure[:2]) for a in attempts if a.round.failure}
    assert failures == {("OSError", str(errno.ENOSPC))}


def test_what_was_acknowledged_before_a_disk_was_full_is_whole(attempts):
    found = [a.full.whole.get(UUID(done)) for a in attempts for done in a.round.done]
    assert [body for body in found if body in NOTHING_YET] == []
    assert max(len(a.round.done) for a in attempts) > 0


def test_readers_of_a_full_disk_see_what_is_whole_and_nothing_else(attempts):
    assert [a for a in attempts if a.full.listed != a.full.whole.keys()] == []
    assert [a for a in attempts if a.full.problems or a.later.problems] == []


def test_no_temporary_file_stays_on_a_full_disk(attempts):
    assert [a.full.leftovers for a in attempts if a.full.leftovers] == []


def test_once_there_is_room_publishing_goes_on(attempts):
    assert [a for a in attempts if a.later.whole.get(UUID(a.round.later)) in NOTHING_YET] == []
    assert [a for a in attempts if not a.full.whole.keys() <= a.later.whole.keys()] == []
