from __future__ import annotations

from datetime import timedelta

import pytest

from artifolio.bodies import Image, Progress, Table
from artifolio.catalog import build_catalog
from artifolio.errors import InvalidValueError, RecordError
from artifolio.keys import KEYLESS_FOLDER
from artifolio.pins import Pin, write_pin
from artifolio.records import dump_record
from artifolio.retention import Policy, Rule, find_due, parse_age, remains_of
from artifolio.retirement import Retired
from artifolio.store import Store
from artifolio.tables import to_table
from samples import NOON, PNG, make_attachment, make_id, make_record, put, put_record

LATER = NOON + timedelta(days=100)
ALL_BUT_ONE = Policy(Rule(keep=1))


@pytest.fixture
def lineage(store: Store) -> Store:
    """Five versions of one key, a day apart, and two of none."""
    for number in range(1, 6):
        put_record(store, make_record(number=number, created=NOON + timedelta(days=number)))
    for number in (6, 7):
        put_record(store, make_record(key=None, number=number))
    return store


def due(store, policy, moment=LATER, pattern=None):
    catalog = build_catalog(map(store.scan, store.folders()))
    found = find_due(catalog, policy, moment, pattern)
    return [int(version.entry.id[-1]) for version in found]


def retire(store, number=1):
    entry = store.find(make_id(number))
    store.retire(entry, remains_of(store, entry, LATER))
    return entry


@pytest.mark.parametrize(
    ("text", "age"),
    [("12h", timedelta(hours=12)), ("90d", timedelta(days=90)), ("2w", timedelta(days=14))],
)
def test_an_age_is_a_number_and_a_unit(text, age):
    assert parse_age(text) == age


@pytest.mark.parametrize("text", ["", "90", "d", "0d", "-1d", "90 d", "90D", "1m", "1.5d", "٣d"])
def test_what_is_no_age_is_refused(text):
    with pytest.raises(InvalidValueError, match="90d"):
        parse_age(text)


def test_without_a_rule_all_bodies_stay(lineage):
    assert due(lineage, Policy()) == []


def test_the_newest_are_kept(lineage):
    assert due(lineage, Policy(Rule(keep=2))) == [1, 2, 3]


def test_what_is_young_is_kept(lineage):
    rule = Rule(older_than=timedelta(days=97))
    assert due(lineage, Policy(rule), NOON + timedelta(days=100)) == [1, 2, 3]


def test_the_latest_version_of_a_key_stays_however_old_it_is(lineage):
    assert due(lineage, Policy(Rule(older_than=timedelta(hours=1)))) == [1, 2, 3, 4]


def test_of_two_conditions_both_let_go(lineage):
    rule = Rule(3, timedelta(days=99))
    assert due(lineage, Policy(rule)) == [1]
    assert due(lineage, Policy(Rule(3, timedelta(days=1)))) == [1, 2]


def test_a_progress_is_as_old_as_its_last_move(store):
    rule = Rule(older_than=timedelta(days=50))
    for number, updated in ((1, LATER - timedelta(days=1)), (2, None), (3, None)):
        put_record(store, make_record(Progress(100.0), number=number, updated=updated))
    assert due(store, Policy(rule)) == [2]


def test_the_first_pattern_that_fits_a_key_decides(lineage):
    keys = {"l*": Rule(keep=4), "loss": Rule(keep=1)}
    assert due(lineage, Policy(Rule(keep=2), keys)) == [1]
    assert due(lineage, Policy(Rule(keep=2), {"l*": Rule()})) == []
    assert due(lineage, Policy(Rule(keep=2), {"x*": Rule()})) == [1, 2, 3]


def test_only_keys_that_fit_a_pattern_are_looked_at(lineage):
    assert due(lineage, ALL_BUT_ONE, pattern="los?") == [1, 2, 3, 4]
    assert due(lineage, ALL_BUT_ONE, pattern="x*") == []


def test_versions_without_a_key_go_only_by_the_rule_that_names_them(lineage):
    assert due(lineage, Policy(Rule(keep=1), {"*": Rule()})) == []
    assert due(lineage, Policy(keys={KEYLESS_FOLDER: Rule(keep=1)})) == [6]
    assert due(lineage, Policy(Rule(1), {KEYLESS_FOLDER: Rule(1)}), pattern="loss") == [1, 2, 3, 4]


def test_what_is_gone_already_is_not_due_and_counts_among_the_newest(lineage):
    retire(lineage, 4)
    assert due(lineage, ALL_BUT_ONE) == [1, 2, 3]
    assert due(lineage, Policy(Rule(keep=2))) == [1, 2, 3]


def test_what_is_not_in_order_stays(store):
    put(store, "loss/a.yaml", dump_record(make_record(number=1)))
    put(store, make_record(number=2).header.path, dump_record(make_record(number=2, tags=("a",))))
    text = dump_record(make_record(number=3)).replace('id: "', 'tags: ["b"]\nid: "')
    put(store, make_record(number=3).header.path, text)
    put_record(store, make_record(number=4))
    assert due(store, ALL_BUT_ONE) == [2]


def test_what_stays_has_the_header_the_digest_and_the_figures(store):
    table = to_table([{"city": "Bonn", "loss": 0.5}, {"city": "Köln", "loss": 1.5}])
    record = make_record(table, metadata={"acres": 7}, description="d", tags=("a",))
    store.add(record)
    whole = store.read(record.header.path)
    retire(store)
    found = store.read(record.header.path)
    assert found.intact
    assert isinstance(found.body, Retired)
    assert found.body.type == Table.type
    assert found.body.retirement.at == LATER
    assert found.body.retirement.figures == {"loss.mean": 1.0, "rows": 2, "metadata.acres": 7}
    assert (found.header.digest, found.header.tags) == (whole.header.digest, ("a",))
    assert (found.header.columns, found.header.rows) == (whole.header.columns, 2)


def test_attachments_go_with_the_body_and_count_in_its_size(store):
    record = make_record(Image(attachment=make_attachment()))
    store.add(record, PNG)
    before = (store.root / record.header.path).stat().st_size
    entry = retire(store)
    after = store.read(entry.path)
    assert sorted(path.name for path in (store.root / "loss").iterdir()) == [
        ".keep",
        f"{record.header.stem}.yaml",
    ]
    assert after.header.retired.size > len(PNG) + before / 4


def test_a_record_that_was_changed_is_not_retired(store):
    path = put(store, make_record().header.path, dump_record(make_record()).replace("fell", "rose"))
    before = path.read_bytes()
    with pytest.raises(RecordError, match="changed after it was published"):
        retire(store)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("percent", "hours", "reason"), [(99.0, 23, "may go on"), (0.0, 0, "may go on")]
)
def test_a_progress_that_may_go_on_stays(store, percent, hours, reason):
    updated = LATER - timedelta(hours=hours)
    put_record(store, make_record(Progress(percent), updated=updated))
    with pytest.raises(RecordError, match=reason):
        retire(store)


@pytest.mark.parametrize(("percent", "hours"), [(100.0, 0), (99.0, 24)])
def test_a_progress_that_ended_goes(store, percent, hours):
    updated = LATER - timedelta(hours=hours)
    put_record(store, make_record(Progress(percent), updated=updated))
    assert store.read(retire(store).path).header.retired.figures == {"percent": percent}


def test_a_body_goes_once(store):
    put_record(store, make_record())
    retire(store)
    with pytest.raises(RecordError, match="gone already"):
        retire(store)


def test_what_has_a_name_stays(lineage):
    write_pin(lineage.root, Pin("loss", "production", str(make_id(2))))
    assert due(lineage, ALL_BUT_ONE) == [1, 3, 4]


def test_a_name_that_cannot_be_read_keeps_all_of_its_key(lineage):
    put(lineage, "loss/production.pin", "<<<<<<< HEAD\n")
    put_record(lineage, make_record(key="gain", number=8))
    put_record(lineage, make_record(key="gain", number=9))
    assert due(lineage, ALL_BUT_ONE) == [8]
