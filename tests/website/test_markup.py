from __future__ import annotations

import html
import re
import subprocess
import sys
import time

import markdown
import pytest
from cmarkgfm import cmark
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website import commonmark, markup
from artifolio.website.drawing import MATH, MERMAID
from artifolio.website.markup import (
    host_of,
    is_safe_link,
    render_markdown,
    seal,
    summarise,
    visible,
)
from payloads import payloads
from strategies import texts
from website.reading import addresses, dangers, elements, page_dangers, words

SECONDS = 5.0
DRAWN = frozenset([MERMAID, MATH])
HOSTILE = [
    payload
    for payload in payloads(
        "html", "md", "gen", "search", "link", "text", "cell", "col", "csv", "field"
    )
    if isinstance(payload.content, str)
]
# What takes a parser of nested HTML more than linear time, or a recursive one its stack.
GIANTS = {
    "quotes": "> " * 50_000 + "x",
    "lists": "1) " * 20_000 + "x",
    "quotes and lists": "> - " * 20_000 + "x",
    "divisions": "<div>" * 50_000,
    "details": "<details>\n" * 50_000,
    "tables": "<table><tr><td>" * 20_000,
    "bold": "<b>" * 50_000 + "<p>" * 50_000,
    "closed out of order": "<x><div></x></div>" * 60_000,
    "closed in an attribute": '<div><br title="</div>">' * 40_000,
    "closed in a comment": "<div><!--</div>-->" * 40_000,
    "distinct formats": "<div>\n"
    + "".join(f"<b title=x{number}>" for number in range(2_000))
    + "<p>x" * 2_000,
    "emphasis": "*a **b " * 30_000,
    "brackets": "[" * 100_000 + "](" * 100_000,
    "images": "![a](http://evil.example/x)" * 20_000,
    "footnotes": "".join(f"[^{n}]" for n in range(5_000))
    + "\n\n"
    + "".join(f"[^{n}]: x\n\n" for n in range(5_000)),
    "empty lines": "\n" * 1_000_000,
    "code": "```\n" + "a b {c} ~d\n" * 50_000,
    "addresses": "www.a@" * 50_000,
    "headings": "# a\n" * 50_000,
    "headings in each other": "<h1><div>" * 2_400 + "x" * 500_000,
    "long headings": ("# " + "x" * 500_000 + "\n") * 2,
    "links within": "[a](#a)\n" * 50_000,
    "ids": "<i id=a>" + "<i id=a></i>" * 30_000,
    "alerts": "> [!NOTE]\n> x\n\n" * 20_000,
    "blocks of code": "```py\na = 1\n```\n" * 20_000,
    "dollars": "$" * 200_000,
    "open formulas": "$a " * 60_000,
    "open displays": "$$a\n" * 40_000,
    "formulas": "$a$ " * 40_000,
    "open backticks": " ".join("`" * n for n in range(1, 600)),
    "open fences": "```\n~~~~\n" * 20_000 + "`````",
    "indentation": "        \n" * 100_000 + "        x",
    "columns": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|\n" * 5_000,
}
EXTENSIONS = [
    *("attr_list", "md_in_html", "tables", "toc", "footnotes", "abbr", "admonition", "def_list"),
    *("pymdownx.superfences", "pymdownx.snippets", "pymdownx.tabbed", "pymdownx.emoji"),
    *("pymdownx.tasklist", "pymdownx.arithmatex", "pymdownx.magiclink", "pymdownx.betterem"),
    *("smarty", "meta", "sane_lists", "pymdownx.details", "pymdownx.blocks.html", "wikilinks"),
]
# What these extensions act on, and what Python-Markdown makes its placeholders of.
ACTED_ON = (
    '```|~~~|```{ .py }|--8<--|--8<-- "mkdocs.yml"|{: .x onclick=y }|{.x}|[TOC]|!!! note|??? a'
    '|=== "x"|:smile:|$$|$x$|\\(|[^1]|[^1]: x|*[a]: b|a|: b|- [ ] c|| a | b ||---|---|##|# h {#i}'
    '|http://e.example|a@b.example|@user|#1|[[x]]|/// html | div|///|{{ 7*7 }}|{% x %}|"quoted"'
    "|wzxhzdk:0|klzzwxh:0001|\x02|\x03|\x02wzxhzdk:0\x03|\x02amp\x03|&#96;|&amp;|&lt;|\t|\r|\n|\n\n"
    '|    |---|a: b|***|**|__|``|<!-- more -->|</div>|<div markdown="1">|</pre>|<p>|--|...|\''
).split("|")
pieces = st.lists(st.one_of(st.sampled_from(ACTED_ON), texts), max_size=12).map("".join)


def page(text: str) -> str:
    """Return a block of HTML as pages are, with a text in a paragraph and in ``<pre>``."""
    safe = html.escape(visible(text))
    flowing = re.sub(r"\n\s*\n", "\n", f"\n{safe}\n")
    start = f'<div class="af" title="{flowing.strip()}">'
    return f"{start}\n<p>{flowing}</p>\n<pre><code>{safe}</code></pre>\n</div>"


def python_markdown(source: str) -> str:
    return markdown.Markdown(extensions=EXTENSIONS).convert(source)


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_hostile_markdown_becomes_harmless_html(payload):
    assert dangers(render_markdown(payload.text)) == []


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_hostile_markdown_stays_harmless_where_its_images_are_allowed(payload):
    assert dangers(render_markdown(payload.text, frozenset(["evil.example", "x"]))) == []


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_no_extension_finds_anything_in_hostile_markdown(payload):
    block = "\n".join(
        line
        for line in seal(f"<div>\n{render_markdown(payload.text)}</div>").split("\n")
        if line.strip()
    )
    assert python_markdown(block) == block


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_the_summary_of_hostile_markdown_is_one_short_line(payload):
    summary = summarise(payload.text)
    assert len(summary) <= 162
    assert "\n" not in summary


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_hostile_markdown_stays_harmless_where_it_is_drawn(payload):
    assert dangers(render_markdown(payload.text, drawn=DRAWN)) == []


@pytest.mark.parametrize("name", GIANTS)
def test_giants_take_bounded_time(name):
    started = time.process_time()
    clean = render_markdown(GIANTS[name], drawn=DRAWN)
    assert time.process_time() - started < SECONDS
    assert dangers(clean[:100_000]) == []


@given(texts)
def test_any_text_becomes_harmless_html(text):
    assert dangers(render_markdown(text)) == []


@given(st.lists(st.sampled_from([
    "<a href=", "<img src=", "<svg ", "<p ", "<div ", "</div>", "<math>", "<style>", "<!--", "-->",
    "<![CDATA[", "]]>", "<table>", "<td>", "<script>", "</script>", "<title>", "<textarea>",
    "javascript:x()", "data:text/html,x", "http://e.example/", "//e.example", "onclick=x()",
    "style=x", "id=x", "name=y", "'", '"', "`", ">", "/>", "<", "=", " ", "\n", "\n\n", "&", "&#0;",
    "&#x6a;", "[x](", "![x](", ")", "\\", "|", "|-|", "*", "x",
]), max_size=20).map("".join))  # fmt: skip
def test_any_pieces_of_html_become_harmless_html(text):
    assert dangers(render_markdown(text)) == []


@given(texts)
def test_markdown_is_rendered_the_same_every_time(text):
    assert render_markdown(text) == render_markdown(text)


def test_task_lists_are_written_the_same_every_time():
    assert len({render_markdown("- [x] done\n- [ ] open") for _ in range(50)}) == 1


def test_what_is_nested_too_deeply_is_shown_as_its_source():
    clean = render_markdown("> " * 3_000 + "see <b>`this`")
    assert "> > > see <b>`this`" in words(clean)
    assert len(elements(clean, "blockquote")) == 0


def test_long_texts_that_are_not_nested_are_laid_out():
    clean = render_markdown(
        "| a | b |\n|---|---|\n" + "| 1 | *2* |\n" * 5_000 + "\n" + "<p>x" * 9_000
    )
    assert len(elements(clean, "tr")) == 5_001
    assert len(elements(clean, "p")) == 9_000


def test_tables_keep_their_alignment():
    clean = render_markdown("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n")
    aligned = ["left", "center", "right"]
    assert [cell.attributes["align"] for cell in elements(clean, "th")] == aligned
    assert [cell.attributes["align"] for cell in elements(clean, "td")] == aligned


def test_task_lists_tell_what_is_done():
    done, undone = elements(render_markdown("- [x] done\n- [ ] open\n"), "input")
    box = {"type": "checkbox", "disabled": ""}
    assert done.attributes == {**box, "checked": "", "aria-label": "done"}
    assert undone.attributes == {**box, "aria-label": "not done"}


def test_other_fields_of_forms_become_dead_boxes():
    (field,) = elements(render_markdown('<input type=text name=a value=b autofocus checked="x">'))
    assert field.attributes == {
        **{"type": "checkbox", "disabled": "", "checked": ""},
        "aria-label": "done",
    }


def test_struck_text_stays():
    assert "<del>gone</del>" in render_markdown("~~gone~~")


def test_addresses_in_text_become_links():
    clean = render_markdown("See https://example.org/a?b=c&d=e or www.example.org or a@example.org")
    assert addresses(clean) == [
        "https://example.org/a?b=c&d=e",
        "http://www.example.org",
        "mailto:a@example.org",
    ]


def test_links_tell_the_linked_site_nothing():
    (link,) = elements(render_markdown("[x](https://example.org/)"), "a")
    assert link.attributes["rel"] == "noopener noreferrer nofollow"


def test_details_can_be_opened():
    clean = render_markdown("<details open>\n<summary>More</summary>\n\n*text*\n\n</details>")
    assert [element.tag for element in elements(clean)] == ["details", "summary", "p", "em"]
    assert elements(clean, "details")[0].attributes == {"open": ""}


def test_code_keeps_its_language_and_its_spaces():
    clean = render_markdown("```nolang\nif a:\n    b()\n```\n")
    assert clean == '<pre><code class="language-nolang">if a:\n    b()\n</code></pre>\n'


def test_code_takes_no_other_class():
    (code,) = elements(render_markdown('<code class="md-search">x</code>'), "code")
    assert code.attributes == {}


def test_lists_in_lists_stay():
    clean = render_markdown("- a\n  1. b\n     - c\n")
    assert [element.tag for element in elements(clean)] == ["ul", "li", "ol", "li", "ul", "li"]


def test_footnotes_stay():
    assert words(render_markdown("a[^n]\n\n[^n]: the note\n")).startswith("a 1 the note")


def test_html_of_the_real_world_stays_readable():
    text = '<p class="x" style="color:red">Fire is <strong onclick=x>80%</strong> contained.</p>'
    assert render_markdown(text) == ("<p>Fire is <strong>80%</strong> contained.</p>\n")


def test_images_of_other_hosts_become_links():
    clean = render_markdown("![The loss](https://evil.example/b.png)")
    assert elements(clean, "img") == []
    assert addresses(clean) == ["https://evil.example/b.png"]
    assert words(clean) == "The loss (image at evil.example)"


def test_images_of_allowed_hosts_are_shown():
    clean = render_markdown(
        "![The loss](https://i.example.org/b.png)", frozenset(["i.example.org"])
    )
    assert elements(clean, "img")[0].attributes == {
        "src": "https://i.example.org/b.png",
        "alt": "The loss",
    }


def test_an_allowed_host_allows_none_that_ends_or_starts_like_it():
    text = "![](https://i.example.org.evil.example/) ![](https://xi.example.org/)"
    assert elements(render_markdown(text, frozenset(["i.example.org"])), "img") == []


def test_images_in_links_become_words_of_the_link():
    clean = render_markdown(
        "[![Built](https://evil.example/b.svg)](https://ok.example/) ![a](http://b.example/)"
    )
    assert addresses(clean) == ["https://ok.example/", "http://b.example/"]
    assert elements(clean, "img") == []


def test_words_of_an_image_cannot_hide_its_address():
    text = '<img alt="a> src=&quot;data:image/png;base64,AA&quot;" src="https://evil.example/x">'
    assert elements(render_markdown(text), "img") == []


def test_images_in_the_text_itself_are_shown():
    assert elements(render_markdown("![x](data:image/png;base64,iVBO)"), "img")


@pytest.mark.parametrize(
    "address", ["data:image/svg+xml;base64,AA", "data:text/html,x", "x.png", "//e.example/x", ""]
)
def test_images_from_anywhere_else_become_words(address):
    clean = render_markdown(f"![words](<{address}>)")
    assert words(clean) == "words"
    assert [element.tag for element in elements(clean)] == ["p", "span"]


@pytest.mark.parametrize("payload", payloads("link"), ids=str)
def test_hostile_addresses_are_not_clickable(payload):
    assert not is_safe_link(payload.text)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "x",
            "/x",
            "#x",
            "http:",
            "http:x",
            "https:///x",
            "http://[",
            "http://a b/",
            "ftp://x/",
        ),
        *(
            "http://ok.example\\@evil.example",
            "http://a\tb/",
            "http://a/\x85",
            "javascript://http://x",
        ),
        *("http://good.example@evil.example/", "mailto:a\nb", " http://a.example", "tel:1"),
        *("\x01http://a.example/", "http://a.example/\x1b[31m", "http://a.example/\ufffe"),
    ],
)
def test_odd_addresses_are_not_clickable(address):
    assert not is_safe_link(address)


@pytest.mark.parametrize(
    "address",
    [
        *("http://a.example", "https://a.example:8443/b?c=d#e", "HTTPS://A.example/", "mailto:a@b"),
        *("https://[::1]/", "https://köln.example/ä", "http://localhost:8000/x", "http://a/%0a"),
    ],
)
def test_plain_addresses_are_clickable(address):
    assert is_safe_link(address)


def test_the_host_of_an_address_is_what_is_asked():
    assert host_of("https://I.Example.org:8443/x") == "i.example.org"


@pytest.mark.parametrize("address", ["mailto:a@b.example", "//a.example/", "x", "http://u@a/", ""])
def test_addresses_that_load_nothing_have_no_host(address):
    assert host_of(address) is None


def test_control_characters_become_visible():
    assert visible("a\x00b\x1b[31m\x7f\x85\ufffe\tc\n") == "a�b�[31m���\tc\n"


def test_a_summary_is_the_first_words_without_markup():
    assert summarise("# The *loss*\n\n- fell <b>again</b>\n- [x](http://e.example)") == (
        "The loss fell again x"
    )


def test_a_summary_has_no_space_where_there_is_none():
    assert summarise("`a`, **b**! and [c](http://e.example).") == "a, b! and c."


def test_a_long_summary_ends_at_a_word():
    summary = summarise("word " * 100)
    assert summary.endswith("word …")
    assert len(summary) <= 162


def test_a_summary_shows_characters_and_not_their_references():
    assert summarise("a &lt; b & c") == "a < b & c"


def test_the_summary_of_a_huge_text_is_quick():
    started = time.process_time()
    summarise("[" * 10_000_000)
    assert time.process_time() - started < SECONDS


@given(pieces)
def test_no_extension_finds_anything_in_a_sealed_block(text):
    block = seal(page(text))
    made = python_markdown(f"# Before\n\n{block}\n\nAfter.\n")
    assert made == f'<h1 id="before">Before</h1>\n{block}\n\n<p>After.</p>'


@given(pieces)
def test_a_sealed_block_holds_the_same_text(text):
    assert html.unescape(seal(page(text))) == html.unescape(page(text))


@given(pieces)
def test_a_sealed_block_holds_the_same_elements(text):
    assert elements(seal(page(text))) == elements(page(text))


def test_sealing_takes_out_the_placeholders_of_python_markdown():
    assert seal("<p>\x02amp\x03</p>") == "<p>amp</p>"


@pytest.mark.parametrize("character", ["`", "~", "{", "}", "\t", "\r"])
def test_sealing_turns_what_extensions_look_for_into_references(character):
    assert seal(f"<p>{character}</p>") == f"<p>&#{ord(character)};</p>"


def test_sealing_keeps_the_tags_in_preformatted_text():
    block = (
        '<pre class="a b"><code class="language-x">a b\n<span title="c d">e</span>\n</code></pre>'
    )
    assert elements(seal(block)) == elements(block)
    assert "\n" not in seal(block)


def test_attributes_cannot_include_files():
    clean = render_markdown('<abbr title="\n--8<--\nmkdocs.yml\n--8<--\n">x</abbr>')
    assert "<--" not in clean


@given(texts.map(visible))
def test_markdown_is_parsed_as_cmarkgfm_parses_it(text):
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    extensions = ["table", "autolink", "tagfilter", "strikethrough", "tasklist"]
    expected = cmark.markdown_to_html_with_extensions(text, options, extensions)
    assert commonmark.to_html(text) == expected


def test_parsing_gives_back_its_memory():
    script = """
import resource
from pathlib import Path
from artifolio.website.markup import render_markdown
text = "word *em* [a](http://x.example)\\n\\n" * 3000
state = Path("/proc/self/statm")
def taken(rounds):
    for _ in range(rounds):
        render_markdown(text)
    if state.exists():  # a child's peak would be at least its parent's there
        return int(state.read_text().split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
first = taken(5)
print(taken(40) / first)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert float(done.stdout) < 1.5


def test_what_a_sanitiser_let_through_is_shown_as_its_source(monkeypatch):
    monkeypatch.setattr(markup.nh3, "clean", lambda text, **_: text)
    shown = render_markdown(
        "Hello\n\n<meta http-equiv=refresh content='0;url=http://evil.example'>"
    )
    assert "Not safe to be laid out" in shown
    assert "<meta" not in shown
    assert "&lt;meta http-equiv=refresh" in shown
    assert render_markdown("*Hello*, <b>you</b>") == "<p><em>Hello</em>, <b>you</b></p>\n"


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_what_was_cleaned_is_never_taken_for_unclean(payload):
    assert "Not safe to be laid out" not in render_markdown(payload.text)


OWN = {"plots/a b.png": "../../x.1.png", "v.svg": "data:image/svg+xml;base64,PA=="}


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("![a](plots/a%20b.png)", "../../x.1.png"),
        ("![a](<./plots/a b.png?raw=true>)", "../../x.1.png"),
        ("[![a](v.svg)](https://example.org)", "data:image/svg+xml;base64,PA=="),
        ("<img src='plots/a b.png' width=40>", "../../x.1.png"),
    ],
)
def test_images_that_were_published_with_a_text_are_shown(text, source):
    (image,) = elements(render_markdown(text, images=OWN), "img")
    assert image.attributes["src"] == source
    assert image.attributes.get("alt") in ("a", None)


@pytest.mark.parametrize(
    "address", ["b.png", "../v.svg", "/v.svg", "//v.svg", "x:v.svg", "v.svg/x", "../../x.1.png"]
)
def test_other_relative_images_are_only_named(address):
    page = render_markdown(f"![The loss]({address})", images=OWN)
    assert elements(page, "img") == []
    assert words(page) == "The loss"


def test_the_address_of_an_own_image_cannot_leave_its_attribute():
    page = render_markdown("![a](v.svg)", images={"v.svg": '"><script>x</script>'})
    assert [element.tag for element in elements(page)] == ["p", "img"]


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_nothing_of_a_text_does_harm_beside_its_own_images(payload):
    text = f"![a](v.svg)\n\n{payload.content}"
    assert page_dangers(render_markdown(text, images=OWN)) == []
