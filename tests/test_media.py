from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.media import file_type, image_type


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n...", ("image/png", "png")),
        (b"\xff\xd8\xff\xe0", ("image/jpeg", "jpg")),
        (b"GIF87a", ("image/gif", "gif")),
        (b"GIF89a", ("image/gif", "gif")),
        (b"RIFF\x0a\x0a\x0a\x0aWEBPVP8 ", ("image/webp", "webp")),
        (b"\x00\x00\x00\x20ftypavif", ("image/avif", "avif")),
        (b"<svg>", ("image/svg+xml", "svg")),
        (b'\xef\xbb\xbf<svg xmlns="x">', ("image/svg+xml", "svg")),
        (
            b'\n<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg\n>',
            ("image/svg+xml", "svg"),
        ),
        (b"<!-- a --><!-- -- --><svg >", ("image/svg+xml", "svg")),
    ],
)
def test_an_image_is_known_by_its_first_bytes(content, expected):
    assert image_type(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"<html><svg>",
        b"<svgx>",
        b"<?xml?><html>",
        b"BM",
        b" \x89PNG\r\n\x1a\n",
        b"<!-- <svg> -->",
        b"<!--" + b"<svg>",
    ],
)
def test_what_browsers_do_not_show_is_no_image(content):
    assert image_type(content) is None


@pytest.mark.parametrize(
    "unit", [b"<!---->", b"<!-- ", b"<!DOCTYPE a>", b"\n", b"<?xml", b"<!---->\n"]
)
def test_endless_prologues_are_refused_without_trying_every_way_through_them(unit):
    assert image_type(unit * 2000) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model.onnx", ("application/octet-stream", "onnx")),
        ("a.CSV", ("text/csv", "csv")),
        ("report.pdf", ("application/pdf", "pdf")),
        ("a.b.json", ("application/json", "json")),
        ("rows.parquet", ("application/vnd.apache.parquet", "parquet")),
        ("notes.md", ("text/markdown", "md")),
        ("record.yaml", ("application/yaml", "bin")),
        ("x.tmp", ("application/octet-stream", "bin")),
        ("Makefile", ("application/octet-stream", "bin")),
        (".bashrc", ("application/octet-stream", "bin")),
        ("x.", ("application/octet-stream", "bin")),
        ("x.a-b", ("application/octet-stream", "bin")),
        ("x." + "a" * 17, ("application/octet-stream", "bin")),
        ("x.ä", ("application/octet-stream", "bin")),
        ("x.../../passwd", ("application/octet-stream", "bin")),
        ("", ("application/octet-stream", "bin")),
    ],
)
def test_a_file_is_known_by_its_name(name, expected):
    assert file_type(name) == expected


@given(st.one_of(strategies.texts, strategies.texts.map(lambda text: f"x.{text}")))
def test_an_ending_is_always_safe_in_a_file_name(name):
    assert re.fullmatch(r"[a-z0-9]{1,16}", file_type(name)[1])
    assert file_type(name)[1] not in ("yaml", "tmp")
