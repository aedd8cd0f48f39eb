from __future__ import annotations

import json
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from artifolio.bodies import Image
from artifolio.errors import BuildError, ProjectError
from artifolio.store import Store
from artifolio.website.engine.build import build, load_configuration
from artifolio.website.engine.plugin import artifacts_dir, page_options, plugin_of
from artifolio.website.options import PageOptions
from artifolio.website.urls import Home
from samples import make_record, put
from website.projects import tree, write_project, write_settings
from website.reading import addresses, elements, hash_of, policy_of

DEMO = Home(name="Demo")
HOST = "i.example.org"


def load(project: Path, **changes):
    return load_configuration(write_settings(project, **changes))


def build_with(project: Path, **changes) -> Path:
    config = load(project, **changes)
    build(config)
    return Path(config.site_dir)


def build_without_us(config) -> None:
    """Build as MkDocs does, without a refresh before."""
    from mkdocs.commands.build import build as build_site

    config.plugins.on_startup(command="build", dirty=False)
    build_site(config)


def navigation(page: str) -> list[str]:
    """Give the links in the theme's navigation."""
    start = page.index('<nav class="md-nav md-nav--primary')
    return addresses(page[start : page.index("<article")])


def options(**values) -> list[object]:
    return ["search", {"artifolio": values}]


def test_the_plugin_makes_the_pages_before_a_build(project):
    build_without_us(load(project))
    assert (project / "site/artifacts/loss/index.html").exists()


def test_the_plugin_tells_what_its_build_found(project):
    config = load(project)
    put(Store(project / "artifacts"), "loss/broken.yaml", "x")
    build_without_us(config)
    (problem,) = plugin_of(config).refreshed.problems
    assert problem.path == "loss/broken.yaml"
    assert plugin_of(config).refreshed.catalog.lineages


def test_generated_pages_do_not_flood_a_navigation_that_mkdocs_makes_up(project):
    site = build_with(project, nav=None, not_in_nav=None)
    links = navigation((site / "index.html").read_text())
    assert [link for link in links if "artifacts" in link] == ["artifacts/"]
    assert [link for link in links if "runs" in link] == []


def test_generated_pages_beside_a_navigation_are_no_warning(project):
    omitted = {"nav": {"omitted_files": "warn"}}
    build(load(project, not_in_nav=None, strict=True, validation=omitted))


def test_what_the_settings_exclude_stays_out(project):
    site = build_with(project, exclude_docs="/artifacts/loss/\n", not_in_nav=None)
    assert not (site / "artifacts/loss").exists()
    assert (site / "artifacts/cities/index.html").exists()


def test_drafts_stay_out(project):
    site = build_with(project, draft_docs="/artifacts/loss/\n", not_in_nav=None)
    assert not (site / "artifacts/loss").exists()


def test_images_are_loaded_from_the_hosts_that_the_settings_name(project):
    site = build_with(project, plugins=options(image_hosts=[HOST.upper()]))
    page = (site / "artifacts/plot-elsewhere/index.html").read_text()
    assert f"https://{HOST}/plot.png" in [e.attributes["src"] for e in elements(page, "img")]
    assert HOST in policy_of(page)["img-src"]


def test_records_may_lie_elsewhere(project):
    (project / "artifacts").rename(project / "records")
    site = build_with(project, plugins=options(artifacts_dir="records"))
    assert (site / "artifacts/loss/index.html").exists()


def test_records_may_lie_beside_the_project(tmp_path):
    (tmp_path / "docs").mkdir()
    write_project(tmp_path / "docs")
    (tmp_path / "docs/artifacts").rename(tmp_path / "records")
    site = build_with(tmp_path / "docs", plugins=options(artifacts_dir="../records"))
    assert (site / "artifacts/loss/index.html").exists()


def test_the_folder_of_records_is_seen_from_the_settings_not_from_here(project, monkeypatch):
    monkeypatch.chdir(project.parent)
    assert artifacts_dir(load(project)) == project / "artifacts"


def test_without_the_plugin_the_defaults_hold(project):
    config = load(project, plugins=["search"])
    assert plugin_of(config) is None
    assert artifacts_dir(config) == project / "artifacts"
    assert page_options(config) == PageOptions(home=DEMO)


def test_without_the_plugin_our_build_makes_the_pages_all_the_same(project):
    site = build_with(project, plugins=["search"])
    assert (site / "artifacts/loss/index.html").exists()


def test_page_options_come_from_the_settings(project):
    config = load(project, use_directory_urls=False, plugins=options(image_hosts=[HOST]))
    assert page_options(config) == PageOptions(False, frozenset([HOST]), home=DEMO)


@pytest.mark.parametrize(
    ("written", "home"),
    [
        (None, ""),
        ("", ""),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/x/", "https://example.org/x/"),
    ],
)
def test_feeds_name_the_site_as_the_settings_do(project, written, home):
    config = load_configuration(write_settings(project, site_url=written))
    # As a server on this machine does.
    config.site_url = "http://127.0.0.1:8000/"
    assert page_options(config).home == Home(home, "Demo")


def test_mkdocs_own_server_gets_pages_without_a_policy(project):
    config = load(project)
    config.plugins.on_startup(command="serve", dirty=False)
    from mkdocs.commands.build import build as build_site

    build_site(config, serve_url="http://127.0.0.1/")
    assert policy_of((project / "site/artifacts/index.html").read_text()) == {}


def test_pages_written_by_hand_have_no_policy_unless_it_is_asked_for(project):
    site = build_with(project)
    assert policy_of((site / "index.html").read_text()) == {}
    assert policy_of((site / "404.html").read_text()) == {}


def test_pages_written_by_hand_may_have_the_policy_and_keep_their_own_scripts(project):
    (project / "site_src/index.md").write_text("# Home\n\n<script>mine(1)</script>\n")
    site = build_with(project, plugins=options(policy="all", image_hosts=[HOST]))
    policy = policy_of((site / "index.html").read_text())
    assert hash_of("mine(1)") in policy["script-src"]
    assert HOST in policy["img-src"]
    assert policy_of((site / "404.html").read_text())["object-src"] == ["'none'"]
    assert not (site / "sitemap.xml").read_text().count("Content-Security-Policy")


def test_a_policy_for_no_pages_is_refused(project):
    with pytest.raises(ProjectError, match="policy"):
        load(project, plugins=options(policy="none"), strict=True)


@pytest.mark.parametrize("place", ["artifacts", "artifacts/loss", ".git/x"])
def test_no_build_clears_away_what_the_site_is_made_from(project, place):
    before = tree(project)
    with pytest.raises(ProjectError, match="would overwrite"):
        load(project, site_dir=place)
    (project / "mkdocs.yml").unlink()
    del before["mkdocs.yml"]
    assert tree(project) == before


def test_nor_does_a_build_of_mkdocs_itself(project, caplog):
    config = load(project)
    config.site_dir = str(project / "artifacts")
    before = tree(project / "artifacts")
    with pytest.raises(Abort):
        build_without_us(config)
    assert "would overwrite" in caplog.text
    assert tree(project / "artifacts") == before


def test_mkdocs_own_server_watches_the_records(project):
    config = load(project)
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(project))
    plugin_of(config).on_serve(server, config=config, builder=lambda: None)
    assert str(project / "artifacts") in server._watched_paths


def test_mkdocs_own_server_starts_where_there_are_no_records(project):
    config = load(project, plugins=options(artifacts_dir="nothing"))
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(project))
    plugin_of(config).on_serve(server, config=config, builder=lambda: None)
    server.observer.start()
    server.observer.stop()
    server.observer.join()


def test_problems_fail_a_strict_build_of_mkdocs_itself(project):
    record = make_record(Image(url="https://example.org/x.png"), number=70)
    path = Store(project / "artifacts").add(record)
    path.write_text(path.read_text().replace("x.png", "y.png"))
    with pytest.raises(BuildError, match="strict"):
        build(load(project, strict=True))


def test_other_themes_get_the_policy_as_well(project):
    site = build_with(project, theme={"name": "mkdocs"})
    assert policy_of((site / "artifacts/loss/index.html").read_text())


def test_the_number_of_versions_with_pages_can_be_chosen(project):
    config = load(project, plugins=options(versions_as_pages=2))
    assert page_options(config) == PageOptions(versions_as_pages=2, home=DEMO)
    assert page_options(load(project)).versions_as_pages == PageOptions.versions_as_pages


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2", [2]])
def test_a_number_of_versions_that_is_none_is_refused(project, value, caplog):
    with pytest.raises(ProjectError):
        load(project, plugins=options(versions_as_pages=value))
    assert "'versions_as_pages': Expected" in caplog.text


@pytest.mark.parametrize("count", [0, -1, True, "2", 1.5])
def test_versions_as_pages_is_an_integer_of_one_or_more(project, count):
    with pytest.raises(ProjectError):
        load(project, plugins=options(versions_as_pages=count), strict=True)


def test_the_search_leaves_bodies_out_where_the_settings_say_so(project):
    site = build_with(project, plugins=options(search_bodies=False))
    index = json.loads((site / "search/search_index.json").read_text())
    found = {entry["location"]: entry["text"].split() for entry in index["docs"]}
    # Its key, its tags, its description.
    assert found["artifacts/cities/"] == "cities daily two words <p>Number 5 of all</p>".split()
    assert [text for text in found.values() if {"Bonn", "Third", "report.html"} & set(text)] == []


@pytest.mark.parametrize("value", ["no", 0])
def test_search_bodies_is_true_or_false(project, value):
    with pytest.raises(ProjectError):
        load(project, plugins=options(search_bodies=value), strict=True)


def test_versions_as_pages_reaches_the_pages(project):
    build_with(project, plugins=options(versions_as_pages=1))
    pages = [path.stem for path in (project / "site_src/artifacts/loss").glob("2*.md")]
    assert pages == ["20260801T120300123Z-000000000003"]


def test_git_hosts_of_ones_own_are_named_in_lower_case(project):
    config = load(project, plugins=options(git_hosts={"Git.Example.org": "gitlab"}))
    assert page_options(config).git_hosts == {"git.example.org": "gitlab"}
    assert page_options(load(project)).git_hosts == {}


@pytest.mark.parametrize("value", ["gitlab", ["gitlab"], {"git.example.org": "svn"}, {"g": 1}])
def test_git_hosts_of_no_kind_are_refused(project, value, caplog):
    with pytest.raises(ProjectError):
        load(project, plugins=options(git_hosts=value))
    assert "git_hosts" in caplog.text


def test_git_hosts_reach_the_pages(project):
    site = build_with(project, plugins=options(git_hosts={"github.com": "gitlab"}))
    page = (site / "artifacts/loss/20260801T120300123Z-000000000003/index.html").read_text()
    assert "https://github.com/o/r/-/commit/" in page


def test_scripts_that_draw_are_those_of_the_settings(project):
    (project / "site_src" / "a.js").write_text("")
    config = load(project, plugins=options(mermaid="a.js"))
    assert page_options(config).libraries == (("mermaid", "a.js"),)
    assert page_options(load(project)).libraries == ()


def test_a_script_that_is_not_there_fails_the_build(project):
    with pytest.raises(BuildError, match=r"math: there is no 'no\.js' in docs_dir"):
        build(load(project, plugins=options(math="no.js")))


@pytest.mark.parametrize(
    "script", ["../a.js", "/a.js", "https://cdn.example/a.js", "a.mjs", "a//b.js", "./a.js", 1]
)
def test_a_script_from_elsewhere_is_refused(project, script, caplog):
    with pytest.raises(ProjectError):
        load(project, plugins=options(math=script))
    assert "'math': Expected" in caplog.text


def test_pages_of_bodies_tell_where_the_scripts_are(project):
    (project / "site_src" / "scripts").mkdir()
    (project / "site_src" / "scripts" / "a.js").write_text("")
    site = build_with(project, plugins=options(mermaid="scripts/a.js", math="scripts/a.js"))
    (told,) = [
        element
        for element in elements((site / "artifacts/loss/index.html").read_text())
        if "data-af-libraries" in element.attributes
    ]
    assert told.attributes["data-mermaid"] == "../../scripts/a.js"
    assert told.attributes["data-math"] == "../../scripts/a.js"
    assert "data-af-libraries" not in (site / "artifacts/index.html").read_text()
