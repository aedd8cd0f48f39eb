from __future__ import annotations

import pytest

from artifolio.bodies import Markdown
from artifolio.catalog import Lineage
from artifolio.entries import Entry
from artifolio.errors import AmbiguousIdError, NotFoundError
from artifolio.pins import Pin
from artifolio.versionnames import version_named
from samples import make_id, make_record


@pytest.fixture
def lineage() -> Lineage:
    """Twelve versions, the second of which has a name that looks like a number."""
    headers = [make_record(Markdown("x"), number=number).header for number in range(1, 13)]
    entries = tuple(Entry(header, header.path) for header in headers)
    return Lineage("loss", entries, (Pin("loss", "production", entries[1].id),))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("1", 1),
        ("-1", 12),
        ("-12", 1),
        ("v12", 12),
        ("v3", 3),
        ("latest", 12),
        ("production", 2),
        (str(make_id(5)), 5),
        (str(make_id(5)).upper(), 5),
        (make_id(5).hex, 5),
    ],
)
def test_a_version_goes_by_several_names(lineage, name, number):
    assert version_named(lineage, name).number == number


@pytest.mark.parametrize("name", ["0", "13", "-13", "v13", "v0", "v012", "staging", "", "ffff"])
def test_nothing_goes_by_another_name(lineage, name):
    with pytest.raises(NotFoundError):
        version_named(lineage, name)


def test_a_pin_goes_before_a_number_as_pages_show_it(lineage):
    pinned = Lineage("loss", lineage.entries, (Pin("loss", "v1", lineage.entries[4].id),))
    assert version_named(pinned, "v1").number == 5


def test_the_start_of_several_ids_is_refused(lineage):
    with pytest.raises(AmbiguousIdError):
        version_named(lineage, "019ab0d6")
