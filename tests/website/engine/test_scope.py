from __future__ import annotations

from pathlib import Path

import pytest

from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.scope import has_own_templates, why_plain
from website.projects import write_settings

_CUSTOM = {"name": "material", "font": False, "custom_dir": "overrides"}
_FAR = [
    "{{ nav.homepage.url }}",
    "{% for file in pages %}{{ file }}{% endfor %}",
    "{{ page.next_page.title }}",
    "{{ page['previous_page'] }}",
    "{{ build_date_utc }}",
    "{{ page.update_date }}",
    "{{ [1, 2]|random }}",
    "{{ lipsum() }}",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "site_src").mkdir(parents=True)
    (folder / "overrides").mkdir()
    return folder


def reason(folder: Path, **changes) -> str | None:
    return why_plain(load_configuration(write_settings(folder, **changes)))


def reason_of(folder: Path, extensions: str) -> str | None:
    config_file = write_settings(folder)
    config_file.write_text(
        config_file.read_text().rstrip("}\n") + f', "markdown_extensions":\n{extensions}}}'
    )
    return why_plain(load_configuration(config_file))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"nav": None},
        {"plugins": ["artifolio", "material/search"]},
        {"plugins": ["search", "material/offline", "artifolio"]},
        {"plugins": []},
        {"markdown_extensions": ["toc", "markdown.extensions.tables", "pymdownx.superfences"]},
        {"theme": _CUSTOM},
    ],
)
def test_what_is_known_is_built_incrementally(folder, changes):
    assert reason(folder, **changes) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"theme": {"name": "mkdocs"}}, "the theme mkdocs"),
        ({"strict": True}, "strict mode"),
        ({"hooks": ["hook.py"]}, "the hook hook.py"),
        ({"plugins": ["artifolio", "material/tags"]}, "the plugin material/tags"),
        ({"plugins": ["search", {"search": {}}]}, "a plugin that is named twice"),
        (
            {"markdown_extensions": ["pymdownx.snippets"]},
            "the Markdown extension pymdownx.snippets",
        ),
        ({"extra_templates": ["a.html"]}, "the template a.html"),
        ({"nav": None, "plugins": ["search"]}, "a navigation of all pages"),
        (
            {"theme": _CUSTOM | {"static_templates": ["own.html"]}},
            "the template own.html",
        ),
    ],
)
def test_what_is_not_known_is_told(folder, changes, expected):
    (folder / "hook.py").write_text("")
    assert reason(folder, **changes) == expected


@pytest.mark.parametrize("text", _FAR)
@pytest.mark.parametrize("name", ["main.html", "partials/deep/x.txt", "assets/x.js"])
def test_a_template_that_reaches_other_pages_or_the_time_is_told(folder, text, name):
    path = folder / "overrides" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert reason(folder, theme=_CUSTOM) == f"the template {path.name}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("main.html", b"{{ page.title }} {{ navigation }}"),
        ("assets/x.js", b"window.parent.children = files.now"),
        ("x.svg", b"<title>pages</title>"),
        ("x.png", bytes(range(256))),
    ],
)
def test_what_reaches_nothing_else_is_known(folder, name, content):
    (folder / "overrides/assets").mkdir()
    (folder / "overrides" / name).write_bytes(content)
    assert reason(folder, theme=_CUSTOM) is None


def test_links_to_nowhere_beside_templates_are_passed_over(folder):
    (folder / "overrides/.#main.html").symlink_to("user@host.1")
    assert reason(folder, theme=_CUSTOM) is None


@pytest.mark.parametrize(("name", "expected"), [("a/main.html", True), ("x.css", False)])
def test_own_templates_are_told_from_other_files(folder, name, expected):
    path = folder / "overrides" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert has_own_templates(load_configuration(write_settings(folder, theme=_CUSTOM))) is expected


def test_a_project_without_a_folder_of_templates_has_none(folder):
    assert not has_own_templates(load_configuration(write_settings(folder)))


def test_functions_of_known_packages_are_known(folder):
    fence = "[{pymdownx.superfences: {custom_fences: [{name: x, class: x, format: %s }]}}]"
    known = "!!python/name:pymdownx.superfences.fence_code_format"
    assert reason_of(folder, fence % known) is None
    assert reason_of(folder, fence % "!!python/name:os.getcwd") == "the function posix.getcwd"


def test_functions_with_some_arguments_given_are_told_by_what_they_call(folder):
    slugify = '!!python/object/apply:pymdownx.slugs.slugify {"kwds": {"case": "lower"}}'
    assert reason_of(folder, f'[{{"toc": {{"slugify": {slugify}}}}}]') is None
    other = '!!python/object/apply:functools.partial {"args": [!!python/name:os.path.join ]}'
    assert (
        reason_of(folder, f'[{{"toc": {{"slugify": {other}}}}}]') == "the function posixpath.join"
    )
