from __future__ import annotations

from artifolio.server.keeping import Kept


def test_what_nobody_asked_for_goes_first():
    kept: Kept[bytes] = Kept(80, len)
    for number in range(8):
        kept.put(number, b"x" * 10)
    assert kept.get(0) == b"x" * 10
    kept.put(8, b"y" * 10)
    assert kept.get(0) is not None
    assert kept.get(1) is None


def test_what_would_drive_out_most_others_is_not_kept():
    kept: Kept[bytes] = Kept(80, len)
    kept.put("large", b"x" * 11)
    assert kept.get("large") is None


def test_what_has_no_size_is_kept_as_well():
    kept: Kept[bytes] = Kept(80, len)
    kept.put("empty", b"")
    assert kept.get("empty") == b""


def test_another_thing_in_its_place_counts_once():
    kept: Kept[bytes] = Kept(80, len)
    for _ in range(20):
        kept.put("one", b"x" * 10)
    kept.put("two", b"x" * 10)
    assert kept.get("one") is not None
