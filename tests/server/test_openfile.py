from __future__ import annotations

import pytest

from artifolio.server import files
from artifolio.server.openfile import send_file

CONTENT = bytes(range(256)) * 1_000


@pytest.fixture
def video(site):
    path = site / "video.mp4"
    path.write_bytes(CONTENT)
    return path


def test_a_whole_file_is_sent_with_its_length_and_type(ask, video):
    answer = ask("GET", "/video.mp4")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_file_that_is_replaced_while_it_is_sent_arrives_as_it_was(ask, video, monkeypatch):
    def replaced_then(file, kind, request):
        answer = send_file(file, kind, request)
        other = video.with_suffix(".new")
        other.write_bytes(b"shorter")
        other.replace(video)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(files, "send_file", replaced_then)
        assert ask("GET", "/video.mp4").content == CONTENT
    assert ask("GET", "/video.mp4").content == b"shorter"


@pytest.mark.parametrize("name", ["video.mp4", "index.html"])
def test_a_file_that_goes_while_it_is_looked_at_is_not_there(ask, site, video, monkeypatch, name):
    send = files._send

    def late(place, *more):
        place.unlink()
        return send(place, *more)

    monkeypatch.setattr(files, "_send", late)
    answer = ask("GET", f"/{name}")
    assert (answer.status_code, answer.text) == (404, "<html><body>lost</body></html>")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-99999", 10, 100_000),
        ("bytes=255990-", 255_990, 256_000),
        ("bytes=255990-999999", 255_990, 256_000),
        ("bytes=-5", 255_995, 256_000),
        ("bytes=-999999", 0, 256_000),
    ],
)
def test_a_part_is_sent_where_one_is_asked_for(ask, video, asked, start, end):
    answer = ask("GET", "/video.mp4", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/256000"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=-0", "bytes=999999999-"])
def test_a_part_that_is_not_there_is_refused(ask, video, asked):
    answer = ask("GET", "/video.mp4", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */256000"


@pytest.mark.parametrize(
    "asked", ["bytes=5-1", "bytes=0-1,5-6", "lines=0-1", "bytes=", "bytes=-", "bytes=a-b", "x"]
)
def test_whatever_else_is_asked_for_all_of_it_is_sent(ask, video, asked):
    answer = ask("GET", "/video.mp4", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_part_of_what_is_another_file_by_now_is_all_of_it(ask, video):
    tag = ask("HEAD", "/video.mp4").headers["etag"]
    part = {"Range": "bytes=0-9", "If-Range": tag}
    assert ask("GET", "/video.mp4", headers=part).content == CONTENT[:10]
    video.write_bytes(b"another one altogether")
    assert ask("GET", "/video.mp4", headers=part).content == b"another one altogether"


def test_a_head_request_tells_the_length(ask, video):
    answer = ask("HEAD", "/video.mp4")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "256000"


def test_a_head_request_is_for_no_part(ask, video):
    answer = ask("HEAD", "/video.mp4", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, "256000")


def test_what_is_known_by_its_tag_is_not_sent_again(ask, video):
    known = ask("GET", "/video.mp4").headers
    again = {"If-None-Match": known["etag"]}
    assert ask("GET", "/video.mp4", headers=again).status_code == 304
    # The tag tells more than the time, which has no parts of seconds.
    other = {"If-None-Match": '"other"', "If-Modified-Since": known["last-modified"]}
    assert ask("GET", "/video.mp4", headers=other).status_code == 200
