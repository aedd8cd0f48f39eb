from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.bodies import Column, File, Image, Link, Markdown, Progress, Table
from artifolio.diffs import diff_bodies
from artifolio.tables import to_table
from artifolio.website.changes import EVERYTHING, ON_A_PAGE, diff_fragment
from artifolio.website.refresh import Refresher
from samples import PNG, make_attachment, make_illustrated, make_record, put, put_record
from strategies import texts
from website.projects import tree
from website.reading import words

FIRES = [{"Name": "Dixie", "Acres": 240_795}, {"Name": "Lava", "Acres": 10}]


def fragment(old, new) -> str:
    return diff_fragment(old, new, diff_bodies(old, new))


def pages_of(store, docs, *bodies) -> list[str]:
    """Publish versions of one key and return their pages, oldest first, then the key's."""
    for number, body in enumerate(bodies, 1):
        put_record(store, make_record(body, number=number))
        if isinstance(body, Image):
            path = make_record(number=number).header.path.replace(".yaml", ".png")
            put(store, path, PNG)
    Refresher(store, docs).refresh()
    names = sorted(name for name in tree(docs / "artifacts/loss") if name.endswith(".md"))
    return [(docs / "artifacts/loss" / name).read_text() for name in names]


@pytest.fixture
def docs(tmp_path):
    return tmp_path / "site_src"


def test_the_first_version_has_nothing_to_be_compared_with(store, docs):
    first, _ = pages_of(store, docs, Markdown("a"))
    assert "Changes" not in words(first)


def test_a_version_says_what_changed_since_the_one_before(store, docs):
    _, second, key = pages_of(store, docs, Markdown("a\nb"), Markdown("a\nc\nd"))
    assert "Changes since v1 2 lines added, 1 removed" in words(second)
    assert "2 lines added, 1 removed since v1" in words(key)


def test_a_version_that_shows_the_same_says_since_when(store, docs):
    *_, third, key = pages_of(store, docs, *[Markdown("a")] * 3)
    assert "unchanged since v1" in words(third)
    assert "unchanged since v1" in words(key)
    assert "af-diff" not in third


def test_the_list_and_the_lineage_tell_each_change_in_a_sentence(store, docs):
    bodies = [to_table(FIRES), to_table([{"Name": "Dixie", "Acres": 252_835}])]
    *_, key = pages_of(store, docs, *bodies)
    sentence = "1 row changed, 1 removed; Acres +12,030"
    assert words(key).count(sentence) == 2
    assert sentence in words((docs / "artifacts/index.md").read_text())


def test_a_version_whose_predecessor_cannot_be_read_says_so(store, docs):
    pages_of(store, docs, Markdown("a"), Markdown("b"))
    path = store.root / make_record(number=1).header.path
    path.write_text(path.read_text().replace("data: ", "data: [", 1).replace("|", "[", 1))
    _, second, _ = pages_of_again(store, docs)
    assert "The version before cannot be read" in words(second)


def pages_of_again(store, docs) -> list[str]:
    Refresher(store, docs).refresh()
    names = sorted(name for name in tree(docs / "artifacts/loss") if name.endswith(".md"))
    return [(docs / "artifacts/loss" / name).read_text() for name in names]


def test_images_stand_side_by_side(store, docs):
    other = Image(attachment=make_attachment(PNG + b"!"), alt="Up & down")
    _, second, _ = pages_of(store, docs, Image(attachment=make_attachment()), other)
    one, two = (make_record(number=number).header.stem for number in (1, 2))
    assert f'<img src="../{one}.png" alt="image, without a description"' in second
    assert f'<img src="../{two}.png" alt="Up &amp; down"' in second
    assert "SHA-256 of the content" in words(second)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (Progress(40.0), Progress(55.5), "percent 40.0 → 55.5 +15.5"),
        (Link("https://a"), Link("https://b"), "address https://a → https://b"),
        (Link("https://a"), Markdown("a"), "type link → markdown"),
        (
            File(make_attachment(b"PK", "zip")),
            File(make_attachment(b"PKPK", "zip")),
            "size in bytes 2 → 4 +2",
        ),
    ],
)
def test_fields_tell_what_they_were_and_are(old, new, told):
    assert told in words(fragment(old, new))


def test_rows_tell_their_cells_before_and_after_and_how_far_numbers_moved():
    new = to_table([{"Name": "Dixie", "Acres": 252_835}, {"Name": "Oak", "Acres": None}])
    text = words(fragment(to_table(FIRES), new))
    assert "Dixie Acres 240795 → 252835 +12,040" in text
    assert "Oak added" in text
    assert "Lava removed Acres 10" in text
    assert "sum of Acres 240805 → 252835 +12,030" in text
    assert "Rows are matched by Name; 0 rows unchanged." in text


def test_text_is_told_from_a_number_that_looks_just_as_it():
    old, new = (Table((Column("n", kind),), ((value,),)) for kind, value in
                (("string", "402.0"), ("number", 402.0)))  # fmt: skip
    fragment = diff_fragment(old, new, diff_bodies(old, new))
    assert "<del>&#34;402.0&#34;</del> → <ins>402.0</ins>" in fragment


def test_columns_that_came_went_or_hold_another_type_are_told():
    old = Table((Column("a", "string"), Column("b", "integer")), (("x", 1),))
    new = Table(
        (Column("a", "string"), Column("b", "number"), Column("c", "null")), (("x", 1.5, None),)
    )
    text = words(fragment(old, new))
    assert "b is a column of type integer → number" in text
    assert words(fragment(new, old)).count("column") >= 1


def test_words_that_changed_are_marked_and_spaces_are_not():
    found = fragment(Markdown("The quick  brown fox runs"), Markdown("The quick brown cat runs"))
    assert "<mark>fox</mark>" in found
    assert "<mark>cat</mark>" in found
    assert "<mark> " not in found


def test_long_differences_are_cut_and_say_so():
    lines = "\n".join(map(str, range(10 * ON_A_PAGE.lines)))
    assert "are not shown" in words(fragment(Markdown(""), Markdown(lines)))
    rows = [{"n": number} for number in range(3 * ON_A_PAGE.rows)]
    assert f"{2 * ON_A_PAGE.rows} more rows are not shown" in words(
        fragment(to_table(rows[:1]), to_table([{"n": row["n"] + 1000} for row in rows]))
    )


def test_all_of_a_difference_is_shown_to_whoever_wants_it():
    old, new = Markdown(""), Markdown("\n".join(map(str, range(2_000))))
    found = diff_fragment(old, new, diff_bodies(old, new), EVERYTHING)
    assert "1999" in found
    assert "not shown" not in found


wild = st.text(alphabet="&<>`~{}\"'\t\u2028 a|*", min_size=2_000, max_size=2_000)


@given(st.lists(wild, min_size=1, max_size=3), st.booleans())
def test_no_difference_takes_more_of_a_page_than_it_may(cells, is_table):
    parts = [cell * 20 for cell in cells]
    if is_table:
        columns = tuple(Column(f"{number}{part}", "string") for number, part in enumerate(parts))
        new = Table(columns, tuple(tuple(f"{n}{part}" for part in parts) for n in range(60)))
        old = Table(columns, ())
    else:
        old, new = Markdown(""), Markdown("\n".join(parts * 100))
    assert len(fragment(old, new).encode()) < 200_000


@given(texts, texts)
def test_whatever_texts_hold_stands_there_as_text(old, new):
    found = fragment(Markdown(old), Markdown(new))
    assert "<script" not in found.replace("&lt;", "")
    assert not set("`~{}\t\r") & set(found)
    if old != new and len(old) + len(new) < 100:
        shown = unescape("".join(found.split("<mark>")).replace("</mark>", ""))
        for line in filter(str.isalnum, new.split("\n")):
            assert line in shown


def test_an_image_of_a_text_that_changed_alone_is_told(store, docs):
    bodies = [make_illustrated(loss=content) for content in (b"a", b"b", b"b")]
    _, second, third, key = pages_of(store, docs, *bodies)
    assert "Changes since v1 1 image changed: plots/loss.png" in words(second)
    assert "plots/loss.png image changed" in words(second)
    assert "af-diff" not in second
    assert "unchanged since v2" in words(third)
    assert "1 image changed: plots/loss.png" in words(key)


def test_of_many_images_the_first_are_shown():
    contents = {f"p{number}": b"x" for number in range(ON_A_PAGE.rows + 1)}
    page = fragment(Markdown("x"), make_illustrated("x", **contents))
    assert page.count("image added") == ON_A_PAGE.rows
    assert "1 more image of" not in page
    assert "1 more image is not shown" in words(page)
