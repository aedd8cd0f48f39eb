from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

from artifolio.errors import BuildError
from artifolio.store import Store
from artifolio.website.engine.verify import (
    DIFFERS,
    LEFT_OVER,
    MISSING,
    Difference,
    compare_sites,
    verify,
)
from samples import make_record, put_record
from website.engine.plain import PlainBuilder
from website.projects import tree, write_settings

COMMENT = "<p>x</p>\n<!--\nMkDocs version : 1.6.1\nBuild Date UTC : {}\n-->\n"
SITEMAP = "<urlset><url><loc>a</loc><lastmod>{}</lastmod></url></urlset>"
DAYS = ("2026-08-01", "2026-08-02")


@pytest.fixture
def sites(tmp_path: Path) -> tuple[Path, Path]:
    """A site and what it should be, both with one page."""
    for name in ("site", "plain"):
        (tmp_path / name / "guide").mkdir(parents=True)
        (tmp_path / name / "guide/index.html").write_text("<p>the same</p>\n")
    return tmp_path / "site", tmp_path / "plain"


def write(folder: Path, path: str, content: str | bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())


def write_both(sites, path, content, other) -> None:
    for site, what in zip(sites, (content, other), strict=True):
        write(site, path, what)


def hint_of(sites, content, other, path="x.txt") -> str:
    """Compare two files and give the one hint."""
    write_both(sites, path, content, other)
    (difference,) = compare_sites(*sites)
    assert (difference.path, difference.what) == (path, DIFFERS)
    return difference.hint


def test_sites_with_the_same_bytes_do_not_differ(sites):
    assert compare_sites(*sites) == ()


def test_a_file_that_only_plain_mkdocs_makes_is_missing(sites):
    write(sites[1], "guide/more.html", "x")
    assert compare_sites(*sites) == (Difference("guide/more.html", MISSING),)


def test_a_file_that_plain_mkdocs_does_not_make_is_left_over(sites):
    write(sites[0], "guide/old/index.html", "x")
    assert compare_sites(*sites) == (Difference("guide/old/index.html", LEFT_OVER),)


def test_an_empty_folder_is_left_over(sites):
    (sites[0] / "guide/old/older").mkdir(parents=True)
    assert compare_sites(*sites) == (Difference("guide/old/older/", LEFT_OVER),)


def test_without_a_site_everything_is_missing(sites):
    shutil.rmtree(sites[0])
    assert compare_sites(*sites) == (Difference("guide/index.html", MISSING),)


def test_a_file_in_the_place_of_a_folder_is_left_over(sites):
    shutil.rmtree(sites[0] / "guide")
    write(sites[0], "guide", "x")
    assert compare_sites(*sites) == (
        Difference("guide", LEFT_OVER),
        Difference("guide/index.html", MISSING),
    )


def test_a_link_is_no_file_even_with_the_right_bytes(sites, tmp_path):
    (sites[0] / "guide/index.html").rename(tmp_path / "elsewhere")
    (sites[0] / "guide/index.html").symlink_to(tmp_path / "elsewhere")
    assert compare_sites(*sites) == (Difference("guide/index.html", DIFFERS, "is no regular file"),)


def test_differences_are_sorted_by_path(sites):
    for name in ("b", "a/z", "c"):
        write(sites[0], name, "x")
    assert [difference.path for difference in compare_sites(*sites)] == ["a/z", "b", "c"]


def test_what_the_site_has_under_a_dot_at_its_top_stays_as_mkdocs_leaves_it(sites):
    for path in (".nojekyll", ".git/HEAD"):
        write(sites[0], path, "x")
    assert compare_sites(*sites) == ()


def test_what_plain_mkdocs_makes_under_a_dot_has_to_be_there(sites):
    write(sites[1], ".well-known/x", "x")
    assert compare_sites(*sites) == (Difference(".well-known/x", MISSING),)


def test_a_dot_further_down_is_left_over(sites):
    write(sites[0], "guide/.x", "x")
    assert compare_sites(*sites) == (Difference("guide/.x", LEFT_OVER),)


def test_the_same_size_and_time_do_not_make_files_the_same(sites):
    write_both(sites, "x", "abc", "abd")
    for site in sites:
        os.utime(site / "x", ns=(1, 1))
    assert [difference.what for difference in compare_sites(*sites)] == [DIFFERS]


def test_the_hint_shows_the_first_line_that_differs(sites):
    hint = hint_of(sites, "one\ntwo\nthree\nfour", "one\ntwo\n3\n4")
    assert hint == r"line 3 is 'three\n' and not '3\n'"


def test_the_hint_shows_what_stands_before_in_the_line(sites):
    assert hint_of(sites, "a\nb=1;", "a\nb=2;") == "line 2 is 'b=1;' and not 'b=2;'"


def test_the_hint_shows_a_line_break_that_only_one_has(sites):
    assert hint_of(sites, "end", "end\n") == r"line 1 is 'end' and not 'end\n'"


def test_the_hint_is_short_however_long_the_line(sites):
    hint = hint_of(sites, "x" * 300_000 + "1" + "y" * 300_000, "x" * 300_000 + "2")
    assert len(hint) < 250
    assert f"{'x' * 30}1y" in hint


@pytest.mark.parametrize("place", [65_535, 65_536, 65_537])
def test_the_hint_is_right_wherever_the_file_is_read_in_parts(sites, place):
    start = ("a" * 63 + "\n") * 1_024 + "b" * 64
    hint = hint_of(sites, start[:place] + "1", start[:place] + "2")
    assert hint.startswith(f"line {start.count(chr(10), 0, place) + 1} is ")
    assert "1' and not" in hint


@pytest.mark.parametrize(
    "content", [b"\x1b[31mred\x07", b"\xff\xfe\x00", "\u202ereversed".encode()]
)
def test_the_hint_is_printable(sites, content):
    assert hint_of(sites, content, b"").isprintable()


def test_a_difference_is_told_on_one_printable_line():
    assert str(Difference("a\nb", MISSING)) == r"a\nb: missing"
    assert str(Difference("a", DIFFERS, "line 1")) == "a: differs, line 1"


def test_dates_of_the_sitemap_are_left_out(sites):
    write_both(sites, "sitemap.xml", *map(SITEMAP.format, DAYS))
    assert compare_sites(*sites) == ()


def test_anything_else_in_the_sitemap_counts(sites):
    hint_of(sites, SITEMAP.format(DAYS[0]), SITEMAP.format("soon"), "sitemap.xml")


def test_dates_count_in_any_other_file(sites):
    hint_of(sites, *map(SITEMAP.format, DAYS), "guide/sitemap.xml")


def test_the_packed_sitemap_is_compared_without_dates_and_time(sites):
    packed = [gzip.compress(SITEMAP.format(day).encode(), mtime=n) for n, day in enumerate(DAYS)]
    write_both(sites, "sitemap.xml.gz", *packed)
    assert compare_sites(*sites) == ()


def test_a_packed_sitemap_with_another_address_differs(sites):
    packed = [gzip.compress(f"<loc>{name}</loc>".encode()) for name in "ab"]
    assert hint_of(sites, *packed, "sitemap.xml.gz") == (
        "line 1 is '<loc>a</loc>' and not '<loc>b</loc>'"
    )


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b"x" * 99, mtime=0)[:-9]])
def test_a_packed_sitemap_that_is_broken_differs(sites, content):
    hint_of(sites, content, gzip.compress(b"x" * 99), "sitemap.xml.gz")


def test_the_time_of_the_build_in_mkdocs_own_themes_is_left_out(sites):
    times = ("2026-08-01 12:00:00.123456+00:00", "2026-08-02 12:00:00+00:00")
    write_both(sites, "index.html", *map(COMMENT.format, times))
    assert compare_sites(*sites) == ()


def test_a_time_that_stands_elsewhere_counts(sites):
    hint_of(sites, "Build Date UTC : 2026-08-01 1", "Build Date UTC : 2026-08-02 1", "index.html")


def test_a_site_of_plain_mkdocs_is_what_it_should_be(project, plain: PlainBuilder):
    assert plain.build(project / "mkdocs.yml", project / "site").status == 0
    assert verify(project / "mkdocs.yml", project / "site") == ()


def test_a_site_is_only_read(project, plain: PlainBuilder):
    plain.build(project / "mkdocs.yml", project / "site")
    (project / "site/index.html").write_text("by hand")
    before = tree(project / "site")
    verify(project / "mkdocs.yml", project / "site")
    assert tree(project / "site") == before


def test_what_was_published_after_the_build_is_missing(project, plain: PlainBuilder):
    plain.build(project / "mkdocs.yml", project / "site")
    put_record(Store(project / "artifacts"), make_record(key="too-late", number=90))
    found = {difference.path: difference.what for difference in verify_in(project)}
    assert found["artifacts/too-late/index.html"] == MISSING
    assert found["artifacts/index.html"] == found["search/search_index.json"] == DIFFERS


def test_what_is_remembered_between_builds_does_not_reach_the_judge(project, monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_CACHE", str(project / "cache"))
    verify_in(project)
    assert not (project / "cache").exists()


def test_nothing_is_left_behind_in_the_temporary_folder(project, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    verify_in(project)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_project_that_plain_mkdocs_cannot_build_is_refused_in_its_words(project):
    write_settings(project, theme="nothing")
    with pytest.raises(BuildError, match=r"mkdocs\.yml: .*Unrecognised theme name: 'nothing'") as e:
        verify_in(project)
    assert str(e.value).isprintable()


def test_warnings_in_strict_mode_do_not_keep_sites_from_being_compared(project):
    (project / "site_src/index.md").write_text("[x](nowhere.md)")
    write_settings(project, strict=True)
    assert {difference.what for difference in verify_in(project)} == {MISSING}


def verify_in(project: Path) -> tuple[Difference, ...]:
    return verify(project / "mkdocs.yml", project / "site")
