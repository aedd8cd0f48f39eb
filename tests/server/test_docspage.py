from __future__ import annotations

import re

import pytest

from artifolio.server import docspage


def test_the_page_loads_nothing_but_files_of_the_server(ask):
    answer = ask("GET", "/api/docs")
    assert answer.status_code == 200
    assert re.findall(r'(?:src|href)="([^"]+)"', answer.text) == [
        "data:,",
        "docs/swagger-ui.css",
        "docs/docs.css",
        "openapi.json",
        "docs/swagger-ui-bundle.js",
        "docs/docs.js",
    ]


def test_the_page_runs_no_script_but_those_files(ask):
    answer = ask("GET", "/api/docs")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?! src=)|\son\w+=|style=", answer.text) == []


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js", "docs.css", "docs.js"])
def test_each_file_of_the_page_is_there(ask, name):
    answer = ask("GET", f"/api/docs/{name}")
    assert answer.status_code == 200
    kind = "text/css" if name.endswith("css") else "text/javascript"
    assert answer.headers["content-type"].partition(";")[0] == kind


@pytest.mark.parametrize("name", ["plugin.py", "..%2f__init__.py", "swagger-ui.css.map", "%00"])
def test_no_other_file_is_given(ask, name):
    assert ask("GET", f"/api/docs/{name}").status_code == 404


def test_what_is_missing_is_told(ask, monkeypatch):
    monkeypatch.setattr(docspage, "_PACKAGE", "no_such_package")
    answer = ask("GET", "/api/docs")
    assert answer.status_code == 404
    assert "artifolio[serve]" in answer.json()["detail"]
