from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.errors import InvalidValueError
from artifolio.markdownimages import find_images, image_path
from artifolio.website.commonmark import to_html
from payloads import payloads
from samples import PNG
from website.reading import elements

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
SECONDS = 2.0
PIECES = [
    *(
        "![",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "<img",
        " src=",
        "a.png",
        "..",
        "/",
        " ",
        "\n",
        "\\",
        '"',
    ),
    *("[a]:", "%2e", "%00", "&amp;", "&#0;", "ä", "\ud800", "\x00"),
]


@pytest.fixture
def folder(tmp_path):
    """The folder of a report, with some images in it, and one beside it."""
    (tmp_path / "secret.png").write_bytes(PNG)
    folder = tmp_path / "report"
    (folder / "plots").mkdir(parents=True)
    for name in ("loss.png", "plots/loss.png", "plots/a (1).png", "ä b.png", "100%.png", "a?b.png"):
        (folder / name).write_bytes(PNG)
    return folder


def paths(text, folder):
    found = find_images(text, folder)
    assert len(found.images) == len(found.contents)
    return [image.path for image in found.images]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("loss.png", "loss.png"),
        ("./plots/../loss.png", "loss.png"),
        ("plots//loss.png", "plots/loss.png"),
        ("a%20b.png", "a b.png"),
        ("%C3%A4.png", "ä.png"),
        ("100%.png", "100%.png"),
        ("loss.png?raw=true#top", "loss.png"),
        ("a%3Fb%23.png", "a?b#.png"),
        (" loss.png ", "loss.png"),
        ("10:30.png", "10:30.png"),
    ],
)
def test_a_relative_address_is_a_path(address, path):
    assert image_path(address) == path


@pytest.mark.parametrize(
    "address",
    [
        *("", "#top", "?a", ".", "./", "a/.."),
        *("/loss.png", "//evil.example/x.png", "%2Fetc/x.png", "file:///x.png", "C:x.png"),
        *("https://evil.example/x.png", "https%3A//evil.example/x.png", "data:image/png;base64,"),
        *("..", "../secret.png", "a/../../secret.png", "%2e%2e/secret.png", ".%2E%2Fsecret.png"),
        *("..\\secret.png", "a%00.png", "a%0A.png", "a%5Cb.png", "\udc80.png"),
    ],
)
def test_what_leads_elsewhere_is_no_path(address):
    assert image_path(address) is None


@pytest.mark.parametrize(
    "text",
    [
        "![The loss](plots/loss.png)",
        "![](plots/loss.png)",
        '![a](plots/loss.png "title")',
        "![a]( <plots/loss.png> )",
        "![a](\nplots/loss.png\n)",
        "![a [b] *c*](plots/loss.png)",
        "![a \\] b](plots/loss.png)",
        "[![a](plots/loss.png)](https://example.org)",
        "| a |\n| - |\n| ![a](plots/loss.png) |",
        "![a](plots&#47;loss.png)",
        "![a][Fig  1]\n\n[fig 1]: plots/loss.png",
        "![fig][]\n\n> [FIG]: <plots/loss.png> 'title'",
        "![fig]\n\n[fig]:\nplots/loss.png\n[fig]: other.png",
        "- ![fig]\n\n  [fig]: plots/loss.png",
        "<img src=plots/loss.png>",
        "<IMG alt='a > b' SRC = \"plots/loss.png\"/>",
        "<img\nwidth=3 src='plots/loss&#46;png'>",
        "<p align=center><img/src=plots/loss.png></p>",
    ],
)
def test_every_way_to_show_an_image_is_found(folder, text):
    assert paths(text, folder) == ["plots/loss.png"]
    (image,) = elements(to_html(text), "img")
    assert image_path(image.attributes["src"]) == "plots/loss.png"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("![a](plots/a%20(1).png)", "plots/a (1).png"),
        ("![a](<plots/a (1).png>)", "plots/a (1).png"),
        ("![a](plots/a%20\\(1\\).png)", "plots/a (1).png"),
        ("![a](<ä b.png>)", "ä b.png"),
        ("![a](100%.png)", "100%.png"),
        ("![a](a%3Fb.png)", "a?b.png"),
    ],
)
def test_names_of_all_characters_are_found_as_a_page_does(folder, text, path):
    assert paths(text, folder) == [path]
    (image,) = elements(to_html(text), "img")
    assert image_path(image.attributes["src"]) == path


@pytest.mark.parametrize(
    "text",
    [
        "[a](plots/loss.png)",
        "\\![a](plots/loss.png)",
        "![a]\n\n[b]: plots/loss.png",
        "![a](https://example.org/plots/loss.png)",
        "![a](/plots/loss.png) ![b](#plots/loss.png) ![c](//plots/loss.png)",
        "<imgx src=plots/loss.png> <img data-src=plots/loss.png>",
        "plots/loss.png",
    ],
)
def test_what_shows_no_image_of_the_folder_attaches_none(folder, text):
    found = find_images(text, folder)
    assert (found.images, found.missing) == ((), ())


def test_an_image_that_is_shown_twice_is_attached_once(folder):
    found = find_images("![a](loss.png) ![b](./loss.png?1) ![c](plots/loss.png)", folder)
    assert [(image.path, image.ending) for image in found.images] == [
        ("loss.png", "1.png"),
        ("plots/loss.png", "2.png"),
    ]


def test_an_image_is_what_its_content_is(folder):
    (folder / "a.png").write_bytes(SVG)
    found = find_images("![a](a.png)", folder)
    (image,) = found.images
    assert (image.ending, image.media_type, image.size) == ("1.svg", "image/svg+xml", len(SVG))
    assert found.contents == (SVG,)


def test_a_large_image_is_read_whole(folder):
    content = PNG + bytes(1_000_000)
    (folder / "large.png").write_bytes(content)
    assert find_images("![](large.png)", folder).contents == (content,)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("gone.png", "No such file or directory"),
        ("plots", "not a regular file"),
        ("notes.txt", "none of PNG, JPEG, GIF, WebP, AVIF and SVG"),
        ("../secret.png", "outside of the folder"),
        ("%2e%2e/secret.png", "outside of the folder"),
        ("plots/../../secret.png", "outside of the folder"),
        ("../report/loss.png", "outside of the folder"),
        ("link.png", "outside of the folder"),
        ("linked/secret.png", "outside of the folder"),
        ("a" * 300 + ".png", "File name too long"),
    ],
)
def test_what_cannot_be_attached_is_told_with_the_reason(folder, path, reason):
    (folder / "notes.txt").write_text("secret")
    (folder / "link.png").symlink_to("../secret.png")
    (folder / "linked").symlink_to("..")
    found = find_images(f"![a]({path}) ![b](loss.png)", folder)
    assert [image.path for image in found.images] == ["loss.png"]
    (missing,) = found.missing
    assert missing.endswith(f"({reason})")


def test_a_link_in_a_circle_is_told(folder):
    (folder / "a.png").symlink_to("a.png")
    assert len(find_images("![a](a.png)", folder).missing) == 1


def test_a_link_within_the_folder_is_followed(folder):
    (folder / "link.png").symlink_to("plots/loss.png")
    assert paths("![a](link.png)", folder) == ["link.png"]


def test_a_folder_that_is_a_link_itself_is_one(folder, tmp_path):
    (tmp_path / "other").symlink_to(folder)
    assert paths("![a](loss.png)", tmp_path / "other") == ["loss.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
def test_a_fifo_blocks_nobody(folder):
    os.mkfifo(folder / "fifo.png")
    assert find_images("![a](fifo.png)", folder).missing == ("fifo.png (not a regular file)",)


def test_a_system_that_fails_is_no_fault_of_the_text(folder, monkeypatch):
    def fail(file):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("artifolio.markdownimages.open_regular", fail)
    with pytest.raises(InvalidValueError, match=r"loss\.png cannot be read: Input/output error"):
        find_images("![a](loss.png)", folder)


def test_control_characters_of_a_path_are_not_told_as_they_are(folder):
    (missing,) = find_images("![a](<a\u202e.png>)", folder).missing
    assert missing.isprintable()


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_read(text):
    assert find_images(text, Path(__file__).parent).images == ()


HOSTILE = [p.content for p in payloads("md", "html", "gen") if isinstance(p.content, str)]


@pytest.mark.parametrize("content", HOSTILE)
def test_a_hostile_text_opens_nothing_outside_of_its_folder(content, folder, monkeypatch):
    opened = []
    monkeypatch.setattr("artifolio.markdownimages.open_regular", opened.append)
    find_images(content, folder.parent / "report" / "plots")
    assert opened == []


@pytest.mark.parametrize(
    "unit",
    [
        *("![", "[", "]", "![](", "![]", "](", "![a][", "![](<", "![](a(", "![](a(b("),
        *(
            "\\",
            "`",
            " ",
            "[a]:",
            "[a]: <",
            "\n[",
            "\n[a]:\n",
            "> ",
            "\n\n",
            "![a]",
            "![](a)",
            "![a\n",
        ),
        *("<img", "<img ", "<img src", "<img a='", '<img a="', "<img =", "<img a = ", "<img/"),
    ],
)
def test_a_long_text_takes_no_longer_than_it_is_long(unit, folder):
    text = f"![ <img {unit * (400_000 // len(unit))}"
    start = time.process_time()
    find_images(text, folder)
    assert time.process_time() - start < SECONDS
