from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from artifolio import errors
from artifolio.errors import (
    AmbiguousIdError,
    ArtifolioError,
    BuildError,
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    OutputExistsError,
    Problem,
    ProjectError,
    PublishError,
    RecordError,
    RecordExistsError,
    ServerError,
    printable,
    shown,
)

RAISED = [
    InvalidKeyError("A", "no"),
    InvalidValueError("table", "no"),
    RecordError("loss/x.yaml", "no"),
    RecordExistsError(Path("loss/x.yaml")),
    NotFoundError("artifact 'x'"),
    AmbiguousIdError("01", ["012", "013"]),
    ProjectError("no mkdocs.yml"),
    BuildError("mkdocs failed"),
    PublishError("4a1f6d0c2b9e", "main", "no"),
    ServerError("http://127.0.0.1:8000/api", "it answers 500", "see why"),
    OutputExistsError(Path("site.zip")),
]


def test_every_kind_of_error_is_tried_here():
    defined = {
        found
        for found in vars(errors).values()
        if inspect.isclass(found) and issubclass(found, ArtifolioError)
    }
    assert {type(error) for error in RAISED} | {ArtifolioError} == defined


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_an_error_is_one_line_without_a_full_stop(error):
    assert isinstance(error, ArtifolioError)
    assert "\n" not in str(error)
    assert not str(error).endswith(".")


@pytest.mark.parametrize("error", [InvalidKeyError("A", "no"), InvalidValueError("table", "no")])
def test_what_a_caller_could_have_avoided_is_a_value_error(error):
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("error", [NotFoundError("x"), AmbiguousIdError("0", [])])
def test_what_is_not_found_is_a_lookup_error(error):
    assert isinstance(error, LookupError)


def test_an_ambiguous_id_lists_its_candidates():
    assert "012, 013" in str(AmbiguousIdError("01", iter(["012", "013"])))


def test_errors_keep_their_facts():
    error = RecordError("loss/x.yaml", "cut off")
    assert (error.path, error.reason, str(error)) == (
        "loss/x.yaml",
        "cut off",
        "loss/x.yaml: cut off",
    )


def test_a_problem_says_where_first():
    assert str(Problem("loss/\x1b[31m.yaml", "cut off")) == r"loss/\x1b[31m.yaml: cut off"


@pytest.mark.parametrize(
    "character", list("\x00\x07\n\r\x1b\x7f\x85\x9b\u200b\u2028\u202e\ud800\ufeff")
)
def test_what_could_steer_a_terminal_is_escaped(character):
    assert printable(f"a{character}ü").isprintable()
    assert shown(f"a{character}ü").isprintable()


def test_plain_text_is_printed_as_it_is():
    assert printable("Köln 😀 [x]") == "Köln 😀 [x]"


@pytest.mark.parametrize(
    "value",
    ["x" * 1000, "\x1b" * 1000, ["x" * 1000], 10**300, 10**5000, {"a": "\n" * 100}],
    ids=["text", "controls", "list", "integer", "huge integer", "mapping"],
)
def test_a_value_is_shown_on_one_short_line(value):
    assert len(shown(value)) <= 80
    assert shown(value).isprintable()
