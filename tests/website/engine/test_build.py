from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from artifolio.bodies import Column, File, Image, Link, Markdown, Table
from artifolio.errors import BuildError, ProjectError
from artifolio.origins import Code, Run
from artifolio.store import Store
from artifolio.website.engine.build import Builder, build, load_configuration, report_to
from artifolio.website.sync import Synced
from payloads import payloads
from samples import PNG, make_attachment, make_record, put
from website.engine.test_policy import hash_of
from website.projects import tree, write_project, write_settings
from website.reading import addresses, elements, inline_scripts, page_dangers, policy_of
from website.test_markup import EXTENSIONS

BROKEN_SETTINGS = {
    "no YAML": "site_name: [",
    "no mapping": "- x",
    "nothing": "",
    "no name": "docs_dir: site_src",
    "a folder that is not there": "site_name: x\ndocs_dir: nowhere",
    "a plugin that is not there": "site_name: x\ndocs_dir: site_src\nplugins: [nothing]",
    "a theme that is not there": "site_name: x\ndocs_dir: site_src\ntheme: nothing",
    "an extension that is not there": "site_name: x\ndocs_dir: site_src\nmarkdown_extensions: [n]",
    "a wrong option": "site_name: x\ndocs_dir: site_src\nplugins: [{artifolio: {image_hosts: 1}}]",
    "an unknown option": "site_name: x\nplugins: [{artifolio: {no: 1}}]\nstrict: true",
    "an unknown setting": "site_name: x\ndocs_dir: site_src\nnothing: 1\nstrict: true",
}


def build_in(project: Path, **overrides: object):
    return build(load_configuration(project / "mkdocs.yml", **overrides))


def plain_build(project: Path, site: str, *options: str) -> dict[str, bytes]:
    """Build with MkDocs' own command and give the site."""
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(project / site), *options],
        cwd=project,
        check=True,
        capture_output=True,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )
    return comparable(project / site)


def comparable(site: Path) -> dict[str, bytes]:
    """Give the files of a site; gzip writes the time into its header."""
    return {path: content for path, content in tree(site).items() if path != "sitemap.xml.gz"}


def html_files(site: Path) -> dict[str, str]:
    return {path: text.decode() for path, text in tree(site).items() if path.endswith(".html")}


def generated(site: Path) -> dict[str, str]:
    return {p: h for p, h in html_files(site).items() if p.startswith(("artifacts/", "runs/"))}


def missing_targets(site: Path) -> list[tuple[str, str]]:
    """Give every relative address in a site that leads to no file of it."""
    files = set(tree(site))
    found = []
    for path, text in html_files(site).items():
        for element in elements(text):
            for name in ("href", "src"):
                address = urlsplit(element.attributes.get(name, "#"))
                target = unquote(urlsplit(urljoin(f"/{path}", address.path)).path).lstrip("/")
                if target.endswith("/") or not target:
                    target += "index.html"
                if not address.scheme and not address.netloc and address.path:
                    found += [(path, element.attributes[name])] if target not in files else []
    return [(path, address) for path, address in found if path != "404.html"]


def blocks(project: Path) -> dict[str, str]:
    """Give the block of HTML of every generated source page."""
    return {
        path: text.decode().split("---\n", 2)[2].strip("\n")
        for path, text in tree(project / "site_src").items()
        if path.endswith(".md") and path.startswith(("artifacts/", "runs/"))
    }


def html_of(project: Path, path: str) -> str:
    page = Path(path)
    place = (
        page.with_suffix(".html")
        if page.name == "index.md"
        else page.with_suffix("") / "index.html"
    )
    return (project / "site" / place).read_text()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project whose records are made of nothing but hostile text, and all extensions."""
    folder = tmp_path_factory.mktemp("hostile")
    store = Store(folder / "artifacts")
    texts = [payload.text for payload in payloads() if isinstance(payload.content, str)]
    short = [text for text in texts if len(text) < 1_000]
    for number, text in enumerate(texts, 1):
        store.add(make_record(Markdown(text), None, number))
    for number, text in enumerate(short, 1_000):
        body = [
            Link(text or "x", text),
            Image(url=text or "x", alt=text),
            File(make_attachment(), text),
            Table((Column(text, text or "x"),), ((text,),)),
        ][number % 4]
        run = Run(text, text, text, text, text)
        store.add(
            make_record(
                body,
                f"key-{number % 8}",
                number,
                description=text,
                tags=(text,),
                metadata={text: text},
                run=run,
                code=Code(text, text, True, text),
            ),
            PNG,
        )
    (folder / "site_src").mkdir()
    (folder / "site_src" / "index.md").write_text("# Home\n")
    write_settings(folder, markdown_extensions=EXTENSIONS)
    build_in(folder)
    return folder


def test_every_record_has_its_pages_in_the_site(built):
    site = tree(built / "site")
    assert {
        *("index.html", "artifacts/index.html", "artifacts/loss/index.html"),
        "artifacts/loss/20260801T120300123Z-000000000003/index.html",
        "artifacts/_keyless/20260801T121400123Z-00000000000e/index.html",
        *("runs/run-1/index.html", "artifacts/_assets/artifolio.js"),
        "artifacts/cities/20260801T120500123Z-000000000005.csv",
    } <= set(site)


def test_blocks_stand_unchanged_in_the_site(built):
    assert [
        path for path, block in blocks(built).items() if block not in html_of(built, path)
    ] == []


def test_blocks_of_hostile_records_stand_unchanged_in_the_site(hostile):
    changed = [
        path for path, block in blocks(hostile).items() if block not in html_of(hostile, path)
    ]
    assert len(blocks(hostile)) > 300
    assert changed == []


def test_hostile_records_bring_nothing_dangerous(hostile):
    assert {
        path: page_dangers(block) for path, block in blocks(hostile).items() if page_dangers(block)
    } == {}


def test_no_script_of_a_hostile_record_stands_in_the_site(hostile):
    scripts = [s for text in html_files(hostile / "site").values() for s in inline_scripts(text)]
    assert scripts
    assert [script for script in scripts if "__p(" in script] == []


@pytest.mark.parametrize("text", ["root:x:", ">49<", "uid=0", "&lt;class &#39;"])
def test_hostile_records_include_and_evaluate_nothing(hostile, text):
    assert [path for path, page in generated(hostile / "site").items() if text in page] == []


def test_hostile_records_leave_the_site_in_one_piece(hostile):
    assert missing_targets(hostile / "site") == []


def test_every_link_of_the_site_leads_to_a_file(built):
    assert missing_targets(built / "site") == []


def test_pages_load_nothing_from_other_hosts(built):
    loaded = [
        element.attributes[name]
        for text in generated(built / "site").values()
        for element in elements(text)
        for name in ("src", "srcset", "poster")
        if name in element.attributes
    ] + [
        element.attributes["href"]
        for text in generated(built / "site").values()
        for element in elements(text, "link")
        if element.attributes.get("rel") != "canonical"
    ]
    assert [address for address in loaded if urlsplit(address).netloc] == []


def test_the_policy_is_on_every_generated_page(built):
    without = [path for path, text in generated(built / "site").items() if not policy_of(text)]
    assert without == []


def test_the_policy_is_on_no_other_page(built):
    assert policy_of((built / "site/index.html").read_text()) == {}
    assert policy_of((built / "site/404.html").read_text()) == {}


def test_the_policy_allows_every_script_of_the_theme(built):
    forbidden = [
        (path, script[:60])
        for path, text in generated(built / "site").items()
        for script in inline_scripts(text)
        if hash_of(script) not in policy_of(text)["script-src"]
    ]
    assert forbidden == []


def test_a_script_in_the_content_is_not_allowed(project):
    (project / "hook.py").write_text(
        "def on_page_content(html, **kwargs):\n    return html + '<script>smuggled()</script>'\n"
    )
    write_settings(project, hooks=["hook.py"])
    build_in(project)
    page = html_of(project, "artifacts/loss/index.md")
    assert "<script>smuggled()</script>" in page
    assert hash_of("smuggled()") not in policy_of(page)["script-src"]


def test_only_newest_versions_are_found_by_search(built):
    index = json.loads((built / "site/search/search_index.json").read_text())
    found = {entry["location"].split("#")[0] for entry in index["docs"]}
    assert "artifacts/loss/" in found
    assert [place for place in found if "2026" in place or place.startswith("runs/")] == []


def test_the_search_finds_the_body_of_the_newest_version(built):
    index = json.loads((built / "site/search/search_index.json").read_text())
    text = " ".join(
        entry["text"] for entry in index["docs"] if "artifacts/loss/" in entry["location"]
    )
    assert "b(c)" in text
    assert "It <em>fell</em>" not in text


def test_what_the_search_finds_does_not_run_together(built):
    index = json.loads((built / "site/search/search_index.json").read_text())
    found = {entry["location"]: entry["text"] for entry in index["docs"]}
    assert "city loss ok Bonn 0.5" in found["artifacts/cities/"]
    assert "report.html 8 bytes" in found["artifacts/model/"]
    assert "plot.png An image" in found["artifacts/plot-elsewhere/"]
    assert "javascript:alert(1) (not made clickable)" in found["artifacts/source/"]


@pytest.mark.parametrize("directories", [True, False])
def test_plain_mkdocs_makes_the_same_site_byte_for_byte(project, directories):
    write_settings(project, use_directory_urls=directories)
    build_in(project)
    assert comparable(project / "site") == plain_build(project, "plain")
    assert missing_targets(project / "site") == []


def test_plain_mkdocs_makes_the_pages_as_well(project):
    assert "artifacts/loss/index.html" in plain_build(project, "plain")


def test_building_again_changes_nothing(project):
    build_in(project)
    before = comparable(project / "site")
    assert build_in(project).refreshed.synced == Synced()
    assert comparable(project / "site") == before


def test_a_builder_refreshes_again_for_what_changed(project):
    builder = Builder(None)
    builder.build(load_configuration(project / "mkdocs.yml"))
    Store(project / "artifacts").add(make_record(Markdown("Fourth"), "loss", 90))
    again = builder.build(load_configuration(project / "mkdocs.yml"), ["loss"])
    written = again.refreshed.synced.written
    shared = {"index.md", "index.json", "feed.xml", "llms.txt"}
    assert {path.split("/")[1] for path in written} == {"loss", *shared}
    assert "<p>Fourth</p>" in html_of(project, "artifacts/loss/index.md")


def test_deleted_records_leave_the_site(project):
    build_in(project)
    for path in (project / "artifacts/import").glob("*.yaml"):
        path.unlink()
    build_in(project)
    assert not (project / "site/artifacts/import").exists()


def test_a_repository_without_records_builds(tmp_path):
    (tmp_path / "site_src").mkdir()
    (tmp_path / "site_src/index.md").write_text("# Home\n")
    write_settings(tmp_path)
    build_in(tmp_path, strict=True)
    assert "Nothing has been published" in (tmp_path / "site/artifacts/index.html").read_text()
    assert not (tmp_path / "artifacts").exists()


def test_strict_fails_on_a_problem_of_a_record(project):
    put(Store(project / "artifacts"), "loss/broken.yaml", "x")
    with pytest.raises(BuildError, match=r"1 warning.* in strict mode"):
        build_in(project, strict=True)


def test_strict_passes_where_nothing_is_wrong(project):
    assert build_in(project, strict=True).refreshed.problems == ()


def test_a_problem_does_not_fail_a_build(project):
    put(Store(project / "artifacts"), "loss/broken.yaml", "x")
    refreshed = build_in(project).refreshed
    assert [problem.path for problem in refreshed.problems] == ["loss/broken.yaml"]
    assert "loss/broken.yaml" in html_of(project, "artifacts/index.md")


def test_problems_are_told_and_fatal_in_strict_mode_without_the_plugin_too(project):
    settings = "site_name: x\ndocs_dir: site_src\ntheme: material\nplugins: []\n"
    (project / "mkdocs.yml").write_text(settings)
    put(Store(project / "artifacts"), "loss/broken.yaml", "x")
    lines: list[str] = []
    report_to(lines.append)
    build_in(project)
    assert any("artifacts/loss/broken.yaml" in line for line in lines)
    with pytest.raises(BuildError, match="strict"):
        build_in(project, strict=True)


def test_problems_are_warnings(project):
    lines: list[str] = []
    put(Store(project / "artifacts"), "loss/broken.yaml", "x")
    report_to(lines.append)
    build_in(project)
    (line,) = [line for line in lines if "broken" in line]
    assert line.startswith("Warning: ")
    assert "artifacts/loss/broken.yaml: " in line


@pytest.mark.parametrize("text", BROKEN_SETTINGS.values(), ids=BROKEN_SETTINGS)
def test_settings_that_mkdocs_refuses_are_a_project_error(tmp_path, text):
    (tmp_path / "site_src").mkdir()
    (tmp_path / "mkdocs.yml").write_text(text)
    with pytest.raises(ProjectError, match=r"mkdocs\.yml: ") as caught:
        load_configuration(tmp_path / "mkdocs.yml")
    assert "\n" not in str(caught.value)


def test_missing_settings_are_a_project_error(tmp_path):
    with pytest.raises(ProjectError, match="does not exist"):
        load_configuration(tmp_path / "mkdocs.yml")


def test_what_mkdocs_cannot_build_is_a_build_error(project):
    (project / "hook.py").write_text(
        "from mkdocs.exceptions import PluginError\n"
        "def on_page_markdown(*args, **kwargs):\n    raise PluginError('it broke')\n"
    )
    write_settings(project, hooks=["hook.py"])
    with pytest.raises(BuildError):
        build_in(project)


def test_warnings_of_mkdocs_are_fatal_in_strict_mode(project):
    (project / "site_src/index.md").write_text("[nowhere](nowhere.md)")
    with pytest.raises(BuildError, match="strict"):
        build_in(project, strict=True)


def test_settings_can_be_replaced(project):
    build_in(project, site_dir=str(project / "elsewhere"))
    assert (project / "elsewhere/artifacts/loss/index.html").exists()
    assert not (project / "site").exists()


def test_what_mkdocs_logs_is_reported_line_by_line_and_nowhere_else(caplog):
    lines: list[str] = []
    report_to(lines.append)
    logging.getLogger("mkdocs.structure").warning("one %s", "thing")
    logging.getLogger("mkdocs").info("too little")
    assert lines == ["Warning: one thing"]
    assert caplog.text == ""


def test_reporting_again_replaces_what_was_before():
    lines: list[str] = []
    report_to(lines.append)
    report_to(lines.append, logging.INFO)
    logging.getLogger("mkdocs").info("once")
    assert lines == ["Info: once"]


def test_hand_written_pages_may_link_to_generated_ones(project):
    build_in(project, strict=True)
    assert "artifacts/" in addresses(html_of(project, "index.md"))


def test_a_project_may_lie_anywhere(tmp_path):
    folder = tmp_path / "a b" / "ä"
    folder.mkdir(parents=True)
    write_project(folder)
    build_in(folder, strict=True)
    assert missing_targets(folder / "site") == []


def test_a_build_tells_why_it_was_a_plain_one(project):
    (project / "hook.py").write_text("")
    write_settings(project, hooks=["hook.py"])
    built = build_in(project)
    assert built.why_plain == "the hook hook.py"
    assert built.updated is None


def test_a_builder_without_a_cache_remembers_what_it_has_built(project):
    builder = Builder(None)
    first = builder.build(load_configuration(project / "mkdocs.yml"))
    again = builder.build(load_configuration(project / "mkdocs.yml"))
    assert "index.html" in first.updated.written
    assert again.updated.written == []
    assert builder.is_incremental


def test_what_a_plain_build_made_is_not_taken_for_incremental(project, tmp_path):
    config_file = project / "mkdocs.yml"
    Builder(tmp_path / "cache").build(load_configuration(config_file))
    Builder(tmp_path / "cache").build(load_configuration(config_file, strict=True))
    again = Builder(tmp_path / "cache").build(load_configuration(config_file))
    assert "index.md" in again.updated.converted


def test_a_plain_build_that_fails_leaves_the_site_as_it_was(project):
    build_in(project)
    before = tree(project / "site")
    (project / "site_src/index.md").write_text("[nowhere](nowhere.md)")
    with pytest.raises(BuildError):
        build_in(project, strict=True)
    assert tree(project / "site") == before
