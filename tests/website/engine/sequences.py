"""Random sequences of edits and builds, and the projects that they begin with."""

from __future__ import annotations

import json
from posixpath import dirname, relpath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from choices import Choices, drawn
from samples import make_record
from website.engine.edits import (
    DAMAGES,
    KINDS,
    Append,
    Damage,
    Delete,
    DeleteKey,
    Edit,
    Feature,
    GoBack,
    Hook,
    Inherit,
    Keep,
    Misplace,
    Move,
    Override,
    Pin,
    Publish,
    Remove,
    Republish,
    Retire,
    Retitle,
    Set,
    SetMeta,
    SetVariable,
    SpoilCache,
    SpoilOutput,
    Touch,
    Twist,
    Write,
)
from website.engine.trial import ANOTHER, COMMAND, HINTED, NEW, UNHINTED, Round, Start

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

_BYTES = 100
"""What one round may take of choices."""

_STEM = make_record(number=1).header.stem
PAGES = (
    *("index.md", "about.md", "guide/index.md", "guide/first.md", "guide/second.md"),
    *("guide/deep/third.md", "README.md", "guide/README.md", "Über uns.md", "guide/ä & ö.md"),
    # Two sources with one destination, one of them generated; and names that are addresses.
    *("about/index.md", "artifacts.md", "odd%20name.md", "odd+name#1.md", "old.markdown", "old.md"),
    *("404.md", ".hidden.md", "guide/draft.md", "tags.md", "blog/2024 news.md"),
)
# What most edits should be about: what is there, or soon will be.
_LIKELY_PAGES = ("index.md", "about.md", "guide/first.md", "guide/index.md", "guide/second.md")
_LIKELY_FILES = ("files/logo.svg", "files/numbers.csv")
FILES = (
    *("files/numbers.csv", "files/logo.svg", "files/a b ü.txt", "files/icon.png", "robots.txt"),
    *("stylesheets/extra.css", "javascripts/extra.js", "list.txt", "guide/.meta.yml"),
    # In the way of a page, of what the theme brings, and of what MkDocs makes itself.
    *("about/index.html", "guide/first/index.html", "assets/images/favicon.png", "404.html"),
    *("sitemap.xml", "artifacts/loss/by-hand.txt", "artifacts/by-hand.md"),
)
_ELSEWHERE = (
    *("artifacts/index.md", "artifacts/loss/index.md", f"artifacts/loss/{_STEM}.md"),
    *("artifacts/cities/index.md", "artifacts/late/index.md", "runs/run-1/index.md"),
    *("artifacts/loss/index.json", "artifacts/feed.xml", "nowhere.md", "guide/"),
    *("assets/stylesheets", "assets/images/favicon.png", "search/search_index.json"),
)
_GENERATED = ("artifacts/index.md", "artifacts/loss/index.md", f"artifacts/loss/{_STEM}.md")
_ANCHORS = ("", "", "", "#second", "#title", "#missing", "#custom")
_TITLES = (
    *("Title", "Other title", "Ünï <b>bold</b> & `code` “x”", "With {# braces } {{ x }}"),
    *(
        "</script><script>alert(1)</script>",
        "Title {#custom}",
        "A [link](about.md) in it",
        "a_b*c*",
    ),
)
_PARAGRAPHS = (
    "Some *words*, then \N{GRINNING FACE} and ünï\u2028code.",
    "## Second\n\nWords.\n\n## Second\n\nMore words.\n\n### Third `x`\n\nYet more.",
    "```python\nif a:\n    b(c)  # </script> {{ x }}\n```",
    "~~~\n--8<-- in a fence\n~~~\n\n    indented <b>\n",
    "Ends a </script> and begins a <script>by(hand)</script> of its own.",
    '<div markdown="1" class="x">\n\n*within* [about](about.md)\n\n</div>',
    "<h1>Raw</h1>\n\n<a href='about.md'>raw</a> <img src=\"files/logo.svg\">",
    "| a | b |\n|:--|--:|\n| 1 | `|` |",
    '!!! note "Mind"\n\n    The [first](guide/first.md) one.',
    "Noted[^1].\n\n[^1]: The foot [note](about.md#second).",
    '--8<-- "files/numbers.csv"',
    '--8<-- "guide/second.md"',
    "[TOC]\n\n# Another first heading\n",
    "HTML is short.\n\n*[HTML]: Hypertext",
    "Term\n:   What it *means*.",
    "<!-- a comment with # no heading -->\n\n- [ ] open\n- [x] done",
    "Line one\r\nLine two\r\n\r\nBeyond\x02 \x03.",
    "# \n\n#\n\n#No space\n\nSetext\n===\n",
    "word " * 400,
    "<details><summary>More</summary>\n\nHidden.\n\n</details>",
)
_META: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("title", ("Given title", "Ünï <i>x</i> & “y”", "Given title again", None)),
    ("hide", (["navigation"], ["toc", "footer"], ["path", "tags"], None)),
    ("tags", (["red"], ["red", "two words", "ünï"], None)),
    ("description", ('Some "words" & <x>', "Otherwise", None)),
    ("status", ("new", "deprecated", None)),
    ("icon", ("material/rocket-launch", "material/layers-triple-outline", None)),
    ("subtitle", ("Under it", None)),
    ("search", ({"exclude": True}, {"boost": 2}, {"exclude": False}, None)),
    ("template", ("main.html", None)),
    ("author", ("Somebody", None)),
    ("unknown", ({"a": [1, None]}, None)),
    ("search.exclude", (True, None)),
)
_FEATURES = (
    *("navigation.tabs", "navigation.sections", "navigation.indexes", "navigation.prune"),
    *("navigation.path", "navigation.top", "navigation.footer", "navigation.expand"),
    *("navigation.tabs.sticky", "navigation.instant", "toc.integrate", "toc.follow"),
    *("content.action.edit", "content.action.view", "content.code.copy", "search.highlight"),
    *("search.suggest", "header.autohide", "announce.dismiss", "content.tooltips"),
)
_HOME = {"Home": "index.md"}
_LIST = {"Artifacts": "artifacts/index.md"}
_NESTED = {"Guide": ["guide/index.md", "guide/first.md", {"Deep": ["guide/deep/third.md"]}]}
_NAVS: tuple[Any, ...] = (
    [_HOME, _LIST],
    None,
    ["index.md", "about.md", "guide/first.md", "artifacts/index.md"],
    [_HOME, _NESTED, _LIST, {"Out": "https://example.org/"}],
    [_HOME, {"Guide": ["guide/second.md", {"First": "guide/first.md"}]}, "Über uns.md"],
    [_HOME, {"Missing": "nowhere.md"}, {"Absolute": "/about/"}, {"File": "files/numbers.csv"}],
    [_HOME, {"Loss": "artifacts/loss/index.md"}, f"artifacts/loss/{_STEM}.md", _LIST],
    [{"Twice": "about.md"}, {"Again": "about.md"}, "index.md", "README.md"],
)
_ARTIFOLIO: tuple[dict[str, Any], ...] = (
    {"artifolio": {"image_hosts": ["i.example.org"]}},
    {"artifolio": {"artifacts_dir": "records"}},
    {"artifolio": {"policy": "all"}},
)
_PLUGINS: tuple[list[Any], ...] = (
    ["search", "artifolio"],
    ["artifolio"],
    ["artifolio", "search"],
    ["search"],
    [{"search": {"lang": ["en", "de"], "separator": r"[\s\-]+"}}, "artifolio"],
    *(["search", options] for options in _ARTIFOLIO),
    ["search", "artifolio", "material/tags"],
    ["search", "artifolio", "material/meta"],
    ["search", "artifolio", "material/offline"],
    ["material/meta", "search", {"material/tags": {"tags_file": "tags.md"}}, "artifolio"],
)
_EXTENSIONS: tuple[Any, ...] = (
    ["admonition", "attr_list", "md_in_html", "tables", {"toc": {"permalink": True}}],
    None,
    ["footnotes", "def_list", "abbr", "smarty", "pymdownx.superfences", "pymdownx.highlight"],
    [{"pymdownx.snippets": {"base_path": ["site_src"]}}, "attr_list"],
    [{"pymdownx.snippets": {"base_path": "site_src", "auto_append": ["list.txt"]}}, "abbr"],
    [{"toc": {"toc_depth": 2, "title": "On this page"}}, "pymdownx.tasklist", "pymdownx.details"],
)
_SETTINGS: tuple[tuple[tuple[str, ...], tuple[Any, ...]], ...] = (
    (("site_name",), ("Demo", 'Ünï <b> & "x"', "!ENV [DEMO_NAME, Unnamed]")),
    (("site_url",), ("https://example.org/", "https://example.org/docs/", None)),
    (("site_description",), ("What it is & <x>", "!ENV [DEMO_WORDS, None]", None)),
    (("site_author",), ("Somebody", None)),
    (("site_dir",), ("site", "public")),
    (("use_directory_urls",), (True, False)),
    (("copyright",), ("&copy; us <a href='/x'>all</a>", None)),
    (("repo_url",), ("https://github.com/o/r", "https://gitlab.com/o/r", None)),
    (("edit_uri",), ("edit/main/site_src/", "blob/x/", None)),
    (("nav",), _NAVS),
    (("plugins",), _PLUGINS),
    (("markdown_extensions",), _EXTENSIONS),
    (("exclude_docs",), (None, "/guide/deep/\n*.csv\n", "!.hidden.md\n", "/artifacts/loss/\n")),
    (("draft_docs",), (None, "draft.md\n/guide/second.md\n", "/artifacts/cities/\n")),
    (("not_in_nav",), ("/artifacts/**\n/runs/**\n", "/guide/\n", None)),
    (("extra_css",), (["stylesheets/extra.css"], ["https://example.org/x.css"], None)),
    (
        ("extra_javascript",),
        (["javascripts/extra.js"], [{"path": "x.mjs", "type": "module"}], None),
    ),
    (("extra_templates",), (["list.txt"], None)),
    (("extra",), ({"generator": False}, {"homepage": "https://example.org"}, None)),
    (
        ("validation",),
        ({"links": {"absolute_links": "relative_to_docs"}}, {"links": {"anchors": "warn"}}, None),
    ),
    (("theme", "palette"), ({"scheme": "slate"}, {"primary": "red"}, None)),
    (("theme", "language"), ("de", None)),
    (("theme", "logo"), ("files/logo.svg", None)),
    (("theme", "favicon"), ("files/icon.png", None)),
    (("theme", "icon"), ({"logo": "material/library"}, None)),
    (("theme", "custom_dir"), (None,)),
    (("theme", "name"), ("material", "material", "mkdocs", "readthedocs")),
)
_EVERY_PAGE = (
    "{% for f in pages %}<i>{{ f.page.title }} {{ f.page.content | length }}</i>{% endfor %}"
)
_OVERRIDES = (
    ("main.html", '{% extends "base.html" %}{% block footer %}<p>mine</p>{% endblock %}'),
    ("main.html", '{% extends "base.html" %}{% block announce %}other{% endblock %}'),
    ("main.html", '{% extends "base.html" %}{% block footer %}' + _EVERY_PAGE + "{% endblock %}"),
    (
        "partials/copyright.html",
        "<p>{{ config.copyright }} {{ page.title }} {{ nav | length }}</p>",
    ),
    (
        "partials/toc.html",
        "<p>{{ page and page.toc.items | length }} {{ page.meta.tags if page }}</p>",
    ),
    ("404.html", '{% extends "main.html" %}{% block content %}Gone{% endblock %}'),
    ("assets/more.txt", "a file of the theme"),
    ("partials/source.html", "<b>{{ page.previous_page.title }}{{ page.next_page.title }}</b>"),
)
_HOOKS = (
    None,
    "def on_page_markdown(markdown, page, **_):\n    return markdown + '\\n\\n*by a hook*\\n'\n",
    "def on_page_content(html, page, **_):\n    return html + f'<p>{page.title}</p>'\n",
    "def on_post_page(output, page, **_):\n    return output.replace('</body>', 'x</body>')\n",
    "def on_nav(nav, **_):\n    nav.items.reverse()\n    return nav\n",
    "def on_env(env, **_):\n    env.globals['x'] = 1\n",
    "def on_config(config):\n    config.copyright = 'hooked'\n",
    "from pathlib import Path\ndef on_post_build(config):\n"
    "    (Path(config.site_dir) / 'hooked.txt').write_text('x')\n",
    "from mkdocs.structure.files import File\ndef on_files(files, config):\n"
    "    files.append(File.generated(config, 'made.md', content='# Made'))\n",
    "def on_page_context(context, page, **_):\n    page.meta['hide'] = ['toc']\n",
    "def on_pre_build(config):\n    raise ValueError('a hook that fails')\n",
)
_PARENTS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"site_description": "inherited"},
    {"theme": {"features": ["navigation.footer"], "language": "de"}, "copyright": "inherited"},
)
_KEYS = ("loss", "cities", "late", None, "import", "a-b-1")
_RUNS = (None, "run-1", "Run 2/../x")
_BUILT_BY = (HINTED, UNHINTED, HINTED, NEW, ANOTHER, UNHINTED, NEW, HINTED, ANOTHER, HINTED)

_FIRST_EDITS: tuple[Edit, ...] = (
    Write(
        "site_src/index.md",
        "# Home\n\n[x](artifacts/loss/index.md) [later](artifacts/late/index.md) [y](about.md)\n",
    ),
    Write(
        "site_src/about.md",
        "# About\n\n[first](guide/first.md#second) [later](guide/second.md) ![x](robots.txt)\n",
    ),
    Write("site_src/guide/first.md", "# First\n\n## Second\n\n![logo](../files/logo.svg)\n"),
    Write("site_src/guide/index.md", "---\ntitle: Guide\n---\n\n[about](../about.md#about)\n"),
    Write("site_src/files/numbers.csv", "1,2\n"),
    Write("site_src/files/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    Publish("markdown", "loss", "run-1", tags=("daily",)),
    Publish("table", "cities"),
    Publish("markdown", "loss", "run-1", description="Another *one*"),
    Keep(),
)
_BASE: dict[str, Any] = {
    "site_name": "Demo",
    "docs_dir": "site_src",
    "theme": {"name": "material", "font": False},
    "plugins": ["search", {"artifolio": {"policy": "all"}}],
    "nav": [_HOME, _LIST],
    "not_in_nav": "/artifacts/**\n/runs/**\n",
}
_URL = {"site_url": "https://example.org/docs/"}
_UNGUIDED = {name: value for name, value in _BASE.items() if name not in ("nav", "not_in_nav")}
_NAVIGATION = [f"navigation.{name}" for name in "tabs sections indexes path top footer".split()]
STARTS = (
    Start("as init leaves it", _BASE, _FIRST_EDITS),
    Start(
        "much navigation",
        _BASE
        | {
            "site_url": "https://example.org/docs/",
            "repo_url": "https://github.com/o/r",
            "edit_uri": "edit/main/site_src/",
            "nav": [_HOME, _NESTED, "about.md", _LIST],
            "theme": {
                **{"name": "material", "font": False},
                "features": [*_NAVIGATION, "toc.integrate", "content.action.edit"],
            },
        },
        _FIRST_EDITS,
    ),
    Start("no navigation given", _UNGUIDED | {"site_url": "https://example.org/"}, _FIRST_EDITS),
    Start("a file for each page", _BASE | {"use_directory_urls": False}, _FIRST_EDITS),
    Start(
        "a file for each page and no navigation given",
        _UNGUIDED
        | {
            "use_directory_urls": False,
            "theme": {"name": "material", "font": False, "features": ["navigation.prune"]},
        },
        _FIRST_EDITS,
    ),
    Start(
        "to be opened as files",
        _BASE | {"plugins": ["search", "material/offline", "artifolio"]},
        _FIRST_EDITS,
    ),
    Start(
        "other plugins",
        _BASE | {"plugins": ["search", "material/meta", "material/tags", "artifolio"]},
        _FIRST_EDITS,
    ),
)


def sequences(length: int) -> SearchStrategy[tuple[Round, ...]]:
    """Give so many rounds of edits and builds; those that do nothing are left out."""
    return drawn(lambda choices: make_rounds(choices, length), length * _BYTES)


def make_rounds(choices: Choices, length: int) -> tuple[Round, ...]:
    """Make at most so many rounds."""
    rounds = [make_round(Choices(choices.take(_BYTES))) for _ in range(length)]
    return tuple(played for played in rounds if played != Round())


def make_round(choices: Choices) -> Round:
    """Make a few edits and choose who builds then."""
    by = choices.one_of(_BUILT_BY)
    if by == ANOTHER and choices.below(3) == 0:
        by = COMMAND
    edits = [make_edit(choices) for _ in range(choices.one_of((0, 1, 1, 1, 2, 2, 3, 4)))]
    return Round(tuple(edits), by)


def make_edit(choices: Choices) -> Edit:
    """Make any edit."""
    return choices.one_of(_WEIGHED)(choices)


def _page(choices: Choices) -> str:
    return f"site_src/{choices.one_of(PAGES)}"


def _likely_page(choices: Choices) -> str:
    pages = choices.one_of((_LIKELY_PAGES, _LIKELY_PAGES, _LIKELY_PAGES, PAGES))
    return f"site_src/{choices.one_of(pages)}"


def _file(choices: Choices) -> str:
    return f"site_src/{choices.one_of(choices.one_of((_LIKELY_FILES, FILES)))}"


def _source(choices: Choices) -> str:
    """Choose a file of any kind, most likely a page."""
    return choices.one_of((*[_likely_page] * 4, _file, _file, _other, _generated))(choices)


def _generated(choices: Choices) -> str:
    return f"site_src/{choices.one_of(_GENERATED)}"


def _other(choices: Choices) -> str:
    return choices.one_of(("parent.yml", "hooks/hook.py", "overrides/main.html"))


def _settings(choices: Choices) -> str:
    return "mkdocs.yml"


def _link(choices: Choices, page: str) -> str:
    """Make a link from a page to anything that may or may not be there."""
    target = choices.one_of((*PAGES, *PAGES, *FILES, *_ELSEWHERE))
    address = relpath(target, dirname(page.removeprefix("site_src/")) or ".")
    address = (quote(address) if choices.below(4) else address) + choices.one_of(_ANCHORS)
    form = choices.below(8)
    if form == 0:
        return f"[x]({address})"
    if form == 1:
        return f"[x][r] and [r]\n\n[r]: {address} 'A title'"
    if form == 2:
        return f"![x]({address})"
    if form == 3:
        return f"[x](/{target})"
    if form == 4:
        return f"[x](<{address}>){{ .button }}"
    if form == 5:
        return f"[x](#second) and [y]({address}?a=b&c=d)"
    return f"[to {target}]({address})"


def _text(choices: Choices, page: str) -> str:
    fields = [choices.one_of(_META) for _ in range(choices.one_of((0, 0, 0, 1, 2)))]
    chosen = [(name, choices.one_of(values)) for name, values in fields]
    lines = [f"{name}: {json.dumps(value)}" for name, value in chosen if value is not None]
    head = "".join(f"{line}\n" for line in ["---", *lines, "---"]) if lines else ""
    head = choices.one_of((*[head] * 14, "\ufeff" + head, "---\ntitle: [\n---\n"))
    heading = choices.one_of(("# ", "# ", "# ", "## ", None))
    title = choices.one_of(_TITLES)
    parts = [] if heading is None else [heading + title]
    for _ in range(choices.below(4)):
        parts.append(_paragraph(choices, page))
    return head + "\n\n".join(parts) + choices.one_of(("\n", "\n", ""))


def _paragraph(choices: Choices, page: str) -> str:
    return choices.one_of(_PARAGRAPHS) if choices.below(2) else _link(choices, page)


def _write_page(choices: Choices) -> Edit:
    page = _page(choices)
    return Write(page, _text(choices, page))


def _append(choices: Choices) -> Edit:
    page = _likely_page(choices)
    return Append(page, _paragraph(choices, page))


def _write_file(choices: Choices) -> Edit:
    path = _file(choices)
    if path.endswith("list.txt"):
        return Write(path, "{% for f in pages %}{{ f.url }} {{ f.page.title }}\n{% endfor %}")
    if path.endswith(".meta.yml"):
        return Write(path, choices.one_of(("tags: [inherited]\n", "hide: [toc]\n", "")))
    return Write(path, choices.one_of(("1,2\n", "3,4\n", "<b>longer</b>\n# Title\n", "")))


def _rename(choices: Choices) -> Edit:
    before, after = choices.one_of(((_likely_page, _page), (_page, _likely_page), (_file, _file)))
    return Move(before(choices), after(choices))


def _move_folder(choices: Choices) -> Edit:
    folders = ("site_src/guide", "site_src/guide/deep", "site_src/handbook", "site_src/files")
    return Move(choices.one_of(folders), choices.one_of((*folders, "site_src/handbook/guide")))


def _remove(choices: Choices) -> Edit:
    one_of = choices.one_of((*[_likely_page] * 5, _file, _file, _generated, None))
    return Remove(one_of(choices) if one_of else "site_src/guide")


def _set_meta(choices: Choices) -> Edit:
    name, values = choices.one_of(_META)
    return SetMeta(_likely_page(choices), name, choices.one_of(values))


def _publish(choices: Choices) -> Edit:
    return Publish(
        choices.one_of(list(KINDS)),
        choices.one_of(_KEYS),
        choices.one_of(_RUNS),
        choices.one_of((None, None, None, 0, 90)),
        choices.one_of((None, "A *description* </script>", "number two")),
        choices.one_of(((), ("daily",), ("two words", "ünï"))),
    )


def _damage(choices: Choices) -> Edit:
    ending = choices.one_of(("yaml", "yaml", "yaml", "png", "zip"))
    return Damage(choices.below(256), choices.one_of(list(DAMAGES)), ending)


def _misplace(choices: Choices) -> Edit:
    return Misplace(
        choices.below(256), choices.one_of(("cities/*.yaml", "new/*.yaml", "x.yaml", "loss/b.yaml"))
    )


def _set(choices: Choices) -> Edit:
    names, values = choices.one_of(_SETTINGS)
    return Set(names, choices.one_of(values))


def _set_often(choices: Choices) -> Edit:
    """Choose one of those settings that have most to choose from."""
    names, values = choices.one_of([item for item in _SETTINGS if len(item[1]) > 3])
    return Set(names, choices.one_of(values))


def _spoil_output(choices: Choices) -> Edit:
    hows = ("remove", "edit", "empty", "remove folder", "add", "add folder")
    return SpoilOutput(choices.below(256), choices.one_of(hows))


def _spoil_cache(choices: Choices) -> Edit:
    hows = ("cut", "overwrite", "empty", "remove", "folder", "remove all", "keep all", "put back")
    return SpoilCache(choices.below(256), choices.one_of(hows))


def _set_variable(choices: Choices) -> Edit:
    return SetVariable(
        choices.one_of(("DEMO_NAME", "DEMO_WORDS")), choices.one_of(("One", "Two", None))
    )


# The first is what a failing example is made simpler towards.
_WEIGHTS: dict[Callable[[Choices], Edit], int] = {
    lambda choices: Touch(choices.one_of((_source, _source, _settings))(choices)): 2,
    _write_page: 5,
    _append: 6,
    lambda choices: Retitle(_likely_page(choices), f"# {choices.one_of(_TITLES)}"): 5,
    _set_meta: 6,
    _remove: 3,
    _rename: 4,
    _move_folder: 1,
    lambda choices: Twist(_source(choices)): 4,
    _write_file: 5,
    lambda choices: choices.one_of((Keep, GoBack))(): 2,
    _publish: 6,
    lambda choices: Republish(
        choices.below(256), choices.below(101), choices.one_of((None, "x"))
    ): 3,
    _damage: 3,
    lambda choices: Delete(choices.below(256)): 2,
    lambda choices: Retire(choices.below(256)): 2,
    lambda choices: Pin(
        choices.below(256),
        choices.one_of(("production", "stable", "Odd")),
        choices.one_of(("pin", "pin", "pin", "unpin", "spoil")),
    ): 2,
    lambda choices: DeleteKey(choices.one_of(("loss", "cities", "late", "_keyless"))): 1,
    _misplace: 1,
    _set: 4,
    _set_often: 3,
    lambda choices: Set(("strict",), choices.one_of((True, None))): 1,
    lambda choices: Feature(choices.one_of(_FEATURES), choices.below(3) > 0): 3,
    lambda choices: Override(*choices.one_of(_OVERRIDES)): 1,
    lambda choices: Remove(f"overrides/{choices.one_of(_OVERRIDES)[0]}"): 1,
    lambda choices: Hook(choices.one_of(_HOOKS)): 1,
    lambda choices: Inherit(choices.one_of(_PARENTS)): 1,
    _set_variable: 1,
    _spoil_output: 3,
    _spoil_cache: 2,
}
_WEIGHED = [make for make, weight in _WEIGHTS.items() for _ in range(weight)]
