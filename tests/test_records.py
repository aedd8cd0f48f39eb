from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import replace

import pytest
import yaml
from hypothesis import assume, given

import strategies
from artifolio.bodies import BODY_TYPES, Column, Image, Link, Markdown, Progress, Table
from artifolio.errors import InvalidValueError, RecordError
from artifolio.headers import parse_header
from artifolio.lines import TERMINATOR, parse_lines
from artifolio.origins import Code, Run
from artifolio.records import Record, dump_record, move, parse_record
from outcomes import CHANGED, LONGEST_SECONDS, REFUSED, check_round_trip, timed
from payloads import payloads
from samples import NOON, make_id, make_illustrated, make_record, one_of_each_type

SAMPLES = one_of_each_type()
ODD_TEXTS = [
    "\r\n",
    "a\r\nb\r\n",
    "a \n b\t\n\n",
    "\n a",
    "- a\n- b\n",
    "...\n---\n...",
    "a\n...\nb\n---\n",
    "\x00\x1b\x7f\x80\x9f",
    "a\x85b\u2028c\u2029d\n",
    "\ufeff\ufffe\uffff",
    "\U00010000\U0001f600\U0001fffe\U0010ffff",
    '\ndata: |2\n  x\nheader_sha256: ""\ndigest: \n',
]


def load(content: bytes) -> Record:
    """Read a file's content as the store does; what is not UTF-8 is refused there."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise RecordError("", str(error)) from None
    return parse_record(text)


def outcome_of(content: bytes) -> str:
    """Return the body, or that it is refused, in one line, or shown as changed."""
    try:
        record = load(content)
    except RecordError as error:
        return REFUSED if str(error).isprintable() else f"refused in several lines: {error}"
    return repr(record.body) if record.intact else CHANGED


def rewritten(content: bytes) -> bytes:
    """Return what the file becomes when a progress moves, or its description changes."""
    record = load(content)
    header = replace(record.header, digest=None, header_sha256=None)
    return dump_record(replace(record, header=header)).encode()


@pytest.mark.parametrize("name", BODY_TYPES)
def test_every_type_is_among_the_records_that_are_tried(name):
    assert name in {sample.header.type for sample in SAMPLES}


@pytest.mark.parametrize("record", SAMPLES, ids=lambda record: record.header.type)
def test_the_quick_reader_reads_what_is_published(record):
    assert parse_lines(dump_record(record).removesuffix(TERMINATOR)) is not None


def test_the_header_comes_first_and_data_last():
    names = list(yaml.safe_load(dump_record(SAMPLES[2])))
    first = "format id key type created description tags metadata run code columns rows".split()
    assert names == [*first, "digest", "header_sha256", "data"]


def test_a_record_reads_as_the_format_says():
    record = make_record(
        Table((Column("id", "string"), Column("p", "number")), (("1", 0.85), ("2", 0.65))),
        key="personalized-reachout",
        description="# Call *them*",
        tags=("churn",),
        metadata={"model": "v3"},
    )
    assert dump_record(record) == (
        "format: 1\n"
        'id: "019ab0d6-6f3b-7c1e-9d7a-000000000001"\n'
        'key: "personalized-reachout"\n'
        'type: "table"\n'
        'created: "2026-08-01T12:01:00.123Z"\n'
        'description: "# Call *them*"\n'
        'tags: ["churn"]\n'
        'metadata: {"model": "v3"}\n'
        'columns: [{"name": "id", "type": "string"}, {"name": "p", "type": "number"}]\n'
        "rows: 2\n"
        'digest: "sha256:94932fbf1e2a0e66aba5ef47c6a9d05978f200a025345f8f733ea2d2d6c24a11"\n'
        'header_sha256: "3f3c0522ce8301cb822b1a62b7fcab75b504d4a5b406e82706b8f3127f6e7b9b"\n'
        "data:\n"
        '- ["1", 0.85]\n'
        '- ["2", 0.65]\n'
        "...\n"
    )


def test_the_row_key_of_a_table_stands_below_its_columns():
    columns = (Column("city", "string"), Column("day", "date"), Column("loss", "number"))
    record = make_record(Table(columns, (), ("city", "day")))
    text = dump_record(record)
    assert '}]\nrow_key: ["city", "day"]\nrows: 0\n' in text
    assert parse_record(text).body == record.body
    assert parse_record(text).header.row_key == ("city", "day")


def test_a_table_without_a_row_key_has_no_line_for_it():
    assert "row_key" not in dump_record(SAMPLES[2])
    assert parse_record(dump_record(SAMPLES[2])).body.row_key == ()


def test_a_changed_row_key_shows():
    columns = (Column("city", "string"), Column("day", "date"))
    text = dump_record(make_record(Table(columns, (), ("city",))))
    assert parse_record(text).intact
    assert not parse_record(text.replace('row_key: ["city"]', 'row_key: ["day"]')).intact
    assert not parse_record(text.replace('row_key: ["city"]\n', "")).intact


@pytest.mark.parametrize("row_key", ['"city"', "[1]", "null", '{"city": 1}', '[["city"]]'])
def test_a_row_key_that_is_no_list_of_texts_is_refused(row_key):
    text = dump_record(SAMPLES[2]).replace("\nrows:", f"\nrow_key: {row_key}\nrows:")
    with pytest.raises(RecordError, match="row_key"):
        parse_record(text)


def test_the_trend_of_a_table_stands_below_its_row_key():
    columns = (Column("city", "string"), Column("loss", "number"))
    record = make_record(Table(columns, (), ("city",), ("loss.max", "rows")))
    text = dump_record(record)
    assert '\nrow_key: ["city"]\ntrend: ["loss.max", "rows"]\nrows: 0\n' in text
    assert parse_record(text).body == record.body
    assert parse_record(text).header.trend == ("loss.max", "rows")


def test_a_table_without_a_trend_has_no_line_for_it():
    assert "trend" not in dump_record(SAMPLES[2])
    assert parse_record(dump_record(SAMPLES[2])).body.trend == ()


def test_a_changed_trend_shows():
    text = dump_record(make_record(Table((Column("a", "integer"),), (), (), ("a.sum",))))
    assert parse_record(text).intact
    assert not parse_record(text.replace('trend: ["a.sum"]', 'trend: ["a.max"]')).intact
    assert not parse_record(text.replace('trend: ["a.sum"]\n', "")).intact


@pytest.mark.parametrize("trend", ['"rows"', "[1]", "null", '{"rows": 1}', '[["rows"]]'])
def test_a_trend_that_is_no_list_of_texts_is_refused(trend):
    text = dump_record(SAMPLES[2]).replace("\nrows:", f"\ntrend: {trend}\nrows:")
    with pytest.raises(RecordError, match="trend"):
        parse_record(text)


def test_the_digest_covers_the_lines_of_the_columns_and_the_data():
    text = dump_record(SAMPLES[2])
    columns = next(line for line in text.splitlines(keepends=True) if line.startswith("columns:"))
    data = text[text.index("\ndata:") + 1 :].removesuffix(TERMINATOR)
    expected = hashlib.sha256((columns + data).encode()).hexdigest()
    assert parse_record(text).header.digest == f"sha256:{expected}"


@given(strategies.mutated(strategies.record_texts))
def test_a_damaged_record_that_is_taken_for_good_can_be_written_again(content):
    outcome = outcome_of(content)
    assert outcome in (REFUSED, CHANGED) or outcome_of(rewritten(content)) == outcome


@given(strategies.records(), strategies.record_texts)
def test_a_body_that_differs_from_its_digest_is_not_intact(record, other):
    altered = replace(record.header, digest=parse_record(other).header.digest, extra={})
    assume(altered.digest != parse_record(dump_record(record)).header.digest)
    assert not parse_record(dump_record(replace(record, header=altered))).intact


def test_a_changed_cell_shows():
    text = dump_record(SAMPLES[2])
    assert not parse_record(text.replace('"Bonn"', '"Born"')).intact


def test_a_changed_column_name_shows():
    text = dump_record(SAMPLES[2])
    assert not parse_record(text.replace('"city"', '"town"')).intact


def test_a_table_in_another_yaml_style_is_intact_while_its_values_are():
    text = dump_record(SAMPLES[2]).replace('- ["Bonn", 0.5, true]', "- - Bonn\n  - 0.5\n  - true")
    assert parse_record(text).intact


def test_an_unknown_field_survives():
    text = dump_record(make_record()).replace('digest: "', 'zz: {"new": [1]}\ndigest: "')
    record = parse_record(text)
    assert record.header.extra == {"zz": {"new": [1]}}
    assert dump_record(record) == text


def test_the_headers_hash_covers_all_lines_above_it():
    text = dump_record(SAMPLES[2])
    above, _, below = text.partition("header_sha256: ")
    assert below.startswith(f'"{hashlib.sha256(above.encode()).hexdigest()}"\ndata:')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["churn"', '["burn"'),
        ('"v3"', '"v4"'),
        ('"flow": "churn"', '"flow": "burn"'),
        ('"dirty": false', '"dirty": true'),
        ("description:", "subscription:"),
        ("rows: 3", "rows: 3\nnew: 1"),
        ('header_sha256: "', 'header_sha256: "0'),
    ],
)
def test_a_changed_header_shows(old, new):
    text = dump_record(SAMPLES[2])
    assert old in text
    assert not parse_record(text.replace(old, new)).intact
    assert not parse_header(text[: text.index("\ndata:") + 1].replace(old, new)).intact


def test_a_header_in_another_yaml_style_is_intact_while_its_values_are():
    text = dump_record(SAMPLES[2]).replace('tags: ["churn", "two words"]\n', "")
    text = text.replace("type:", "tags: [churn, two words]\ntype:")
    assert parse_record(text).intact


@pytest.mark.parametrize("length", range(1, 14))
def test_a_splice_within_the_name_of_the_hash_is_refused(length):
    ours, theirs = (dump_record(make_record(tags=(tag,))) for tag in ("ours", "theirs"))
    for start in range(13):
        cut = ours.index("header_sha256") + length
        spliced = ours[:cut] + theirs[theirs.index("header_sha256") + start :]
        assert outcome_of(spliced.encode()) in ("refused", "changed")


def test_an_unknown_hash_in_a_record_of_another_hand_is_only_that():
    header = replace(make_record().header, extra={"model": "0" * 64})
    text = dump_record(replace(make_record(), header=header))
    record = parse_record(re.sub("header_sha256: .*\n", "", text))
    assert record.header.extra == {"model": "0" * 64}


def test_a_record_without_a_hash_of_its_header_is_read_and_stays_without():
    text = re.sub("header_sha256: .*\n", "", dump_record(SAMPLES[2]))
    record = parse_record(text)
    assert record.intact
    assert dump_record(record) == text


@pytest.mark.parametrize("unknown", [0, 1, 50])
def test_a_hash_of_the_header_under_an_altered_name_is_refused(unknown):
    header = replace(SAMPLES[2].header, extra={f"x{number}": number for number in range(unknown)})
    text = dump_record(replace(SAMPLES[2], header=header))
    text = text.replace("header_sha256", "header_sha25v")
    with pytest.raises(RecordError, match="under another name, 'header_sha25v'"):
        parse_record(text)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"markdown"', '"tabel"', "did you mean 'table'"),
        ("format: 1", "format: 2", "newer artifolio"),
        ("format: 1", "format: 1.0", "format is 1.0"),
        ("format: 1", "format: true", "format is True"),
        ('id: "', 'id: "0', "UUID"),
        ("-9d7a-", "-9D7A-", "UUID"),
        ('key: "loss"', 'key: "../loss"', "invalid key"),
        ('key: "loss"', "key: null", "invalid key"),
        ("2026-08-01T", "2026-02-30T", "created"),
        ("2026-08-01T", "2026-08-01 ", "created"),
        ("data: |2\n  It fell.\n", "", "data is missing"),
        ("data: |2\n  It fell.\n", "data: [1]\n", "text"),
        ("\ndata:", '\ntags: "a"\ndata:', "tags"),
        ("\ndata:", "\ntags: [1]\ndata:", "tags"),
        ("\ndata:", "\nrun: 1\ndata:", "run"),
        ("\ndata:", '\ncode: {"dirty": 1}\ndata:', "dirty"),
        ("\ndata:", "\nmetadata: []\ndata:", "metadata"),
        ("\ndata:", "\ndescription: 1\ndata:", "description"),
        ("...\n", 'tags: ["late"]\n...\n', "last"),
    ],
)
def test_a_wrong_field_is_refused_by_name(old, new, reason):
    text = dump_record(make_record())
    assert old in text
    with pytest.raises(RecordError, match=reason):
        parse_record(text.replace(old, new), "loss/x.yaml")


def test_every_reason_is_given_at_once():
    text = dump_record(make_record()).replace('"loss"', '"Loss"').replace("-9d7a-", "-9D7A-")
    with pytest.raises(RecordError, match=r"loss/x\.yaml: .*UUID.*; .*invalid key"):
        parse_record(text, "loss/x.yaml")


@pytest.mark.parametrize(
    ("record", "old", "new", "reason"),
    [
        (SAMPLES[0], '"url": "https://example.org/ä?b=c"', '"url": ""', "url"),
        (SAMPLES[0], '"text": "the data"', '"text": 1', "text"),
        (SAMPLES[2], "rows: 3", "rows: 2", "rows"),
        (SAMPLES[2], "rows: 3", "rows: -3", "rows"),
        (SAMPLES[2], "rows: 3\n", "", "rows is missing"),
        (SAMPLES[2], '- ["Bonn", 0.5, true]', '- ["Bonn", 0.5]', "row 1"),
        (SAMPLES[2], '{"name": "city", "type": "string"}', '{"type": "string"}', "name"),
        (SAMPLES[3], '"attachment": "', '"attachment": "../', "not the name of an attachment"),
        (SAMPLES[3], '"attachment": "2026', '"attachment": "2027', "another record"),
        (SAMPLES[3], '.png"', '.yaml"', "not the name of an attachment"),
        (SAMPLES[3], '"size": ', '"size": -', "size"),
        (SAMPLES[3], '"sha256": "', '"sha256": "g', "sha256"),
        (SAMPLES[6], "40.0", "140.0", "percent"),
        (SAMPLES[6], "40.0", "1" + "0" * 400, "percent"),
        (SAMPLES[6], "40.0", "true", "percent"),
        (SAMPLES[6], "40.0", '"40"', "percent"),
    ],
)
def test_a_wrong_body_is_refused_with_the_reason(record, old, new, reason):
    text = dump_record(record)
    assert old in text
    with pytest.raises(RecordError, match=reason):
        parse_record(text.replace(old, new))


@pytest.mark.parametrize(
    "record",
    [
        make_record(Markdown("a\ud800b")),
        make_record(Link("https://x", "\udfff")),
        make_record(description="\ud83d\n"),
        make_record(metadata={"a\udc00": 1}),
        make_record(tags=("\ud800",)),
        make_record(Table((Column("\ud800", "string"),), ())),
        make_record(Table((Column("a", "string"),), (("\ud800",),))),
    ],
    ids="body link description name tag column cell".split(),
)
def test_a_lone_surrogate_is_refused(record):
    with pytest.raises(InvalidValueError, match="lone surrogate"):
        dump_record(record)


def test_a_table_of_5000_columns_is_read_by_every_way_as_it_was_published():
    columns = tuple(Column(f"column {n}", "integer") for n in range(5000))
    check_round_trip(make_record(Table(columns, (tuple(range(5000)),) * 2)))


@pytest.mark.parametrize(
    "body",
    [
        Markdown(""),
        Link("/", ""),
        Table((), ()),
        Table((), ((), ())),
        Table((Column("", "null"),), ()),
        Table((Column("", "string"), Column("", "list")), (("", []), ({}, [[]]))),
        Image(url="/", alt=""),
    ],
    ids=repr,
)
def test_what_is_empty_is_read_by_every_way_as_it_was_published(body):
    nothing = {"description": "", "tags": ("",), "metadata": {"": {"": []}}, "extra": {"": ""}}
    check_round_trip(make_record(body, key=None))
    check_round_trip(make_record(body, **nothing, run=Run("", ""), code=Code("", dirty=False)))


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_odd_text_anywhere_is_read_by_every_way_as_it_was_published(text):
    columns = (Column(text, text), Column("n", "number"))
    odd = {"description": text, "tags": (text,), "metadata": {text: text}, "extra": {text: text}}
    origins = {"run": Run(*[text] * 5), "code": Code(text, text, None, text)}
    check_round_trip(make_record(Table(columns, ((text, 10**400), (text, -0.0))), **odd, **origins))
    check_round_trip(make_record(Markdown(text), **odd, **origins))
    check_round_trip(make_record(Link(text, text), **odd, **origins))


@pytest.mark.parametrize("payload", payloads("record", field="record_file"), ids=str)
def test_a_hostile_record_is_refused_at_once(payload, on_small_stack):
    content = payload.text.encode()
    outcome, seconds = on_small_stack(lambda: timed(lambda: outcome_of(content)))
    assert outcome == REFUSED
    assert seconds < LONGEST_SECONDS


@pytest.mark.parametrize("payload", payloads("record", field="record_file"), ids=str)
def test_a_hostile_record_that_is_closed_is_refused_at_once(payload, on_small_stack):
    content = payload.text.encode() + b"\n...\n"
    outcome, seconds = on_small_stack(lambda: timed(lambda: outcome_of(content)))
    assert outcome == REFUSED
    assert seconds < LONGEST_SECONDS


@pytest.mark.parametrize("payload", payloads("record", field="record_file"), ids=str)
def test_a_hostile_text_in_the_place_of_a_body_is_refused_or_shown_as_changed_at_once(
    payload, on_small_stack
):
    head, _, _ = dump_record(make_record()).partition("data:")
    content = f"{head}data: {payload.text}\n...\n".encode()
    outcome, seconds = on_small_stack(lambda: timed(lambda: outcome_of(content)))
    assert outcome in (REFUSED, CHANGED)
    assert seconds < LONGEST_SECONDS


def test_reading_what_was_published_never_needs_pyyaml(monkeypatch):
    monkeypatch.setitem(sys.modules, "artifolio.codec", None)
    texts = [dump_record(record) for record in SAMPLES]
    assert [dump_record(parse_record(text)) for text in texts] == texts


def test_an_image_of_another_record_is_refused():
    record = make_record(Image(url="https://example.org"))
    foreign = replace(SAMPLES[3].body.attachment, name="20200101T000000000Z-000000000000.png")
    with pytest.raises(RecordError, match="another record"):
        parse_record(dump_record(replace(record, body=Image(attachment=foreign))))


def test_a_progress_of_a_whole_number_is_read_as_a_float():
    text = dump_record(make_record(Progress(40.0))).replace("40.0", "40")
    assert parse_record(text).body.percent == 40.0
    assert isinstance(parse_record(text).body.percent, float)


def test_the_id_and_time_of_a_record_make_its_name():
    header = make_record().header
    assert header.created > NOON
    assert header.id == make_id(1)
    assert header.path == "loss/20260801T120100123Z-000000000001.yaml"


def test_a_text_with_images_names_them_before_the_digest():
    text = dump_record(make_record(make_illustrated(loss=b"a", gain=b"b")))
    names = re.findall(r"^([a-z_0-9]+):", text, re.MULTILINE)
    assert names[-4:] == ["images", "digest", "header_sha256", "data"]
    assert make_record().header.stem not in text


def test_a_text_with_images_is_read_back():
    record = make_record(make_illustrated(loss=b"a", gain=b"b"))
    found = parse_record(dump_record(record), record.header.path)
    assert found.body == record.body
    assert found.intact
    stem = record.header.stem
    assert [it.name for it in found.attachments] == [f"{stem}.1.png", f"{stem}.2.png"]
    assert list(found.images) == ["plots/loss.png", "plots/gain.png"]


def test_the_digest_tells_images_apart_and_nothing_else():
    def digest(body, number):
        return re.search(r"^digest: (.*)$", dump_record(make_record(body, number=number)), re.M)[1]

    assert digest(make_illustrated(loss=b"a"), 1) == digest(make_illustrated(loss=b"a"), 2)
    assert digest(make_illustrated(loss=b"a"), 1) != digest(make_illustrated(loss=b"b"), 1)


def test_the_digest_of_a_text_with_images_covers_their_line_and_the_data():
    text = dump_record(make_record(make_illustrated()))
    (images,) = re.findall(r"^images: .*\n", text, re.MULTILINE)
    data = text[text.index("\ndata:") + 1 : -len(TERMINATOR)]
    expected = hashlib.sha256((images + data).encode()).hexdigest()
    assert f'\ndigest: "sha256:{expected}"\n' in text


def test_a_text_without_images_has_no_field_for_them():
    assert "images" not in dump_record(make_record())


def test_an_image_that_was_exchanged_in_the_record_is_a_change():
    text = dump_record(make_record(make_illustrated(loss=b"a")))
    sha256, other = (hashlib.sha256(content).hexdigest() for content in (b"a", b"b"))
    altered = re.sub("header_sha256: .*\n", "", text.replace(sha256, other))
    assert not parse_record(altered).intact


def test_images_that_were_laid_out_anew_are_still_intact():
    text = dump_record(make_record(make_illustrated()))
    relaid = yaml.safe_dump(yaml.safe_load(text), sort_keys=False) + TERMINATOR
    assert parse_record(relaid).intact


@pytest.mark.parametrize("field", ["path", "ending"])
def test_images_of_one_name_are_refused(field):
    first, second = make_illustrated(loss=b"a", gain=b"b").images
    twice = replace(second, **{field: getattr(first, field)})
    with pytest.raises(RecordError, match="stands there twice"):
        parse_record(dump_record(make_record(Markdown("x", (first, twice)))))


def test_a_progress_that_moves_is_the_same_version():
    record = make_record(Progress(0.0), description="Start", tags=("t",))
    moved = parse_record(dump_record(move(parse_record(dump_record(record)), 40.0, NOON, None)))
    assert (moved.body, moved.intact) == (Progress(40.0), True)
    kept = replace(moved.header, updated=None, digest=None, header_sha256=None)
    assert (moved.header.updated, kept) == (NOON, record.header)


def test_a_description_is_replaced_where_one_is_given():
    record = make_record(Progress(0.0), description="Start")
    assert move(record, 1.0, NOON, "Half").header.description == "Half"


def test_a_header_that_was_altered_stays_so_when_its_progress_moves():
    altered = dump_record(make_record(Progress(0.0), description="a")).replace('"a"', '"b"')
    moved = move(parse_record(altered), 40.0, NOON, None)
    assert not parse_record(dump_record(moved)).intact


def test_only_progress_moves():
    with pytest.raises(InvalidValueError, match="only progress moves"):
        move(make_record(Markdown("x")), 40.0, NOON, None)
