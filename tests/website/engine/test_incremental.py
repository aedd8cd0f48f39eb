from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateNotFound
from mkdocs.config.defaults import MkDocsConfig

from artifolio.bodies import Markdown
from artifolio.store import Store
from artifolio.website.engine import folder, update
from artifolio.website.engine.build import user_cache
from artifolio.website.engine.handwork import Handwork
from artifolio.website.engine.memory import MemoryFile
from artifolio.website.engine.rebuild import Rebuilder
from artifolio.website.engine.report import Updated
from artifolio.website.engine.verify import compare_sites
from samples import make_record
from website.engine.plain import PlainBuilder
from website.projects import tree

_VERSION = "artifacts/loss/20260801T120100123Z-000000000001.md"
_SETTINGS: dict[str, Any] = {
    "site_name": "Demo",
    "docs_dir": "site_src",
    "theme": {"name": "material", "font": False},
    "plugins": ["search", "artifolio"],
    "nav": [{"Home": "index.md"}, "about.md", {"Artifacts": "artifacts/index.md"}],
    "not_in_nav": "/artifacts/**\n/runs/**\n",
}
_PAGES = {
    "index.md": "# Home\n\nSee [about](about.md), [loss](artifacts/loss/index.md).\n",
    "about.md": "# About\n\n## Second\n\nWords.\n",
    "guide/first.md": "# First\n\nNo links.\n",
}


class Lab:
    """A small project, its site, and what plain MkDocs makes of it."""

    def __init__(self, folder: Path, plain: PlainBuilder) -> None:
        self.folder, self.plain = folder, plain
        self.docs, self.site = folder / "site_src", folder / "site"
        self.kept: Rebuilder | None = None
        self.store = Store(folder / "artifacts")
        for number in (1, 2):
            self.publish(number)
        for name, text in _PAGES.items():
            self.write(name, text)
        self.set()

    @property
    def config_file(self) -> Path:
        return self.folder / "mkdocs.yml"

    def set(self, **changes: Any) -> Path:
        """Write the settings; one that is None is left out."""
        values = {name: value for name, value in (_SETTINGS | changes).items() if value is not None}
        self.config_file.parent.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text(json.dumps(values, indent=1))
        return self.config_file

    def publish(self, number: int, key: str = "loss") -> Path:
        return self.store.add(make_record(Markdown(f"# Number {number}\n"), key, number))

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a source."""
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def override(self, name: str, content: str) -> Path:
        """Write a file of the theme."""
        path = self.folder / "overrides" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def make(self, name: str) -> None:
        """Let a source be there, that of a generated page by a record."""
        if name.startswith("artifacts/"):
            self.publish(9, name.split("/")[1])
        else:
            self.write(name, "# New\n")

    def remove(self, name: str) -> Path:
        (self.docs / name).unlink()
        return self.docs / name

    def build(self):
        """Build as a new process does."""
        MkDocsConfig.plugins.plugin_cache.clear()
        self.kept = Rebuilder(self.config_file)
        return self.kept.build()

    def rebuild(self, *changed: Path):
        """Build as the process that has built before does when it is told what changed."""
        return self.kept.build([str(path) for path in changed])

    def updated(self):
        """Build as a new process does; give what that did."""
        built = self.build()
        assert built.why_plain is None
        return built.updated

    def differences(self) -> list[str]:
        """Tell where the site is not what plain MkDocs makes."""
        plain = self.plain.build(self.config_file, self.folder / "plain")
        assert plain.status == 0, plain.said
        return list(map(str, compare_sites(self.site, self.folder / "plain")))


@pytest.fixture
def lab(tmp_path: Path, plain: PlainBuilder) -> Lab:
    return Lab(tmp_path / "project", plain)


NOTHING = Updated()
_WITH_OVERRIDES = {"name": "material", "font": False, "custom_dir": "overrides"}
_FOOTER = {"name": "material", "font": False, "features": ["navigation.footer"]}
_EMPTY_FOR_FIRST = (
    '{% extends "empty.html" if page and page.title in ("First", "loss") else "base.html" %}'
)
_WITH_FOOTER = (
    '{% extends "base.html" %}{% block footer %}{{ page.markdown|wordcount }}{% endblock %}'
)


def times(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


# 2: a second update


@pytest.mark.parametrize(
    "changes", [{}, {"use_directory_urls": False}, {"plugins": ["artifolio"]}, {"nav": None}]
)
def test_a_second_update_writes_nothing(lab, changes):
    lab.build()
    lab.set(**changes)
    lab.build()
    before = times(lab.site)
    assert lab.updated() == NOTHING
    assert times(lab.site) == before


def test_an_update_that_is_told_of_a_change_that_is_none_writes_nothing(lab):
    lab.build()
    before = times(lab.site)
    assert lab.rebuild(lab.docs / "about.md").updated == NOTHING
    assert times(lab.site) == before


# 3: touch


def test_a_source_that_was_touched_is_not_converted(lab):
    lab.build()
    (lab.docs / "about.md").touch()
    lab.write("index.md", _PAGES["index.md"])
    assert lab.updated() == NOTHING


def test_a_generated_page_that_was_touched_is_not_rendered(lab):
    lab.build()
    (lab.docs / "artifacts/loss/index.md").touch()
    assert lab.updated() == NOTHING


def test_new_bytes_of_an_old_time_and_the_same_size_are_converted(lab):
    lab.build()
    path = lab.docs / "about.md"
    before = path.stat()
    path.write_text(path.read_text().replace("Words", "Swords"[:5]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert lab.updated().converted == ["about.md"]
    assert "Sword" in (lab.site / "about/index.html").read_text()


def test_new_bytes_of_a_copied_file_of_an_old_time_are_copied(lab):
    path = lab.write("n.csv", "1")
    os.utime(path, (1e9, 1e9))
    lab.build()
    path.write_text("2")
    os.utime(path, (1e9, 1e9))
    lab.build()
    assert (lab.site / "n.csv").read_text() == "2"


# 4: link targets


@pytest.mark.parametrize("target", ["new.md", "new.csv", "artifacts/new/index.md"])
def test_a_link_target_that_comes_converts_just_the_pages_that_asked(lab, target):
    lab.write("about.md", f"# About\n\n[x]({target})\n")
    lab.write("guide/first.md", f"# First\n\n[x](../{target})\n")
    lab.build()
    lab.make(target)
    assert set(lab.updated().converted) - {target} == {"about.md", "guide/first.md"}
    assert lab.differences() == []


def test_a_link_target_that_goes_converts_just_the_pages_that_asked(lab):
    lab.write("new.md", "# New")
    lab.write("about.md", "# About\n\n[x](new.md)\n")
    lab.build()
    lab.remove("new.md")
    assert lab.updated().converted == ["about.md"]
    assert lab.differences() == []


def test_a_link_target_that_is_renamed_converts_just_the_pages_that_asked(lab):
    lab.write("old.md", "# New")
    lab.write("about.md", "# About\n\n[x](old.md)\n")
    lab.write("guide/first.md", "# First\n\n[x](../new.md)\n")
    lab.build()
    (lab.docs / "old.md").rename(lab.docs / "new.md")
    assert lab.updated().converted == ["about.md", "guide/first.md", "new.md"]
    assert lab.differences() == []


def test_links_to_what_is_excluded_or_a_draft_are_followed(lab):
    for name in ("d.md", ".h.md", "templates/t.md"):
        lab.write(name, "# x")
    lab.write("about.md", "[d](d.md) [h](.h.md) [t](templates/t.md)")
    lab.set(draft_docs="d.md\n")
    lab.build()
    assert lab.differences() == []
    lab.remove("d.md")
    assert lab.updated().converted == ["about.md"]
    assert lab.differences() == []


# 5: titles


def test_a_title_in_the_navigation_renders_all_pages_and_converts_one(lab):
    lab.build()
    lab.write("about.md", "# Other\n\n## Second\n\nWords.\n")
    updated = lab.updated()
    assert updated.converted == ["about.md"]
    assert set(updated.rendered) == {
        path.relative_to(lab.docs).as_posix() for path in lab.docs.rglob("*.md")
    }
    assert lab.differences() == []


@pytest.mark.parametrize("matter", ["title: Other", "icon: material/layers", "status: new"])
def test_front_matter_of_a_page_in_the_navigation_renders_all_pages(lab, matter):
    lab.build()
    lab.write("about.md", f"---\n{matter}\n---\n{_PAGES['about.md']}")
    assert "guide/first.md" in lab.updated().rendered
    assert lab.differences() == []


@pytest.mark.parametrize("text", ["# Other\n", "---\nicon: x\nhide: [toc]\n---\n# First\n"])
def test_a_title_outside_of_the_navigation_renders_one_page(lab, text):
    lab.build()
    lab.write("guide/first.md", text)
    updated = lab.updated()
    assert (updated.converted, updated.rendered) == (["guide/first.md"], ["guide/first.md"])
    assert lab.differences() == []


def test_a_page_outside_of_the_navigation_that_comes_renders_itself_alone(lab):
    lab.build()
    lab.write("new.md", "# New")
    assert lab.updated().rendered == ["new.md"]
    assert lab.differences() == []


def test_a_heading_below_a_title_of_the_navigation_renders_one_page(lab):
    lab.build()
    lab.write("index.md", "# Another home\n")
    assert lab.updated().rendered == ["index.md"]
    assert lab.differences() == []


# 6: global inputs


@pytest.mark.parametrize(
    "changes",
    [
        {"site_name": "Other"},
        {"theme": {"name": "material", "font": False, "features": ["navigation.tabs"]}},
        {"markdown_extensions": [{"toc": {"permalink": True}}]},
        {"site_url": "https://e.org/some/where"},
        {"use_directory_urls": False},
        {"plugins": [{"search": {"lang": ["en", "de"], "fields": {"title": {"boost": 2.0}}}}]},
        {"plugins": ["artifolio"]},
        {"plugins": ["search", {"artifolio": {"search_bodies": False}}]},
        {"plugins": ["artifolio", {"search": {"enabled": False}}]},
        {"exclude_docs": "about.md\n"},
        {"repo_url": "https://github.com/o/r", "edit_uri": "edit/main/"},
        {"nav": ["index.md", {"Loss": "artifacts/loss/index.md"}]},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_settings_make_everything_anew(lab, changes):
    lab.build()
    lab.set(**changes)
    assert "index.md" in lab.updated().converted
    assert lab.differences() == []


def test_a_variable_of_the_environment_makes_everything_anew(lab, monkeypatch):
    text = lab.config_file.read_text().replace('"Demo"', "!ENV [DEMO_NAME, Unnamed]")
    lab.config_file.write_text(text)
    lab.build()
    monkeypatch.setenv("DEMO_NAME", "Named")
    lab.build()
    assert "Named" in (lab.site / "404.html").read_text()
    assert lab.differences() == []


def test_inherited_settings_make_everything_anew(lab):
    parent = lab.folder / "parent.yml"
    parent.write_text("site_author: One\n")
    lab.set(INHERIT="parent.yml")
    lab.build()
    parent.write_text("site_author: Other\n")
    lab.build()
    assert 'content="Other"' in (lab.site / "404.html").read_text()
    assert lab.differences() == []


def test_templates_and_files_of_the_theme_make_everything_anew(lab):
    lab.override("main.html", _WITH_FOOTER)
    lab.override("x.css", "one")
    lab.set(theme=_WITH_OVERRIDES)
    lab.build()
    lab.override("main.html", _WITH_FOOTER.replace("wordcount", "length"))
    lab.override("x.css", "two")
    lab.build()
    assert (lab.site / "x.css").read_text() == "two"
    assert lab.differences() == []


# 7: what is cut short, spoilt, or done twice


def killed_at(number: int):
    """Give a stand-in for how files get their names, which ends the build at the n-th."""
    count = 0

    def replace(*args: object, **kwargs: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise KeyboardInterrupt
        _replace(*args, **kwargs)

    return replace


_replace = folder._replace


@pytest.mark.parametrize("number", range(1, 14))
def test_a_build_that_is_killed_at_a_write_is_made_good_by_the_next(lab, number, monkeypatch):
    lab.write("gone.md", "# Gone")
    lab.override("x.css", "one")
    lab.set(theme=_WITH_OVERRIDES)
    lab.build()
    lab.override("x.css", "two")
    lab.set(theme=_WITH_OVERRIDES, site_url="https://e.org/", plugins=["artifolio", _GERMAN])
    lab.remove("gone.md")
    lab.publish(3)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "_replace", killed_at(number))
        with pytest.raises(KeyboardInterrupt):
            lab.build()
    lab.build()
    assert lab.differences() == []


_GERMAN = {"search": {"lang": "de"}}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_update_that_is_killed_at_a_write_is_made_good_by_the_next(lab, number, monkeypatch):
    lab.write("gone.md", "# Gone")
    lab.build()
    lab.write("about.md", "# Other\n")
    lab.remove("gone.md")
    lab.write("new.csv", "1")
    with monkeypatch.context() as patched:
        patched.setattr(folder, "_replace", killed_at(number))
        with pytest.raises(KeyboardInterrupt):
            lab.build()
    lab.build()
    assert lab.differences() == []


@pytest.mark.parametrize("number", [1, 2])
def test_an_update_that_is_killed_while_it_remembers_is_made_good(lab, number, monkeypatch):
    lab.write("gone.md", "# Gone")
    lab.build()
    lab.write("about.md", "# Other\n")
    lab.remove("gone.md")
    save, calls = MemoryFile.save, []

    def killed(self: MemoryFile, *args: Any) -> None:
        calls.append(args)
        if len(calls) == number:
            raise KeyboardInterrupt
        save(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(MemoryFile, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            lab.build()
    lab.build()
    assert lab.differences() == []


def test_an_update_that_is_killed_while_it_removes_is_made_good(lab, monkeypatch):
    lab.write("gone.md", "# Gone")
    lab.build()
    lab.remove("gone.md")
    with monkeypatch.context() as patched:
        patched.setattr(update, "remove_outputs", killed_at(1))
        with pytest.raises(KeyboardInterrupt):
            lab.build()
    lab.build()
    assert lab.differences() == []


@pytest.mark.parametrize("content", [b"", b"garbage" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_memory_that_is_spoilt_is_made_anew(lab, content):
    lab.build()
    (memory,) = user_cache().glob("site-*.sqlite")
    memory.write_bytes(content)
    lab.write("about.md", "# Other\n")
    lab.build()
    assert lab.differences() == []
    assert lab.updated() == NOTHING


@pytest.mark.parametrize("_again", range(2))
def test_two_processes_that_build_at_once_make_one_site(lab, _again):
    lab.build()
    lab.write("about.md", "# Other\n")
    lab.publish(3)
    command = [sys.executable, "-m", "artifolio", "build"]
    builds = [subprocess.Popen(command, cwd=lab.folder, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(build.communicate()[1], build.returncode)[1] for build in builds] == [0, 0]
    assert lab.differences() == []
    assert lab.updated() == NOTHING


def test_a_process_that_goes_on_notices_that_another_has_built(lab):
    lab.build()
    waiting = lab.kept
    path = lab.write("guide/first.md", "# Other\n")
    lab.build()
    lab.write("guide/first.md", _PAGES["guide/first.md"])
    waiting.build([str(path)])
    assert lab.differences() == []


def test_a_page_that_changes_while_it_is_converted_is_converted_again(lab, monkeypatch):
    opened = Handwork.open

    def open_late(self: Handwork, *args: Any) -> None:
        opened(self, *args)
        lab.write("about.md", "# About\n\nSecond words\n")

    lab.build()
    lab.write("about.md", "# About\n\nFirst words\n")
    with monkeypatch.context() as patched:
        patched.setattr(Handwork, "open", open_late)
        lab.build()
    lab.build()
    assert lab.differences() == []


def test_nothing_of_an_update_that_failed_is_believed(lab):
    lab.build()
    before = tree(lab.site)
    about = lab.write("about.md", "# Other\n")
    first = lab.write("guide/first.md", "---\ntemplate: nothing.html\n---\n# First\n")
    with pytest.raises(TemplateNotFound):
        lab.rebuild(about, first)
    assert tree(lab.site) == before
    lab.write("about.md", _PAGES["about.md"])
    lab.write("guide/first.md", "# First again\n")
    lab.rebuild(about, first)
    assert lab.differences() == []


# 8: what tells of all pages


def test_search_index_and_sitemap_are_in_order_and_byte_for_byte(lab):
    odd = {
        "guide/index.md": "---\ntags: [red, two words, ünï, 3]\n---\nNo heading \N{GRINNING FACE}.",
        "guide/README2.md": "---\nsearch: {exclude: true}\n---\n# Excluded",
        "a-b.md": "---\nsearch: {boost: 2.5}\n---\n# </script> & \u2028\n\n## X\n\n`</script>`",
        "a/z.md": "---\ntitle: 2026-01-01\nsearch: {boost: 2026-01-01}\n---\n",
        "a/b/Über uns.md": "<h2 id='q' data-search-exclude>x</h2><script>1</script>",
        "A.md": "# A\n",
        "empty.md": "",
    }
    for name, text in odd.items():
        lab.write(name, text)
    lab.set(site_url="https://e.org/a b/")
    lab.build()
    assert lab.differences() == []
    lab.remove("a/z.md")
    lab.write("a.md", "# In front")
    lab.write("empty.md", "now *something*")
    lab.build()
    assert lab.differences() == []


# 10: the plain way


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plugins": ["search", "artifolio", "material/tags"]}, "the plugin material/tags"),
        ({"hooks": ["hook.py"]}, "the hook hook.py"),
        ({"strict": True}, "strict mode"),
        ({"extra_templates": ["t.html"]}, "the template t.html"),
        ({"markdown_extensions": ["admonition", "pymdownx.snippets"]}, "pymdownx.snippets"),
        ({"plugins": ["search"], "nav": None}, "a navigation of all pages"),
    ],
)
def test_what_is_not_known_is_built_by_plain_mkdocs(lab, changes, reason):
    (lab.folder / "hook.py").write_text("")
    lab.write("t.html", "{{ config.site_name }}")
    lab.set(**changes)
    built = lab.build()
    assert reason in built.why_plain
    assert lab.differences() == []


def test_a_template_that_mentions_the_navigation_is_built_by_plain_mkdocs(lab):
    lab.override(
        "main.html", '{% extends "base.html" %}{% block footer %}{% include "x.t" %}{% endblock %}'
    )
    lab.override("x.t", "{% for item in nav.pages %}{{ item.content }}{% endfor %}")
    lab.set(theme=_WITH_OVERRIDES)
    assert lab.build().why_plain == "the template x.t"
    lab.write("about.md", "# About\n\nOther words.\n")
    lab.build()
    assert lab.differences() == []


# What is odd


@pytest.mark.parametrize("goes", ["n.csv", "d.md"])
def test_what_the_navigation_names_besides_pages_may_come_and_go(lab, goes):
    lab.write(goes, "1")
    nav = ["index.md", {"N": goes}, "about.md"]
    lab.set(nav=nav, draft_docs="d.md\n", theme=_FOOTER)
    lab.build()
    assert lab.differences() == []
    lab.remove(goes)
    lab.build()
    assert lab.differences() == []


@pytest.mark.parametrize("directories", [True, False])
@pytest.mark.parametrize(
    "nav",
    [
        ["index.md", {"Loss": "artifacts/loss/index.md"}, _VERSION],
        [{"G": ["guide/first.md", {"D": "about.md"}]}, "/index.md", "/artifacts/loss/index.md"],
        [{"A": "about.md"}, {"B": "about.md"}, "index.md", "nowhere.md", "https://e.org/"],
        None,
    ],
    ids=["generated", "absolute", "twice", "none"],
)
def test_pages_in_any_navigation_are_as_plain_mkdocs_makes_them(lab, nav, directories):
    lab.set(
        nav=nav,
        use_directory_urls=directories,
        site_url="https://e.org/x/y/",
        validation={"nav": {"absolute_links": "relative_to_docs"}},
        theme=_FOOTER | {"features": ["navigation.footer", "navigation.path", "navigation.prune"]},
        repo_url="https://github.com/o/r",
        edit_uri="edit/main/",
    )
    assert lab.build().why_plain is None
    lab.publish(3)
    lab.publish(4, "other")
    lab.build()
    assert lab.differences() == []


def test_a_file_in_the_place_of_one_of_the_theme_comes_and_goes(lab):
    asset = "assets/images/favicon.png"
    lab.build()
    os.utime(lab.write(asset, b"x"), (1e9, 1e9))
    lab.build()
    assert (lab.site / asset).read_bytes() == b"x"
    lab.remove(asset)
    lab.build()
    assert lab.differences() == []


def test_a_readme_that_is_excluded_beside_an_index_is_no_link_target(lab):
    lab.write("README.md", "# Read me\n")
    lab.write("about.md", "[r](README.md)\n")
    lab.set(exclude_docs="README.md\n")
    lab.build()
    assert lab.differences() == []


def test_a_readme_alone_is_an_index(lab):
    (lab.docs / "index.md").rename(lab.docs / "README.md")
    lab.set(nav=["README.md"])
    assert lab.build().why_plain is None
    assert lab.differences() == []


def test_templates_may_make_pages_empty(lab):
    lab.override("main.html", _EMPTY_FOR_FIRST)
    lab.override("404.html", "\n")
    lab.override("empty.html", "\n")
    lab.set(theme=_WITH_OVERRIDES)
    assert lab.build().why_plain is None
    assert not (lab.site / "artifacts/loss/index.html").exists()
    assert lab.differences() == []
    lab.write("guide/first.md", "# Not empty\n")
    lab.build()
    assert lab.differences() == []
    lab.write("guide/first.md", _PAGES["guide/first.md"])
    lab.build()
    assert lab.differences() == []


def test_a_template_sees_the_markdown_of_pages_that_have_not_changed(lab):
    lab.override("main.html", _WITH_FOOTER)
    lab.set(theme=_WITH_OVERRIDES)
    lab.build()
    lab.rebuild(lab.write("about.md", "# Other\n"))
    lab.rebuild(lab.write("about.md", "# Yet another\n"))
    assert lab.differences() == []


def test_a_file_and_a_page_of_one_name_are_refused_as_plain_mkdocs_does(lab):
    lab.build()
    before = tree(lab.site)
    lab.write("about", "x")
    with pytest.raises(OSError, match="about"):
        lab.build()
    assert tree(lab.site) == before


def test_links_to_nowhere_are_left_alone(lab):
    lab.override("main.html", '{% extends "base.html" %}')
    lab.set(theme=_WITH_OVERRIDES)
    (lab.folder / "overrides/.#main.html").symlink_to("user@host.1")
    assert lab.build().why_plain is None
    (lab.docs / ".#index.md").symlink_to("user@host.1")
    assert lab.build().why_plain == "the file '.#index.md'"
    assert lab.differences() == []


def test_linked_folders_and_pages_are_followed(lab):
    outside = lab.folder / "outside"
    outside.mkdir()
    (outside / "p.md").write_text("# P\n")
    (lab.docs / "linked").symlink_to(outside)
    (lab.docs / "q.md").symlink_to(outside / "p.md")
    lab.build()
    (outside / "p.md").write_text("# Other\n")
    (outside / "x.txt").write_text("x")
    lab.build()
    assert "Other" in (lab.site / "q/index.html").read_text()
    assert lab.differences() == []


def test_a_linked_folder_of_the_site_is_not_written_through(lab):
    foreign = lab.folder / "foreign/loss/index.html"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("precious")
    lab.site.mkdir()
    (lab.site / "artifacts").symlink_to(lab.folder / "foreign")
    lab.build()
    assert foreign.read_text() == "precious"
    assert lab.differences() == []


def test_what_was_added_to_the_site_by_hand_goes(lab):
    lab.build()
    (lab.site / "about/x.html").write_text("x")
    (lab.site / "empty").mkdir()
    lab.build()
    assert lab.differences() == []


def test_what_was_changed_in_the_site_by_hand_is_made_again(lab):
    lab.build()
    (lab.site / "about/index.html").write_text("x")
    (lab.site / "artifacts/loss/index.html").unlink()
    (lab.site / "sitemap.xml").unlink()
    (lab.site / "search/search_index.json").write_text("{}")
    (lab.site / "404.html").write_text("")
    updated = lab.updated()
    assert updated.rendered == ["about.md", "artifacts/loss/index.md"]
    assert updated.converted == []
    assert lab.differences() == []


def test_generated_pages_that_were_edited_are_made_again(lab):
    lab.build()
    lab.write("artifacts/loss/index.md", "# By hand\n")
    lab.write("artifacts/odd.md", "# By hand\n")
    lab.build()
    assert lab.differences() == []


@pytest.mark.parametrize("nav", [[], None])
def test_a_project_without_sources_is_built(lab, nav):
    shutil.rmtree(lab.docs)
    lab.docs.mkdir()
    shutil.rmtree(lab.store.root)
    lab.set(nav=nav)
    assert lab.build().why_plain is None
    assert lab.differences() == []


@pytest.mark.parametrize("directories", [True, False])
def test_a_source_in_the_place_of_the_error_page_comes_and_goes(lab, directories):
    lab.set(use_directory_urls=directories)
    lab.build()
    lab.write("404.md", "# Gone\n")
    lab.build()
    assert lab.differences() == []
    lab.remove("404.md")
    lab.build()
    assert lab.differences() == []


def test_anchors_that_are_not_there_are_told_of_each_time(lab, caplog):
    lab.set(validation={"links": {"anchors": "warn"}})
    lab.write("index.md", "[y](about.md#nope) [z](artifacts/loss/index.md#q) [s](#self)\n")
    lab.build()
    first = sorted(record.getMessage() for record in caplog.records if "anchor" in record.msg)
    caplog.clear()
    lab.build()
    assert sorted(r.getMessage() for r in caplog.records if "anchor" in r.msg) == first
    plain = lab.plain.build(lab.config_file, lab.folder / "plain").said
    assert [message for message in first if message not in plain] == []
    assert len(first) == plain.count("anchor") == 3


def test_a_search_that_is_named_twice_is_built_by_plain_mkdocs(lab):
    lab.set(plugins=["artifolio", {"search": {"lang": "en"}}, _GERMAN])
    assert lab.build().why_plain == "a plugin that is named twice"
    assert lab.differences() == []


def test_a_title_that_is_no_text_of_unicode_is_kept(lab):
    lab.write("guide/first.md", '---\ntitle: "\\ud800 x"\n---\n# First\n')
    lab.build()
    lab.write("about.md", "# Other\n")
    lab.build()
    assert lab.differences() == []
