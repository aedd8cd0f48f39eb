"""The server does what the description of its API says, as Schemathesis finds out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from artifolio.bodies import Image, Markdown
from artifolio.server.app import make_app
from artifolio.server.guard import Rules
from samples import PNG, make_attachment, make_record
from server.conftest import TOKEN, running

CONFIGURATION = Path(__file__).parent / "schemathesis.toml"
# So many of each kind of request; the coverage of each rule of each schema comes on top.
EXAMPLES = os.environ.get("API_EXAMPLES", "10")
# The same in every run, unless somebody looks for more.
SEED = [] if "API_EXAMPLES" in os.environ else ["--seed", "1"]


@pytest.fixture
def try_all(library, site, tmp_path):
    """Sends what the description allows, and what it forbids; returns what Schemathesis says."""

    def run(configuration: str, *options: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "schemathesis.toml"
        file.write_text(configuration)
        with running(make_app(library, lambda: site, Rules(token=TOKEN))) as port:
            command = [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "run"),
                f"http://127.0.0.1:{port}/api/openapi.json",
                *("--header", f"Authorization: Bearer {TOKEN}"),
                *("--max-examples", EXAMPLES, "--no-color", "--continue-on-failure"),
                *("--generation-database", "none", *SEED, *options),
            ]
            return subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, check=False
            )

    return run


def test_every_operation_is_as_it_is_described(try_all, store):
    store.add(make_record(Markdown("It fell.")))
    done = try_all(CONFIGURATION.read_text())
    assert done.returncode == 0, done.stdout
    assert "failure" not in done.stdout


def test_what_is_there_is_answered_as_it_is_described(try_all, store):
    for number in (1, 2):
        record = make_record(Image(attachment=make_attachment()), number=number)
        store.add(record, PNG)
    (attachment,) = record.attachments
    given = f"""
[parameters]
"path.key" = "loss"
"path.id" = "{record.header.id}"
"path.version" = "v1"
"path.name" = "{attachment.name}"
"""
    done = try_all(given + CONFIGURATION.read_text(), "--include-method", "GET")
    assert done.returncode == 0, done.stdout
    assert "Missing test data" not in done.stdout
