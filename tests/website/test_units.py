from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.bodies import Image, Markdown
from artifolio.catalog import Version
from artifolio.index import Index
from artifolio.website.units import NOTHING, Folder, Listed, Made, digest, sources, traces
from samples import PNG, make_attachment, make_record, put, put_record

LONG_AGO = 1_600_000_000
SETTLED = (LONG_AGO + 1_000) * 10**9
ONE, OTHER = (1, 2, 3, 4), (1, 2, 3, 5)


@pytest.fixture
def lineage(store):
    """Five versions of one key, published long ago; the third has an attachment."""
    for number in range(1, 6):
        body = Image(attachment=make_attachment()) if number == 3 else Markdown("x")
        record = make_record(body, number=number)
        put_record(store, record)
    put(store, make_record(number=3).header.path.replace(".yaml", ".png"), PNG)
    for path in store.root.rglob("*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return store


def look(store) -> list[tuple[object, ...] | None]:
    scans = Index(store, None).scans()
    return sources(scans["loss"].entries, scans, SETTLED)


def trace(store, versions_as_pages: int = 50, key: str | None = "loss"):
    scans = Index(store, None).scans()
    entries = scans["loss"].entries
    return traces(key, entries, sources(entries, scans, SETTLED), versions_as_pages)


def test_sources_are_the_same_while_files_are(lineage):
    assert look(lineage) == look(lineage)
    assert None not in look(lineage)


@pytest.mark.parametrize("ending", ["yaml", "png"])
def test_a_file_that_changed_is_another_source_of_its_version_alone(lineage, ending):
    before = look(lineage)
    path = lineage.root / make_record(number=3).header.path
    os.utime(path.with_suffix(f".{ending}"), (LONG_AGO + 1, LONG_AGO + 1))
    assert [a == b for a, b in zip(before, look(lineage), strict=True)] == [
        *(True, True, False, True, True)
    ]


@pytest.mark.parametrize("ending", ["yaml", "png"])
def test_a_file_that_has_just_been_written_is_no_source_to_rely_on(lineage, ending):
    path = lineage.root / make_record(number=3).header.path
    os.utime(path.with_suffix(f".{ending}"))
    found = look(lineage)
    assert [status is None for status in found] == [False, False, True, False, False]
    scans = Index(lineage, None).scans()
    first, second = (traces("loss", scans["loss"].entries, found, 50)[2] for _ in range(2))
    assert first.inputs == second.inputs == NOTHING
    assert first.token != second.token


def test_a_new_version_changes_its_neighbour_and_what_ages(lineage):
    before = trace(lineage, 3)
    path = put_record(lineage, make_record(number=6))
    os.utime(path, (LONG_AGO, LONG_AGO))
    after = trace(lineage, 3)
    same = [a.inputs == b.inputs for a, b in zip(before, after[:5], strict=True)]
    # v3 has no page any more, v4 leads back to another place, v5 is not the latest.
    assert same == [True, True, False, False, False]
    shown = [a.token == b.token for a, b in zip(before, after[:5], strict=True)]
    assert shown == [True, True, False, True, True]


def test_what_a_version_is_compared_with_is_a_source_of_it(lineage):
    before = trace(lineage)
    path = lineage.root / make_record(number=2).header.path
    os.utime(path, (LONG_AGO + 1, LONG_AGO + 1))
    same = [a.token == b.token for a, b in zip(before, trace(lineage), strict=True)]
    assert same == [True, False, False, True, True]


def test_a_version_tells_since_when_all_show_the_same(lineage):
    assert [found.since for found in trace(lineage)] == [1, 1, 3, 4, 4]
    (lineage.root / make_record(number=1).header.path).unlink()
    assert [found.since for found in trace(lineage)] == [1, 2, 3, 3]


def test_keyless_versions_have_no_neighbours(lineage):
    before = trace(lineage, 1, None)
    (lineage.root / make_record(number=2).header.path).unlink()
    assert trace(lineage, 1, None) == before[:1] + before[2:]


def made(*files: str) -> Made:
    return Made("x", "y", files, "", ())


FOLDER = Folder(
    "z",
    (made("a.md", "a.json"), made("b.json")),
    {"index.md": "i"},
    {"a.md": ONE, "a.json": ONE, "b.json": ONE, "index.md": ONE},
    "card",
    "row",
)


def test_a_folder_as_it_was_made_is_the_same():
    assert FOLDER.as_found(dict(FOLDER.outputs)) is FOLDER


@pytest.mark.parametrize("found", [{}, {"a.json": OTHER}])
def test_a_version_of_which_a_file_is_gone_or_another_is_forgotten(found):
    files = {name: got for name, got in FOLDER.outputs.items() if name != "a.json"}
    left = FOLDER.as_found(files | found)
    assert left == replace(FOLDER, inputs=NOTHING, versions=(made("b.json"),), outputs=files)


def test_a_page_that_is_gone_is_forgotten_alone():
    files = {name: got for name, got in FOLDER.outputs.items() if name != "index.md"}
    assert FOLDER.as_found(files) == replace(FOLDER, inputs=NOTHING, pages={}, outputs=files)


def test_files_that_were_added_change_nothing_but_that_they_are_there():
    found = {**FOLDER.outputs, "mine.md": ONE}
    assert FOLDER.as_found(found) == replace(FOLDER, inputs=NOTHING)


def test_a_listed_version_names_its_page_and_data(lineage):
    entry = Index(lineage, None).scans()["loss"].entries[2]
    stem = entry.stem
    listed = Listed.of(Version(entry, 3), made(f"{stem}.md", f"{stem}.json", f"{stem}.png"))
    assert listed.page == f"{stem}.md"
    assert listed.data() == {"JSON": f"{stem}.json", "image": f"{stem}.png"}
    assert not listed.is_troubled


def test_images_of_a_text_are_no_data_of_it(lineage):
    entry = Index(lineage, None).scans()["loss"].entries[0]
    stem = entry.stem
    listed = Listed.of(Version(entry, 1), made(f"{stem}.md", f"{stem}.json", f"{stem}.1.png"))
    assert listed.data() == {"JSON": f"{stem}.json"}


def test_an_image_of_a_text_is_a_source_of_its_version_alone(lineage):
    before = look(lineage)
    path = make_record(number=2).header.path.replace(".yaml", ".2.png")
    os.utime(put(lineage, path, PNG), (LONG_AGO, LONG_AGO))
    assert [a == b for a, b in zip(before, look(lineage), strict=True)] == [
        *(True, False, True, True, True)
    ]


def test_the_stem_of_an_entry_is_that_of_its_header(lineage):
    entries = Index(lineage, None).scans()["loss"].entries
    assert [entry.stem for entry in entries] == [entry.header.stem for entry in entries]


nests = st.recursive(
    st.one_of(st.none(), st.integers(), st.booleans(), st.text()),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
)


@given(nests, nests)
def test_a_digest_is_the_same_for_the_same_alone(one, other):
    assert (digest(one) == digest(other)) == (repr(one) == repr(other))
