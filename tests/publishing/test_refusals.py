from __future__ import annotations

import pytest

from artifolio.publishing.refusals import Refusal, way_out, why_refused

FAILED = "error: failed to push some refs to 'https://example.org/x.git'\n"


@pytest.mark.parametrize(
    "said",
    [
        " ! [rejected]        main -> main (fetch first)\n",
        " ! [rejected]        main -> main (non-fast-forward)\n",
        " ! [remote rejected] main -> main (cannot lock ref 'refs/heads/main': is at 1 but ...)\n",
        " ! [remote rejected] main -> main (failed to update ref)\n",
    ],
)
def test_somebody_who_was_faster_is_merged(said):
    assert why_refused(said + FAILED) is Refusal.RACE


@pytest.mark.parametrize(
    "said",
    [
        " ! [remote rejected] main -> main (protected branch hook declined)\n",
        "remote: error: GH001: Large files detected.\n ! [remote rejected] (pre-receive hook decl",
        "ERROR: Permission to x/y.git denied to z.\nfatal: Could not read from remote repository.",
        "fatal: could not read Username for 'https://example.org': terminal prompts disabled",
        "remote: Repository not found.\nfatal: repository 'https://example.org/' not found",
        "fatal: unable to access 'https://example.org/': The requested URL returned error: 403",
        "git@example.org: Permission denied (publickey).",
        "Host key verification failed.",
        "remote: TF402455: Pushes to this branch are not permitted",
        "fatal: transport 'ext' not allowed",
        FAILED,
    ],
)
def test_what_only_a_person_can_mend_is_not_tried_again(said):
    assert why_refused(said) is Refusal.FINAL


@pytest.mark.parametrize(
    "said",
    [
        " ! [remote rejected] main -> main (pre-receive hook declined)\n" + FAILED,
        "fatal: unable to access 'https://example.org/': Could not resolve host: example.org",
        "fatal: unable to access 'https://example.org/': The requested URL returned error: 502",
        "fatal: the remote end hung up unexpectedly",
        "no end after 12 seconds",
    ],
)
def test_what_may_pass_is_tried_again(said):
    assert why_refused(said) is Refusal.PASSING


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("GH006: Protected branch", "--branch artifacts-data"),
        (FAILED, "pre-push"),
        ("fatal: Authentication failed", "credential helper"),
        ("remote: Repository not found", "'artifolio publish' again"),
    ],
)
def test_the_way_out_fits(said, way):
    assert way in way_out(said)
