from __future__ import annotations

from artifolio.website.document import document


def test_a_document_holds_its_own_style_and_allows_nothing_else():
    text = document("a <b>", "<p>content</p>")
    assert "<title>a &lt;b&gt;</title>" in text
    assert "<p>content</p>" in text
    assert text.count("<style>") == text.count("</style>") == 1
    assert text.index("Content-Security-Policy") < text.index("<title>")
    assert "default-src 'none'" in text


def test_the_style_asks_for_no_other_file():
    text = document("x", "")
    assert "@import" not in text
    assert text.count("url(") == text.count('url("data:')
