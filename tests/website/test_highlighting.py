from __future__ import annotations

import html
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given
from pygments.token import Token

from artifolio.website import highlighting
from artifolio.website.highlighting import highlight
from artifolio.website.markup import render_markdown, visible
from strategies import texts
from website.reading import dangers, elements, with_class

LANGUAGES = sorted(set(highlighting._LANGUAGES.values()))
SECONDS = 5.0
# What lexers take more than linear time for, or were seen to.
RUNS = {
    "empty lines": "\n",
    "lines of a space": "\n ",
    "spaces": " ",
    "tabs": "\t",
    "words": "a ",
    "lines": "a\n",
    "underscores": "_",
    "dots": "a.b",
    "questions": "?a",
    "comments": "/*\n",
    "quotes": "'\n",
    "double quotes": '"\n',
    "backslashes": "\\\n",
    "tags": "</\n",
    "open tags": "<a\n",
    "brackets": "({[\n",
    "stars": "*&\n",
    "dollars": "${\n",
    "here documents": "<<a\n",
    "backticks": "`\n",
    "separators": "\u2028",
}


def block(code: str, language: str) -> str:
    escaped = html.escape(code, quote=False)
    return f'<pre><code class="language-{language}">{escaped}</code></pre>'


def text_of(made: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", made))


def test_code_has_the_classes_that_the_theme_colours():
    clean = render_markdown("```python\nif a: # b\n    return 'c<'\n```\n")
    assert clean == (
        '<div class="highlight"><pre><code class="language-python">'
        '<span class="k">if</span> a: <span class="c1"># b</span>\n'
        '    <span class="k">return</span> <span class="s1">\'c&lt;\'</span>\n'
        "</code></pre></div>\n"
    )


@pytest.mark.parametrize("name", ["python", "Python", "py", "c++", "yml", "sh", "JSON"])
def test_languages_are_known_by_what_people_call_them(name):
    assert with_class(render_markdown(f"```{name}\nif 1\n```\n"), "highlight")


@pytest.mark.parametrize("name", ["", "text", "nolang", "{.python}", "jinja", "c#", "java", "../x"])
def test_other_languages_stay_plain(name):
    assert with_class(render_markdown(f"```{name}\nif a:\n```\n"), "highlight") == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(code=texts)
def test_the_text_stays_what_it_was(language, code):
    code = visible(code)
    made = highlight(block(code, language))
    assert text_of(made) == code
    assert dangers(made) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_colours(language):
    code = (
        'Traceback (most recent call last):\n  File "a", line 1, in b\n# a\n+ x\n<a b="c"> 1 "d" '
        "if true select int {}\n[e]\nf = 2\nclass g;\n>>> h\nFROM i\n"
    )
    assert elements(highlight(block(code, language)), "span")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("run", RUNS)
def test_long_runs_take_bounded_time(language, run):
    code = ("a " + RUNS[run] * 12_000)[:12_000]
    started = time.process_time()
    highlight(block(code, language) + block(code * 10, language))
    assert time.process_time() - started < SECONDS


def test_many_blocks_take_no_longer_than_one():
    code = '"</\n' * 500
    made = highlight(block(code, "r") * 1_000)
    assert len(with_class(made, "highlight")) == 12


def test_big_data_has_colours_where_its_lexer_is_linear():
    code = '{"a": [1, 2.5, null, "b"]},' * 4_000
    assert with_class(highlight(block(code, "json")), "highlight")
    assert with_class(highlight(block(code * 4, "json")), "highlight") == []


@pytest.mark.parametrize(
    "tokens",
    [
        [(0, Token.Name, "x")],
        [(0, Token.Name, "<script>")],
        [],
    ],
)
def test_a_lexer_that_changes_the_text_is_not_believed(monkeypatch, tokens):
    class Lexer:
        def get_tokens_unprocessed(self, code: str) -> list[object]:
            return tokens

    monkeypatch.setattr(highlighting, "_lexer", lambda language: Lexer())
    assert highlight(block("ab", "python")) == block("ab", "python")


def test_a_lexer_cannot_make_up_a_class(monkeypatch):
    class Lexer:
        def get_tokens_unprocessed(self, code: str) -> list[object]:
            return [(0, Token.Keyword.Md.Search, "a"), (1, Token.Keyword, "<")]

    monkeypatch.setattr(highlighting, "_lexer", lambda language: Lexer())
    made = highlight(block("a<", "python"))
    assert '">a<span class="k">&lt;</span></code>' in made


@pytest.mark.parametrize("inner", ["<b>x</b>", "</code><script>x", "</code><code>"])
def test_blocks_with_markup_in_them_stay_as_they_are(inner):
    whole = f'<pre><code class="language-python">{inner}</code></pre>'
    assert highlight(whole) == whole


def test_pygments_is_not_loaded_for_what_has_no_code():
    script = (
        "import sys\nfrom artifolio.website.markup import render_markdown\n"
        "render_markdown('# a\\n\\n```\\nx\\n```\\n```text\\ny\\n```')\n"
        "print([name for name in sys.modules if name.startswith('pygments')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
