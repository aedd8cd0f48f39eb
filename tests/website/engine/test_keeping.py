from __future__ import annotations

from datetime import timedelta

import pytest
from mkdocs.config.base import ValidationError

from artifolio.errors import ProjectError
from artifolio.retention import Policy, Rule
from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.keeping import read_policy
from website.projects import write_settings

WRONG = [
    None,
    5,
    {"keep": 0},
    {"keep": True},
    {"keep": "5"},
    {"older_than": 90},
    {"older_than": "90 days"},
    {"kept": 5},
    {"keys": ["a"]},
    {"keys": {"a": 5}},
    {"keys": {"a": {"keys": {}}}},
]


def test_a_policy_has_rules_for_all_keys_and_for_some():
    settings = {"keep": 50, "older_than": "90d", "keys": {"nightly-*": {"keep": 7}, "plan": {}}}
    assert read_policy(settings) == Policy(
        Rule(50, timedelta(days=90)), {"nightly-*": Rule(7), "plan": Rule()}
    )


def test_nothing_said_keeps_everything():
    assert read_policy({}).is_empty
    assert read_policy({"keys": {"a": {}}}).is_empty


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_is_no_policy_is_refused(wrong):
    with pytest.raises(ValidationError):
        read_policy(wrong)


@pytest.mark.parametrize("wrong", WRONG[1:3], ids=str)
def test_a_configuration_with_what_is_no_policy_is_refused(tmp_path, wrong):
    plugins = ["search", {"artifolio": {"retention": wrong}}]
    with pytest.raises(ProjectError):
        load_configuration(write_settings(tmp_path, plugins=plugins))
