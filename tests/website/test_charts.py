from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.bodies import Markdown, Progress
from artifolio.catalog import Version
from artifolio.entries import Entry
from artifolio.tables import to_table
from artifolio.website.charts import (
    CHARTED,
    HEIGHT,
    WIDTH,
    charts_of,
    place_of,
    sparkline_of,
    words_of,
)
from artifolio.website.options import PageOptions
from artifolio.website.refresh import Refresher
from artifolio.website.units import Listed
from samples import make_record, put_record
from website.reading import page_dangers, words


def listed(number: int, **figures) -> Listed:
    record = make_record(Markdown("x"), number=number)
    stem = record.header.stem
    version = Version(Entry(record.header, record.header.path), number)
    return Listed(version, (f"{stem}.md", f"{stem}.json"), False, "", figures)


def lineage(*values) -> list[Listed]:
    return [listed(number, loss=value) for number, value in enumerate(values, 1)]


@pytest.fixture
def docs(tmp_path):
    return tmp_path / "site_src"


def key_page(store, docs, *bodies, options=None) -> str:
    for number, body in enumerate(bodies, 1):
        put_record(store, make_record(body, number=number))
    Refresher(store, docs, options or PageOptions()).refresh()
    return (docs / "artifacts/loss/index.md").read_text()


def test_a_chart_goes_from_left_to_right_with_the_greatest_on_top():
    (chart,) = charts_of(lineage(1, 3, 2))
    places = [(float(dot.x), float(dot.y)) for dot in chart.dots]
    assert [x for x, _ in places] == sorted({x for x, _ in places})
    assert sorted(range(3), key=lambda index: places[index][1]) == [1, 2, 0]
    assert chart.line == "M" + " L".join(f"{dot.x} {dot.y}" for dot in chart.dots)
    assert (chart.least, chart.greatest, chart.latest.point.number) == (1, 3, 3)


def test_numbers_that_never_changed_have_no_chart():
    assert charts_of(lineage(1, 1, 1.0)) == []
    assert charts_of(lineage(1)) == charts_of([]) == []
    assert sparkline_of(lineage(1, 1)) == sparkline_of([]) == ""


def test_versions_without_a_number_are_left_out_of_its_chart():
    (chart,) = charts_of([listed(1, loss=1), listed(2), listed(3, loss=2)])
    assert [dot.point.number for dot in chart.dots] == [1, 3]


@given(
    st.lists(
        st.one_of(st.integers(), st.integers(-(10**400), 10**400), st.floats(allow_nan=False)),
        min_size=2,
        max_size=20,
    )
)
def test_whatever_the_numbers_are_all_dots_are_inside(values):
    finite = [value for value in values if abs(value) != float("inf")]
    for chart in charts_of(lineage(*finite)):
        assert all(0 <= float(dot.x) <= WIDTH and 0 <= float(dot.y) <= HEIGHT for dot in chart.dots)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rows", "rows"),
        ("a.b.sum", "sum of a.b"),
        ("a.mean", "mean of a"),
        ("metadata.acres.sum", "acres.sum"),
        ("loss", "loss"),
        (".sum", ".sum"),
    ],
)
def test_numbers_are_named_in_words(name, said):
    assert words_of(name) == said


def test_a_version_without_a_page_is_seen_as_its_data():
    header = make_record(number=1).header
    assert place_of(listed(1)) == f"artifacts/loss/{header.stem}.md"
    bare = Listed(listed(1).version, (f"{header.stem}.json",), False)
    assert place_of(bare) == f"artifacts/loss/{header.stem}.json"
    assert place_of(Listed(bare.version, (), False)) == "artifacts/loss/index.md"


def test_the_page_of_a_key_shows_the_numbers_that_moved_and_each_dot_leads_to_its_version(
    store, docs
):
    page = key_page(store, docs, *map(Progress, (10.0, 20.0, 60.0)))
    assert "percent 60 10 to 60 in 3 versions" in words(page)
    charts = page[page.index("af-trends") : page.index("af-lineage")]
    assert re.findall(r'<a href="([^"]+)"', charts) == [
        f"{make_record(number=number).header.stem}/" for number in (1, 2, 3)
    ]
    assert "v2: 20, 2026-08-01 12:02 UTC" in charts
    assert "over 3 versions: from 10 to 60</title>" in charts


def test_names_of_numbers_are_text_whatever_they_hold(store, docs):
    name = "</title><script>x</script>\"'`{}"
    for number in (1, 2):
        put_record(store, make_record(Markdown("x"), number=number, metadata={name: number}))
    Refresher(store, docs).refresh()
    page = (docs / "artifacts/loss/index.md").read_text()
    assert "af-chart" in page
    assert page_dangers(page) == []


def test_the_list_shows_how_a_number_went(store, docs):
    key_page(store, docs, *[to_table([{"n": number}]) for number in (1, 5, 3)])
    assert 'class="af-spark"' in (docs / "artifacts/index.md").read_text()


def test_a_lineage_without_numbers_has_no_trends(store, docs):
    page = key_page(store, docs, Markdown("a"), Markdown("b"))
    assert "Trends" not in words(page)
    assert "af-spark" not in (docs / "artifacts/index.md").read_text()


def test_charts_grow_with_the_lineage_up_to_their_limit(store, docs):
    rows = [to_table([{"a": n, "b": -n, "c": n * n, "d": 2 * n}]) for n in range(CHARTED + 20)]
    page = key_page(store, docs, *rows, options=PageOptions(versions_as_pages=5))
    assert page.count("<circle") == 4 * CHARTED
    assert len(page.encode()) < 100_000
    assert f"{make_record(number=CHARTED).header.stem}.json" in page
