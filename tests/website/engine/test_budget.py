"""What a build takes with ten thousand pages, counted in files and bytes and never in seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from artifolio.bodies import Markdown
from artifolio.origins import Run
from artifolio.store import Store
from samples import make_record, put_record
from website.engine import budget
from website.projects import write_settings

pytestmark = pytest.mark.long

KEYS = 192
VERSIONS = 50
PAGE_BYTES = 300_000
MEMORY_BYTES = 400 << 20


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """As many versions as make ten thousand pages, with those of keys and runs, and one more."""
    folder = tmp_path_factory.mktemp("budget")
    store = Store(folder / "artifacts")
    for number in range(KEYS * VERSIONS):
        put_record(store, a_record(number))
    put_record(Store(folder), a_record(KEYS * VERSIONS), "next.yaml")
    moment = time.time() - 60
    for path in folder.rglob("*.yaml"):
        os.utime(path, (moment, moment))
    (folder / "site_src").mkdir()
    (folder / "site_src/index.md").write_text("# Home\n\n[All](artifacts/index.md)\n")
    write_settings(folder, site_url="https://example.org/")
    return folder


def a_record(number: int) -> Any:
    version, key = divmod(number, KEYS)
    run = Run("nightly", f"run-{version:02}-{key % 6}", "brave-otter")
    return make_record(Markdown(f"Version {version}.\n"), f"key-{key:03}", number + 1, run=run)


@pytest.fixture(scope="module")
def steps(project) -> dict[str, Any]:
    """What each build of it took."""
    record = a_record(KEYS * VERSIONS).header.path
    # Long enough after the records were written for their times to be believed.
    time.sleep(2.1)
    command = [sys.executable, budget.__file__, project, record]
    environ = os.environ | {
        "ARTIFOLIO_CACHE": str(project / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_there_are_ten_thousand_pages_and_each_is_made_once(steps):
    rendered = steps["all"]["rendered"]
    assert len(rendered) == len(set(rendered)) >= 10_000


def test_where_nothing_changed_nothing_is_opened_or_made(steps):
    assert steps["nothing"]["opened"] == {"artifacts": 0, "site_src": 0, "site": 0}
    assert steps["nothing"]["written"] == []


@pytest.mark.parametrize("step", ["told", "new process"])
def test_one_new_version_opens_and_makes_what_shows_it_and_no_more(steps, step):
    taken = steps[step]
    folder, version = a_record(KEYS * VERSIONS).header.path.removesuffix(".yaml").split("/")
    # It has a page; the one before leads to it; the oldest lost its page, and the next oldest
    # leads to that no more. The key shows both, with a new page for the older ones; so do the
    # runs of both. The list shows the newest.
    made = set(taken["rendered"])
    assert made >= {
        f"artifacts/{folder}/{version}.md",
        f"artifacts/{folder}/index.md",
        f"artifacts/{folder}/versions-1.md",
        "artifacts/index.md",
        f"runs/run-{VERSIONS:02}-0/index.md",
        "runs/run-00-0/index.md",
    }
    assert len(made) == 8
    wholes = {"search/search_index.json", "sitemap.xml", "sitemap.xml.gz"}
    of_version = {f"{version}.json", f"{version}.txt"}
    of_key = {"index.json", "latest.json", "versions-1.json", "feed.xml", "badge.svg"}
    data = {f"artifacts/{folder}/{name}" for name in of_version | of_key} | {
        f"artifacts/{name}" for name in ("index.json", "feed.xml", "llms.txt")
    }
    assert data | wholes <= set(taken["written"])
    assert len(taken["written"]) == len(made) + len(wholes) + len(data)
    # The record, that of the version before, which shows what changed since the one before that,
    # and those of the two oldest that had a page.
    assert taken["opened"]["artifacts"] == 5
    # To write it, to make a page of it, and under another name while it is being written.
    assert taken["opened"]["site_src"] <= 3 * (len(made) + len(data))
    assert taken["opened"]["site"] == 2 * len(taken["written"])


def test_no_page_is_larger_than_its_budget(project, steps):
    assert steps["all"]
    largest = max((project / "site").rglob("*.html"), key=lambda path: path.stat().st_size)
    assert largest.stat().st_size <= PAGE_BYTES, largest


def test_the_memory_of_building_all_of_it_is_within_its_budget(steps):
    assert steps["memory"] <= MEMORY_BYTES
