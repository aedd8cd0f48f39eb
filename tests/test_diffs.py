from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.bodies import Body, Column, File, Image, Link, Markdown, Progress, Table
from artifolio.diffs import (
    UNCHANGED,
    FieldChange,
    FieldsDiff,
    as_json,
    diff_bodies,
    diff_records,
    sentence,
)
from artifolio.lines import MAX_DIGITS
from artifolio.records import dump_record, parse_record, retire
from artifolio.retirement import Retired, Retirement
from artifolio.tablediffs import TableDiff, diff_table
from artifolio.tables import to_table
from artifolio.textdiffs import Fold, diff_text
from samples import NOON, make_attachment, make_illustrated, make_record, one_of_each_type

BODIES = strategies.records().map(lambda record: record.body)
EACH = [record.body for record in one_of_each_type()]
PNG = make_attachment()
LARGER = make_attachment(b"\x89PNG\r\n\x1a\n and even more than that, a lot")
LONGEST = 10**MAX_DIGITS - 1


def told(old: Body, new: Body) -> str:
    """Return the sentence of a difference."""
    return sentence(diff_bodies(old, new))


def told_of_tables(old: object, new: object) -> str:
    """Return the sentence of the difference of what becomes two tables."""
    return told(to_table(old), to_table(new))


def written(old: Body, new: Body) -> dict:
    """Return a difference as a program reads it that was handed the text."""
    return json.loads(json.dumps(as_json(diff_bodies(old, new)), allow_nan=False))


def cells(**columns: list) -> dict:
    """Return columns beside one by which rows are matched."""
    return {"id": [f"row {n}" for n in range(len(next(iter(columns.values()))))], **columns}


@given(BODIES)
def test_a_body_that_stays_is_unchanged(body):
    assert told(body, body) == UNCHANGED


@given(BODIES, BODIES)
def test_a_sentence_is_one_short_line(old, new):
    assert len(told(old, new)) < 300
    assert len(told(old, new).splitlines()) == 1


@given(strategies.alike_tables())
def test_a_table_is_unchanged_only_where_nothing_of_it_is(pair):
    found = diff_bodies(*pair)
    assert (sentence(found) == UNCHANGED) == (not found.rows and not found.columns)


@pytest.mark.parametrize("body", EACH, ids=lambda body: body.type)
def test_each_type_is_unchanged_beside_itself(body):
    assert told(body, replace(body)) == "unchanged"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("a", "a\nb", "1 line added"),
        ("a", "a\nb\nc", "2 lines added"),
        ("a\nb", "a", "1 line removed"),
        ("a\nb\nc", "a", "2 lines removed"),
        ("a\nb", "a\nc", "1 line added, 1 removed"),
        ("a\nb", "a\nc\nd\ne", "3 lines added, 1 removed"),
        ("a\nb\nc", "a\nd", "1 line added, 2 removed"),
        ("", "\n" * 1200, "1,200 lines added"),
    ],
)
def test_a_text_is_told_in_lines(old, new, text):
    assert told(Markdown(old), Markdown(new)) == text


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (cells(n=["x"]), cells(n=["y"]), "1 row changed"),
        (cells(n=["x", "x"]), cells(n=["y", "y"]), "2 rows changed"),
        (cells(n=["x"]), cells(n=["x", "y"]), "1 row added"),
        (cells(n=["x"] * 3), cells(n=["x"]), "2 rows removed"),
        (cells(n=["x"]), cells(n=["y", "z", "z"]), "1 row changed, 2 added"),
        (cells(n=["x"] * 4), cells(n=["y"] * 3), "3 rows changed, 1 removed"),
        (cells(n=["x"]), cells(n=["x"], m=["y"]), "1 column added"),
        (cells(n=["x"], m=["y"], o=["z"]), cells(n=["x"]), "2 columns removed"),
        (cells(n=["x"]), cells(m=["x"]), "1 column added, 1 removed"),
        (cells(n=["1"]), cells(n=[1]), "1 row changed; 1 column retyped"),
        (cells(n=["x"]), cells(n=["x"] * 1201), "1,200 rows added"),
        (cells(n=[1]), cells(n=[12041]), "1 row changed; n +12,040"),
        (cells(n=[0.3]), cells(n=[0.1]), "1 row changed; n -0.2"),
        (cells(a=[1], b=[1], c=[1]), cells(a=[2], b=[0], c=[3]), "1 row changed; a +1, b -1"),
        (cells(a=[1, 2]), cells(a=[2, 1]), "2 rows changed"),
        (cells(a=[1]), cells(a=[2], b=[1]), "1 row changed; 1 column added; a +1"),
        (cells(a=[1]), cells(a=[1.0]), "1 column retyped"),
    ],
)
def test_a_table_is_told_in_rows_columns_and_sums(old, new, text):
    assert told_of_tables(old, new) == text


def test_fires_that_grew_are_told_with_their_acres():
    old = {"Name": ["Camp", "Dixie", "Mosquito"], "AcresBurned": [1000, 2000, 3000]}
    new = {"Name": ["Camp", "Dixie", "Mosquito", "Park"], "AcresBurned": [5000, 6000, 7000, 40]}
    assert told_of_tables(old, new) == "3 rows changed, 1 added; AcresBurned +12,040"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        ("acres\nburned\t in  all", "acres burned in all"),
        ("a\u2028b\x85c", "a b c"),
    ],
)
def test_a_name_is_cut_where_it_is_long_and_kept_on_one_line(name, shown):
    old, new = cells(**{name: [1]}), cells(**{name: [2]})
    assert told_of_tables(old, new) == f"1 row changed; {shown} +1"


def test_a_number_that_is_hugely_larger_is_told_in_short():
    assert told_of_tables(cells(n=[0]), cells(n=[LONGEST])) == "1 row changed; n +1e+4300"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (Link("https://x"), Link("https://y"), "address changed"),
        (Link("https://x"), Link("https://x", "x"), "text added"),
        (Link("https://x", "x"), Link("https://y"), "address changed, text removed"),
        (Progress(40.0), Progress(52.5), "+12.5 points"),
        (Progress(40.0), Progress(41.0), "+1 point"),
        (Progress(41.0), Progress(40.0), "-1 point"),
        (Progress(0.1), Progress(0.3), "+0.2 points"),
        (Image(url="/a"), Image(url="/b", alt="b"), "address changed, alternative text added"),
        (Image(attachment=PNG), Image(attachment=LARGER), "+12 bytes, content changed"),
        (
            File(PNG),
            File(replace(PNG, size=PNG.size + 1, sha256="0" * 64)),
            "+1 byte, content changed",
        ),
        (File(PNG), File(replace(PNG, sha256="0" * 64)), "content changed"),
        (File(PNG, "a.png"), File(PNG, "b.png"), "name changed"),
        (File(PNG), File(replace(PNG, media_type="text/plain")), "media type changed"),
        (
            Image(url="/a"),
            Image(attachment=PNG),
            "media type added, size added, content added, address removed",
        ),
        (Link("https://x"), Markdown("x"), "link became markdown"),
        (Markdown("x"), Progress(1.0), "markdown became progress"),
    ],
)
def test_other_bodies_are_told_in_fields(old, new, text):
    assert told(old, new) == text


def test_an_attachment_that_only_has_another_name_is_unchanged():
    assert told(File(PNG), File(replace(PNG, name="20260801T120100123Z-1.png"))) == UNCHANGED


def test_a_field_tells_both_values_and_how_far_a_number_moved():
    assert diff_bodies(Progress(40.0), Progress(52.5)) == FieldsDiff(
        (FieldChange("percent", 40.0, 52.5, 12.5),)
    )
    assert diff_bodies(Link("/a"), Link("/a", "b")) == FieldsDiff(
        (FieldChange("text", None, "b", None),)
    )


def test_texts_and_tables_are_compared_as_such():
    old, new = to_table(cells(n=[1])), to_table(cells(n=[2]))
    assert diff_bodies(Markdown("a"), Markdown("b")) == diff_text("a", "b")
    assert diff_bodies(old, new) == diff_table(old, new)


@given(BODIES, BODIES)
def test_any_difference_is_read_from_json_as_it_was(old, new):
    assert written(old, new) == as_json(diff_bodies(old, new))


@given(strategies.alike_tables())
def test_json_has_all_that_changed_in_a_table(pair):
    found, data = diff_bodies(*pair), written(*pair)
    rows = [(row["kind"], row["old"], row["new"], len(row["cells"])) for row in data["rows"]]
    assert rows == [(row.kind, row.old, row.new, len(row.cells)) for row in found.rows]
    assert data["unchanged"] == found.unchanged
    assert tuple(data["row_key"]) == found.row_key
    assert (len(data["columns"]), len(data["totals"])) == (len(found.columns), len(found.totals))


@given(*[st.lists(st.sampled_from("abc"), max_size=30).map("\n".join)] * 2)
def test_json_has_all_that_changed_in_a_text(old, new):
    found, data = diff_text(old, new), written(Markdown(old), Markdown(new))
    folded = [line.count for line in found.lines if isinstance(line, Fold)]
    signs = [line.get("sign") for line in data["lines"]]
    assert (data["added"], data["removed"]) == (signs.count("+"), signs.count("-"))
    assert (data["added"], data["removed"]) == (found.added, found.removed)
    assert [line["fold"] for line in data["lines"] if "fold" in line] == folded


def test_the_json_of_a_table_is_this():
    old = to_table({"id": ["x", "y"], "n": [1, 2], "b": [True, True]}, "id")
    new = to_table({"id": ["x", "z"], "n": [3, 4], "a": [None, None]}, "id")
    assert written(old, new) == {
        "row_key": ["id"],
        "columns": [
            {"name": "a", "old": None, "new": "null"},
            {"name": "b", "old": "boolean", "new": None},
        ],
        "rows": [
            {
                "kind": "changed",
                "name": ["x"],
                "old": 1,
                "new": 1,
                "cells": [{"column": "n", "old": 1, "new": 3, "delta": 2}],
            },
            {"kind": "added", "name": ["z"], "old": None, "new": 2, "cells": []},
            {"kind": "removed", "name": ["y"], "old": 2, "new": None, "cells": []},
        ],
        "totals": [{"column": "n", "old": 3, "new": 7, "delta": 4}],
        "unchanged": 0,
    }


def test_the_json_of_a_text_is_this():
    old = "1\n2\n3\n4\nthe red fox"
    assert written(Markdown("0\n" * 3 + old), Markdown("0\n" * 3 + old.replace("red", "old"))) == {
        "added": 1,
        "removed": 1,
        "lines": [
            {"fold": 4, "old": 1, "new": 1},
            *({"sign": " ", "old": n, "new": n, "spans": [[f"{n - 3}", False]]} for n in (5, 6, 7)),
            {
                "sign": "-",
                "old": 8,
                "new": None,
                "spans": [["the ", False], ["red", True], [" fox", False]],
            },
            {
                "sign": "+",
                "old": None,
                "new": 8,
                "spans": [["the ", False], ["old", True], [" fox", False]],
            },
        ],
    }


def test_the_json_of_fields_is_this():
    assert written(Progress(40.0), Progress(52.5)) == {
        "fields": [{"name": "percent", "old": 40.0, "new": 52.5, "delta": 12.5}]
    }


def test_numbers_of_all_digits_that_there_may_be_are_written():
    old, new = (to_table(cells(n=[sign * LONGEST] * 2)) for sign in (-1, 1))
    data = written(old, new)
    assert [row["cells"][0]["new"] for row in data["rows"]] == [LONGEST] * 2
    assert [row["cells"][0]["delta"] for row in data["rows"]] == [None] * 2
    assert data["totals"] == []


def test_a_table_without_rows_or_columns_is_unchanged_beside_another():
    empty = Table((), ())
    assert diff_bodies(empty, empty) == TableDiff((), (), (), (), 0)
    assert told(empty, Table((Column("a", "null"),), ())) == "1 column added"


ONE, OTHER = make_illustrated("x", a=b"1"), make_illustrated("x", a=b"2")
MORE = make_illustrated("y", a=b"2", b=b"3", c=b"4")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (ONE, OTHER, "1 image changed: plots/a.png"),
        (Markdown("x"), ONE, "1 image added: plots/a.png"),
        (ONE, Markdown("x"), "1 image removed: plots/a.png"),
        (ONE, MORE, "1 line added, 1 removed; 1 image changed, 2 added"),
        (MORE, ONE, "1 line added, 1 removed; 1 image changed, 2 removed"),
        (ONE, replace(ONE, images=(replace(ONE.images[0], ending="9.png"),)), UNCHANGED),
    ],
)
def test_the_images_of_a_text_are_told_beside_its_lines(old, new, text):
    assert sentence(diff_bodies(old, new)) == text


def test_a_long_path_of_an_image_is_cut_in_the_sentence():
    (image,) = ONE.images
    long = replace(ONE, images=(replace(image, path=f"a\n{'b' * 100}"),))
    found = sentence(diff_bodies(Markdown("x"), long))
    assert found == f"1 image added: a {'b' * 37}…"


def test_the_json_of_a_text_with_images_is_this():
    assert written(make_illustrated("x", a=b"1", z=b"1"), MORE)["images"] == [
        {"kind": "changed", "path": "plots/a.png"},
        {"kind": "added", "path": "plots/b.png"},
        {"kind": "added", "path": "plots/c.png"},
        {"kind": "removed", "path": "plots/z.png"},
    ]


def gone(body: Body) -> Retired:
    return Retired(body.type, Retirement(NOON, 1))


def test_a_body_that_is_gone_is_told_instead_of_a_difference():
    old, new = Markdown("a"), Markdown("b")
    assert told(gone(old), new) == "the body of the version before is gone"
    assert told(old, gone(new)) == "the body of this version is gone"
    assert told(gone(old), gone(new)).startswith("the bodies of the version before and this")


def test_programs_read_which_body_is_gone():
    old, new = Markdown("a"), Markdown("b")
    assert written(gone(old), new) == {"gone": ["old"]}
    assert written(gone(old), gone(new)) == {"gone": ["old", "new"]}


def test_another_type_shows_without_the_body():
    assert told(gone(Markdown("a")), Link("/")) == "markdown became link"


def test_versions_are_named_where_a_body_is_gone():
    old, new = (parse_record(dump_record(make_record(Markdown(text)))) for text in "ab")
    found = diff_records(retire(old, NOON, {}), new, ("v3", "v4"))
    assert sentence(found) == "the body of v3 is gone"


def test_bodies_of_one_digest_are_unchanged_though_they_are_gone():
    old = parse_record(dump_record(make_record()))
    assert sentence(diff_records(retire(old, NOON, {}), old, ("v3", "v4"))) == UNCHANGED
