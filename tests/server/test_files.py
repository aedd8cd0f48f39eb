from __future__ import annotations

import os

import pytest

from artifolio.server.files import media_type


def test_a_folder_gives_its_index(ask):
    assert ask("GET", "/").text == "<html><body>home</body></html>"
    assert ask("GET", "/artifacts/loss/").text == "<html><body>loss</body></html>"


def test_a_folder_without_its_slash_leads_there_on_whatever_host(ask):
    answer = ask("GET", "/artifacts/loss")
    assert answer.status_code == 308
    assert answer.headers["location"] == "./loss/"


def test_what_is_not_there_gives_the_sites_own_page(ask):
    answer = ask("GET", "/nowhere")
    assert (answer.status_code, answer.text) == (404, "<html><body>lost</body></html>")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/../secret.txt",
            "/artifacts/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
        ),
        *("/artifacts//../../secret.txt", "//secret.txt", "/.git/config", "/.hidden", "/a\\..\\b"),
        *("/artifacts/%00", "/artifacts/x.js%00.html", "/artifacts/x.js/", "/C:/x", "/index.html/"),
        *("/" + "a" * 5_000, "/" + "a/" * 2_000, "/artifacts/./x.js", "/%0d%0aSet-Cookie:%20x=1"),
        *("/%5c..%5csecret.txt", "/..%5c..%5csecret.txt", "/%252e%252e/secret.txt", "*", "/ / x"),
    ],
)
def test_nothing_but_what_lies_plainly_in_the_site_is_given(wire, site, path):
    (site / ".hidden").write_text("root:")
    (site / ".git").mkdir()
    (site / ".git" / "config").write_text("root:")
    status, answer = wire("GET", path)
    assert status in (400, 404)
    assert "root:" not in answer
    assert "Set-Cookie" not in answer.partition("\r\n\r\n")[0]


def test_a_link_out_of_the_site_is_not_followed(ask, site, tmp_path):
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    (site / "folder").symlink_to(tmp_path)
    assert ask("GET", "/link.txt").status_code == 404
    assert ask("GET", "/folder/secret.txt").status_code == 404


def test_a_pipe_hangs_nobody(ask, site):
    os.mkfifo(site / "pipe")
    assert ask("GET", "/pipe").status_code == 404


def test_what_has_not_changed_is_not_sent_again(ask):
    page = ask("GET", "/")
    again = ask("GET", "/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    file = ask("GET", "/artifacts/x.js")
    since = {"If-Modified-Since": file.headers["last-modified"]}
    assert ask("GET", "/artifacts/x.js", headers=since).status_code == 304


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.CSV", "text/csv; charset=utf-8"),
        ("feed.xml", "application/xml"),
        ("a.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_types_are_the_same_on_every_machine(name, kind):
    assert media_type(name) == kind


def test_a_head_request_gets_no_body(ask):
    answer = ask("HEAD", "/")
    assert (answer.status_code, answer.content) == (200, b"")
