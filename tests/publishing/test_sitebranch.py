"""What a branch holds once a site is put on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from artifolio.publishing.sitebranch import (
    MAX_FILE_BYTES,
    MAX_SITE_BYTES,
    DeployError,
    Entry,
    checked_prefix,
    combined,
    manifest_of,
    read_site,
    refuse_large,
)
from hosted import write_site
from payloads import payloads

if TYPE_CHECKING:
    from pathlib import Path


def entries(*paths: str, text: str = "old") -> dict[str, Entry]:
    return {path: Entry("100644", text) for path in paths}


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("", ""), ("docs", "docs/"), ("docs/v2/", "docs/v2/"), ("Läden/1.2_b", "Läden/1.2_b/")],
)
def test_a_prefix_is_a_folder_of_the_branch(text: str, prefix: str) -> None:
    assert checked_prefix(text) == prefix


@pytest.mark.parametrize(
    "text",
    [
        *("/", "/etc", "//", "..", "a/..", "../a", ".", "a/./b", "a//b", "a//", ".git", "a/.git"),
        *(".GIT/hooks", "git~1", "-x", "a/-x", "a\\b", "C:/x", "a b", "a\nb", "a.", "a\0", " "),
        *("x" * 300, ".github/workflows", "a/.git\u200c", "*", "a;b", "\udc80"),
        *(payload.text for payload in payloads("git")),
    ],
)
def test_what_may_lead_elsewhere_is_no_prefix(text: str) -> None:
    with pytest.raises(DeployError, match="is no path on a branch"):
        checked_prefix(text)


def test_a_site_is_read_with_the_sizes_of_its_files(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", a__b="12345")
    assert read_site(site) == {"index.html": 4, "a/b.html": 5}


def test_what_belongs_to_git_or_an_earlier_deployment_is_not_part_of_a_site(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", a__b="12345")
    (site / ".git").mkdir()
    (site / ".git" / "config").touch()
    (site / "a" / ".GIT").write_text("gitdir: /x")
    (site / ".deployed-by-artifolio").write_text("x\n")
    assert set(read_site(site)) == {"index.html", "a/b.html"}


def test_a_folder_without_a_first_page_is_no_site(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").touch()
    with pytest.raises(DeployError, match="is no site"):
        read_site(tmp_path)


def test_a_site_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="build the site first"):
        read_site(tmp_path / "site")


def test_what_a_link_leads_to_is_not_published(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site")
    (tmp_path / "secret").write_text("x")
    (site / "page.html").symlink_to(tmp_path / "secret")
    with pytest.raises(DeployError, match=r"page\.html' is no regular file"):
        read_site(site)


def test_a_link_to_a_folder_is_not_gone_into(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site")
    (site / "all").symlink_to("/")
    with pytest.raises(DeployError, match="all' is no regular file"):
        read_site(site)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no FIFOs")
def test_a_site_that_would_wait_for_a_writer_is_refused(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site")
    os.mkfifo(site / "pipe")
    with pytest.raises(DeployError, match="is no regular file"):
        read_site(site)


def test_a_name_of_two_lines_is_refused(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site")
    (site / "a\nb.html").touch()
    with pytest.raises(DeployError, match=r"b\.html' has a line break"):
        read_site(site)


def test_a_file_of_more_than_100_mb_is_named(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", big__one="")
    os.truncate(site / "big" / "one.html", MAX_FILE_BYTES)
    assert read_site(site)["big/one.html"] == MAX_FILE_BYTES
    os.truncate(site / "big" / "one.html", MAX_FILE_BYTES + 100_000)
    with pytest.raises(DeployError, match=r"more than 100\.0 MB.*'big/one\.html' \(100\.1 MB\)"):
        read_site(site)


def test_a_site_of_more_than_1_gb_is_told_with_its_largest_files() -> None:
    sizes = {f"{number}.bin": MAX_FILE_BYTES for number in range(10)}
    refuse_large(sizes)
    with pytest.raises(DeployError, match=r"1,000\.1 MB.* take 1,000\.0 MB.*'0\.bin' \(100"):
        refuse_large({**sizes, "x": 100_000})
    assert sum(sizes.values()) == MAX_SITE_BYTES


def test_below_its_prefix_all_is_the_sites_and_nothing_above() -> None:
    held = entries("CNAME", ".nojekyll", "index.html", "v1/index.html", "v2/old.html", "v22/x")
    site = entries("v2/index.html", text="new")
    whole = combined(held, {}, "v2/", site)
    assert whole == entries("CNAME", ".nojekyll", "index.html", "v1/index.html", "v22/x") | site


def test_at_the_top_only_what_was_deployed_there_goes() -> None:
    held = entries("CNAME", "index.html", "old/page.html", "old/mine.html", "v1/index.html")
    manifests = {"": ["index.html", "old/page.html"], "v1/": ["v1/index.html"]}
    site = entries("index.html", "new.html", text="new")
    whole = combined(held, manifests, "", site)
    assert whole == entries("CNAME", "old/mine.html", "v1/index.html") | site


def test_the_first_deployment_to_the_top_keeps_what_has_other_names() -> None:
    held = entries("CNAME", "index.html", "about.html")
    site = entries("index.html", text="new")
    assert combined(held, {}, "", site) == entries("CNAME", "about.html") | site


def test_a_site_further_below_stays() -> None:
    held = entries("docs/index.html", "docs/old.html", "docs/v1/index.html", "docs/v1/x.html")
    manifests = {"docs/": [], "docs/v1/": []}
    site = entries("docs/index.html", text="new")
    kept = entries("docs/v1/index.html", "docs/v1/x.html")
    assert combined(held, manifests, "docs/", site) == kept | site


@pytest.mark.parametrize(
    ("held", "manifests", "prefix", "site", "named"),
    [
        (["docs"], {}, "docs/", ["docs/index.html"], "'docs'"),
        (["a"], {}, "a/b/", ["a/b/index.html"], "'a'"),
        (["a/mine.html"], {}, "", ["a"], "'a'"),
        (["v1/index.html"], {"v1/": []}, "", ["v1/extra.html"], "'v1/extra.html'"),
    ],
)
def test_a_site_never_takes_the_place_of_something_else(
    held: list[str], manifests: dict[str, list[str]], prefix: str, site: list[str], named: str
) -> None:
    with pytest.raises(DeployError, match=f"{named} is something else on the branch"):
        combined(entries(*held), manifests, prefix, entries(*site))


def test_a_prefix_that_a_site_above_has_pages_in_is_refused() -> None:
    held = entries("index.html", "artifacts/index.html")
    manifests = {"": ["index.html", "artifacts/index.html"]}
    with pytest.raises(DeployError, match=r"deployed to '/' has 'artifacts/index\.html'"):
        combined(held, manifests, "artifacts/", entries("artifacts/index.html"))


def test_pages_that_a_site_above_has_no_more_are_not_in_the_way() -> None:
    site = entries("docs/index.html")
    held = entries("index.html")
    assert combined(held, {"": ["index.html", "docs/x"]}, "docs/", site) == held | site


def test_a_manifest_names_the_files_in_order() -> None:
    assert manifest_of(["b", "a/ä", "\udcff"]) == "a/ä\nb\n".encode() + b"\xff\n"
