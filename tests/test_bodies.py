from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.bodies import (
    BODY_TYPES,
    Attachment,
    Column,
    File,
    Image,
    Link,
    Markdown,
    MarkdownImage,
    Progress,
    Table,
    attachment_of,
    plain_data,
)
from artifolio.errors import InvalidValueError
from samples import make_attachment

STEM = "20260801T120000000Z-000000000001"
ATTACHED = {"attachment": f"{STEM}.png", "media_type": "image/png", "size": 3, "sha256": "0" * 64}
TABLE = Table((Column("a", "integer"), Column("b", "string")), ((1, "x"), (2, None)))


def test_there_are_six_types():
    assert list(BODY_TYPES) == ["link", "markdown", "table", "image", "file", "progress"]


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (Link("https://x", "x"), {"url": "https://x", "text": "x"}),
        (Link("https://x"), {"url": "https://x"}),
        (Markdown("# x\n"), "# x\n"),
        (Markdown(""), ""),
        (Image(url="https://x", alt="x"), {"url": "https://x", "alt": "x"}),
        (Progress(40.0), {"percent": 40.0}),
    ],
)
def test_a_body_stands_in_data_without_empty_fields(body, data):
    assert body.to_data() == data
    assert type(body).from_data(data) == body


def test_a_table_stands_in_data_as_rows():
    assert TABLE.to_data() == [[1, "x"], [2, None]]
    assert Table.from_data([[1, "x"], [2, None]], TABLE.columns) == TABLE


def test_programs_read_a_table_as_dicts():
    assert plain_data(TABLE) == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    assert plain_data(Markdown("x")) == "x"


def test_no_cell_is_lost_where_two_columns_have_one_name():
    columns = tuple(Column(name, "integer") for name in ("a", "a", "a (2)", "a"))
    (row,) = plain_data(Table(columns, ((1, 2, 3, 4),)))
    assert row == {"a": 1, "a (2)": 2, "a (2) (2)": 3, "a (3)": 4}


def test_only_images_and_files_have_attachments():
    attachment = make_attachment()
    assert attachment_of(File(attachment)) is attachment
    assert attachment_of(Image(attachment=attachment)) is attachment
    assert attachment_of(Image(url="https://x")) is None
    assert attachment_of(TABLE) is None


@given(strategies.markdowns)
def test_every_text_is_read_back(markdown):
    images = tuple(MarkdownImage.from_data(image.to_data()) for image in markdown.images)
    assert repr(Markdown.from_data(markdown.to_data(), images)) == repr(markdown)


@given(st.one_of(strategies.links, strategies.progresses))
def test_every_body_is_read_back(body):
    assert repr(type(body).from_data(body.to_data())) == repr(body)


@given(strategies.tables())
def test_every_table_is_read_back(table):
    found = Table.from_data(table.to_data(), table.columns, table.row_key, table.trend)
    assert repr(found) == repr(table)


def test_an_attachment_is_read_back():
    assert Image.from_data({**ATTACHED, "alt": "x"}).to_data() == {**ATTACHED, "alt": "x"}
    assert File.from_data({**ATTACHED, "name": "x.png"}).to_data() == {**ATTACHED, "name": "x.png"}


@pytest.mark.parametrize(
    "name",
    [
        "../x.png",
        "a/b.png",
        "/etc/passwd",
        "x",
        ".png",
        "x.",
        "x.p-g",
        "x.tar.gz",
        "x.PNG",
        "..",
        "",
        "a\x00.png",
        "x.png\n",
        "a\\b.png",
        "C:x.png",
        f"{STEM}.yaml",
        "x" * 61 + ".png",
        5,
        None,
    ],
)
def test_an_attachment_with_another_name_is_refused(name):
    with pytest.raises(InvalidValueError, match="attachment"):
        File.from_data({**ATTACHED, "attachment": name})


@pytest.mark.parametrize(
    ("cls", "data", "reason"),
    [
        (Link, "https://x", "mapping"),
        (Link, {}, "url"),
        (Link, {"url": ""}, "url"),
        (Link, {"url": 5}, "url"),
        (Link, {"url": "x", "text": 5}, "text"),
        (Markdown, None, "text"),
        (Markdown, {"text": "x"}, "text"),
        (Image, {}, "attachment"),
        (Image, {"url": None}, "url"),
        (Image, {"url": "x", "alt": 5}, "alt"),
        (File, {**ATTACHED, "size": True}, "size"),
        (File, {**ATTACHED, "size": -1}, "size"),
        (File, {**ATTACHED, "size": 1.0}, "size"),
        (File, {**ATTACHED, "sha256": "0" * 63}, "sha256"),
        (File, {**ATTACHED, "sha256": "A" * 64}, "sha256"),
        (File, {**ATTACHED, "media_type": ""}, "media_type"),
        (File, {**ATTACHED, "name": 5}, "name"),
        (Progress, {}, "percent"),
        (Progress, {"percent": True}, "percent"),
        (Progress, {"percent": "40"}, "percent"),
        (Progress, {"percent": -0.1}, "percent"),
        (Progress, {"percent": 100.1}, "percent"),
        (Progress, {"percent": 10**400}, "percent"),
        (Progress, {"percent": float("nan")}, "percent"),
        (Column, "a", "mapping"),
        (Column, {"name": "a"}, "type"),
        (Column, {"type": "string"}, "name"),
        (Column, {"name": 5, "type": "string"}, "name"),
    ],
)
def test_wrong_data_is_refused_with_the_field(cls, data, reason):
    with pytest.raises(InvalidValueError, match=reason):
        cls.from_data(data)


@pytest.mark.parametrize(
    "data", ["x", {}, None, [1], [[1]], [[1, "x"], [2]], [[1, 2, 3]], [{"a": 1}]]
)
def test_rows_that_do_not_fit_the_columns_are_refused(data):
    with pytest.raises(InvalidValueError, match="data"):
        Table.from_data(data, TABLE.columns)


def test_a_column_may_have_an_empty_name():
    assert Column.from_data({"name": "", "type": "string"}).name == ""


IMAGE = MarkdownImage("plots/loss.png", "1.png", "image/png", 3, "0" * 64)


def test_an_image_of_a_text_is_read_back():
    assert MarkdownImage.from_data(IMAGE.to_data()) == IMAGE


def test_an_image_of_a_text_lies_beside_the_record():
    assert IMAGE.attachment(STEM) == Attachment(f"{STEM}.1.png", "image/png", 3, "0" * 64)


@pytest.mark.parametrize(
    "ending",
    ["png", "0.png", "01.png", "1.yaml", "1.PNG", "1.2.png", "../1.png", "1.png\n", "-1.x"],
)
def test_an_image_of_a_text_with_another_ending_is_refused(ending):
    with pytest.raises(InvalidValueError, match="is not a number and an ending"):
        MarkdownImage.from_data({**IMAGE.to_data(), "ending": ending})


@pytest.mark.parametrize(
    ("field", "value"),
    [("path", ""), ("path", 1), ("media_type", None), ("size", -1), ("sha256", "0" * 63)],
)
def test_an_image_of_a_text_with_a_wrong_field_is_refused(field, value):
    with pytest.raises(InvalidValueError, match=field):
        MarkdownImage.from_data({**IMAGE.to_data(), field: value})


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (("a", "b"), ["a", "b"]),
        (("a", "a", "a"), ["a", "a (2)", "a (3)"]),
        (("a", "a", "a (2)"), ["a", "a (2)", "a (2) (2)"]),
        (("", "", "__proto__"), ["", " (2)", "__proto__"]),
    ],
)
def test_programs_lose_no_column_whatever_their_names(names, fields):
    columns = tuple(Column(name, "integer") for name in names)
    table = Table(columns, (tuple(range(len(names))),))
    assert plain_data(table) == [dict(zip(fields, range(len(names)), strict=True))]
