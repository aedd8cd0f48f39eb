from __future__ import annotations

import pytest

from artifolio.website.engine.policy import add_policy
from website.reading import hash_of, policy_of

PAGE = """<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <script>theme()</script>
    <script src="a.js"></script>
    <script type="application/json">{}</script>
  </head>
  <body><header>x</header><article><p>content</p></article><script id="x">more(1)</script></body>
</html>
"""
NO_HOSTS: frozenset[str] = frozenset()


def test_nothing_is_allowed_that_is_not_named():
    policy = policy_of(add_policy(PAGE, "<p>content</p>", NO_HOSTS))
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["frame-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'none'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]


def test_inline_scripts_of_the_theme_are_allowed_by_their_hash():
    policy = policy_of(add_policy(PAGE, "<p>content</p>", NO_HOSTS))
    assert set(policy["script-src"]) == {"'self'", hash_of("theme()"), hash_of("more(1)")}


@pytest.mark.parametrize("tag", ["script", "SCRIPT", "script type=module"])
def test_scripts_of_the_content_are_not_allowed(tag):
    content = f"<p>content</p><{tag}>bad()</script>"
    page = PAGE.replace("<p>content</p>", content)
    policy = policy_of(add_policy(page, content, NO_HOSTS))
    assert set(policy["script-src"]) == {"'self'", hash_of("theme()"), hash_of("more(1)")}


def test_a_script_that_begins_in_the_content_does_not_take_in_the_theme():
    content = "<p><script>bad()"
    policy = policy_of(add_policy(PAGE.replace("<p>content</p>", content), content, NO_HOSTS))
    assert hash_of("more(1)") in policy["script-src"]


def test_the_policy_stands_before_every_script():
    page = add_policy(PAGE, "", NO_HOSTS)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert page.index("charset") < page.index("Content-Security-Policy")


def test_the_policy_stands_first_where_there_is_no_charset():
    page = add_policy("<head lang=en><script>a()</script></head>", "", NO_HOSTS)
    assert page.startswith("<head lang=en><meta http-equiv")


def test_the_rest_of_the_page_stays():
    page = add_policy(PAGE, "<p>content</p>", NO_HOSTS)
    start = page.index('<meta http-equiv="Content-Security-Policy"')
    assert page[:start] + page[page.index(">", start) + 1 :] == PAGE


def test_pages_get_one_policy():
    assert add_policy(PAGE, "", NO_HOSTS).count("Content-Security-Policy") == 1


def test_named_hosts_may_give_images_and_nothing_else():
    page = add_policy(PAGE, "", frozenset(["b.example", "a.example"]))
    policy = policy_of(page)
    assert policy["img-src"] == ["'self'", "data:", "a.example", "b.example"]
    assert page.count("a.example") == 1


def test_a_host_cannot_end_the_attribute():
    page = add_policy(PAGE, "", frozenset(['x"><script>bad()</script>']))
    assert "<script>bad()" not in page


def test_empty_scripts_need_no_hash():
    page = PAGE.replace("theme()", "\n  ")
    assert hash_of("\n  ") not in policy_of(add_policy(page, "", NO_HOSTS))["script-src"]


def test_policies_are_the_same_every_time():
    assert len({add_policy(PAGE, "", frozenset("abc")) for _ in range(20)}) == 1


def test_a_script_of_the_content_is_not_allowed_though_the_content_was_changed_on_its_way():
    page = "<html><head></head><body><p >x</p><script>evil()</script></body></html>"
    guarded = add_policy(page, "<p>x</p><script>evil()</script>", frozenset())
    assert "sha256-" not in guarded
