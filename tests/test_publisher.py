from __future__ import annotations

import os
import subprocess
import threading
import warnings
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from artifolio import publisher as publisher_module
from artifolio.bodies import File, Link, Markdown, Progress
from artifolio.errors import InvalidKeyError, InvalidValueError, NotFoundError, RecordError
from artifolio.origins import Run
from artifolio.publisher import Publisher, check_text, describe, to_percent
from artifolio.runs import flow, task
from artifolio.store import Store
from samples import NOON, make_attachment, make_id, numbered_ids, retire_in, ticking


@pytest.fixture
def publisher():
    return Publisher(clock=ticking(), make_id=numbered_ids(), environ={})


def publish(publisher, store, body=None, key="loss", created=None, **options):
    options = {"description": None, "tags": (), "metadata": None, **options}
    return publisher.publish(body or Markdown("x"), key, created=created, store=store, **options)


def test_a_version_gets_its_id_and_time(publisher, store):
    header = publish(publisher, store).header
    assert (header.id, header.created, header.key) == (make_id(1), NOON, "loss")
    assert store.read(header.path).body == Markdown("x")


def test_what_is_published_is_on_disk_when_it_returns(publisher, store):
    record = publish(publisher, store, tags=["b", "a", "b"], metadata={"n": 1}, description="Why")
    found = store.read(record.header.path).header
    assert (found.tags, found.metadata, found.description) == (("b", "a"), {"n": 1}, "Why")


def test_an_empty_description_is_none(publisher, store):
    assert publish(publisher, store, description="").header.description is None


def test_a_version_of_a_run_tells_the_run(publisher, store):
    @task
    def score():
        return publish(publisher, store).header.run

    @flow
    def churn():
        return score()

    run = churn()
    assert (run.flow, run.task) == ("churn", "score")


def test_a_task_outside_of_a_flow_is_part_of_the_run_around_it(store):
    publisher = Publisher(environ={"GITHUB_RUN_ID": "77", "GITHUB_WORKFLOW": "Nightly"})

    @task
    def score() -> Run:
        return publish(publisher, store).header.run

    run = score()
    assert (run.flow, run.flow_run, run.task) == ("Nightly", "77", "score")
    assert run.task_run


def test_a_version_outside_of_a_run_tells_none(publisher, store):
    assert publish(publisher, store).header.run == Run()


def test_a_version_in_ci_tells_the_job(store):
    publisher = Publisher(environ={"GITHUB_RUN_ID": "77", "GITHUB_WORKFLOW": "Nightly"})
    assert publish(publisher, store).header.run == Run("Nightly", "77")


def test_a_version_tells_the_commit(publisher, store, tmp_path):
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=tmp_path, check=True)
    commit = ["git", *identity, "commit", "-q", "--allow-empty", "-m", "First"]
    subprocess.run(commit, cwd=tmp_path, check=True)
    code = publish(publisher, store).header.code
    assert (len(code.commit), code.branch, code.dirty) == (40, "main", False)


def test_a_backfilled_version_has_the_time_that_is_given(publisher, store):
    moment = datetime(2020, 1, 1, 1, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    header = publish(publisher, store, created=moment).header
    assert header.created == datetime(2020, 1, 1, 0, 0, 0, 999_000, tzinfo=timezone.utc)


def test_a_time_without_a_zone_is_refused_and_nothing_written(publisher, store):
    with pytest.raises(InvalidValueError, match="no time zone"):
        publish(publisher, store, created=datetime(2020, 1, 1))
    assert not store.root.exists()


def test_a_version_is_never_earlier_than_the_last_of_its_key(store):
    back = ticking(step=-timedelta(hours=1))
    publisher = Publisher(clock=back, make_id=numbered_ids(), environ={})
    moments = [publish(publisher, store).header.created for _ in range(3)]
    assert moments == [moments[0]] * 3


def test_a_backfill_does_not_let_the_next_version_go_back(store):
    back = ticking(step=-timedelta(hours=1))
    publisher = Publisher(clock=back, make_id=numbered_ids(), environ={})
    first = publish(publisher, store).header
    publish(publisher, store, created=NOON - timedelta(days=1))
    assert publish(publisher, store).header.created == first.created


def test_a_version_follows_a_backfill_of_the_future(publisher, store):
    future = NOON + timedelta(days=1)
    publish(publisher, store, created=future)
    assert publish(publisher, store).header.created == future
    assert publish(publisher, store, key="other").header.created < future


def test_keys_stores_and_keyless_versions_do_not_hold_each_other_back(store, tmp_path):
    back = ticking(step=-timedelta(hours=1))
    publisher = Publisher(clock=back, make_id=numbered_ids(), environ={})
    other = Store(tmp_path / "other")
    moments = [
        publish(publisher, place, key=key).header.created
        for place, key in ((store, "a"), (store, "b"), (other, "a"), (store, None), (store, None))
    ]
    assert moments == [moments[0] - timedelta(hours=number) for number in range(5)]


def test_versions_of_many_threads_are_ordered_by_id_as_by_time(store):
    publisher = Publisher(environ={})
    made = []

    def work():
        made.extend(publish(publisher, store).header for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    by_id = sorted(made, key=lambda header: header.id)
    assert [header.created for header in by_id] == sorted(header.created for header in made)
    assert len(store.scan("loss").entries) == 160


def test_an_attachment_is_named_after_its_record(publisher, store):
    body = File(describe(b"PK", "application/zip", "zip"), "model.zip")
    record = publish(publisher, store, body, contents=[b"PK"])
    assert record.body.attachment.name == f"{record.header.stem}.zip"
    assert (store.root / "loss" / record.body.attachment.name).read_bytes() == b"PK"
    assert record.body.attachment.size == 2
    assert record.body.attachment.sha256 == make_attachment(b"PK").sha256


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"key": ""}, InvalidKeyError),
        ({"key": "a\n"}, InvalidKeyError),
        ({"description": 5}, InvalidValueError),
        ({"description": "\ud800"}, InvalidValueError),
        ({"tags": "churn"}, InvalidValueError),
        ({"tags": [5]}, InvalidValueError),
        ({"metadata": [1]}, InvalidValueError),
        ({"metadata": {"a": object()}}, InvalidValueError),
        ({"metadata": {"a": 10**4300}}, InvalidValueError),
        ({"created": "2020-01-01"}, InvalidValueError),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_written(publisher, store, options, error):
    with pytest.raises(error):
        publish(publisher, store, **options)
    assert not store.root.exists()


def test_a_progress_moves_and_keeps_the_rest(publisher, store):
    first = publish(
        publisher, store, Progress(10.0), tags=["a"], metadata={"n": 1}, description="Why"
    )
    publisher.update_progress(first.header.id, 55.5, None, store)
    found = store.read(first.header.path)
    assert found.body == Progress(55.5)
    assert found.intact
    assert (found.header.description, found.header.tags, found.header.metadata) == (
        "Why",
        ("a",),
        {"n": 1},
    )
    assert found.header.created == first.header.created
    assert found.header.updated == NOON + timedelta(seconds=1)


def test_a_progress_may_get_another_description(publisher, store):
    first = publish(publisher, store, Progress(10.0), description="Why")
    publisher.update_progress(first.header.id, 20.0, "Half way\nthere", store)
    assert store.read(first.header.path).header.description == "Half way\nthere"


def test_an_unknown_field_survives_an_update(publisher, store):
    first = publish(publisher, store, Progress(10.0))
    path = store.root / first.header.path
    path.write_text(path.read_text().replace("digest:", 'zz_later: {"a": [1, null]}\ndigest:'))
    publisher.update_progress(first.header.id, 20.0, None, store)
    assert store.read(first.header.path).header.extra == {"zz_later": {"a": [1, None]}}


def test_an_update_does_not_vouch_for_a_header_that_was_altered(publisher, store):
    first = publish(publisher, store, Progress(10.0), description="As published")
    path = store.root / first.header.path
    path.write_text(path.read_text().replace("As published", "As altered"))
    publisher.update_progress(first.header.id, 20.0, None, store)
    found = store.read(first.header.path)
    assert found.body == Progress(20.0)
    assert not found.intact


def test_an_update_makes_good_for_a_body_that_was_altered(publisher, store):
    first = publish(publisher, store, Progress(10.0))
    path = store.root / first.header.path
    path.write_text(path.read_text().replace("10.0", "11.0"))
    publisher.update_progress(first.header.id, 20.0, None, store)
    assert store.read(first.header.path).intact


def test_updates_that_come_fast_are_merged_and_the_last_one_lands(publisher, store, monkeypatch):
    first = publish(publisher, store, Progress(0.0))
    written = []
    replace_record = store.replace
    monkeypatch.setattr(
        store, "replace", lambda *args: (written.append(args[1].body), replace_record(*args))
    )
    for percent in range(1, 101):
        publisher.update_progress(first.header.id, float(percent), None, store)
    publisher.flush()
    assert store.read(first.header.path).body == Progress(100.0)
    assert len(written) < 50


def test_each_version_has_updates_of_its_own(publisher, store):
    versions = [publish(publisher, store, Progress(0.0)).header for _ in range(20)]
    for version in versions:
        publisher.update_progress(version.id, 50.0, None, store)
    assert {store.read(version.path).body for version in versions} == {Progress(50.0)}


def test_versions_that_no_longer_move_are_forgotten(publisher, store, monkeypatch):
    monkeypatch.setattr(publisher_module, "_MANY", 3)
    monkeypatch.setattr(publisher_module.Updates, "is_idle", True)
    versions = [publish(publisher, store, Progress(0.0)).header for _ in range(10)]
    for version in versions:
        publisher.update_progress(version.id, 50.0, None, store)
    assert len(publisher._updates) <= 3
    assert {store.read(version.path).body for version in versions} == {Progress(50.0)}


def test_a_progress_that_was_deleted_between_two_updates_is_not_found(publisher, store):
    first = publish(publisher, store, Progress(10.0))
    publisher.update_progress(first.header.id, 20.0, None, store)
    store.delete(store.find(first.header.id))
    with pytest.raises(NotFoundError):
        publisher.update_progress(first.header.id, 30.0, None, store)
    assert store.scan("loss").entries == ()


def test_a_progress_in_a_folder_that_became_a_link_is_not_moved(publisher, store, tmp_path):
    first = publish(publisher, store, Progress(10.0))
    publisher.update_progress(first.header.id, 20.0, None, store)
    (store.root / "loss").rename(tmp_path / "outside")
    (store.root / "loss").symlink_to(tmp_path / "outside")
    with pytest.raises(RecordError, match="symbolic link"):
        publisher.update_progress(first.header.id, 30.0, None, store)


def test_a_description_of_an_update_is_text(publisher, store):
    first = publish(publisher, store, Progress(10.0))
    with pytest.raises(InvalidValueError, match="description: text is needed"):
        publisher.update_progress(first.header.id, 20.0, 5, store)


def test_only_progress_moves(publisher, store):
    first = publish(publisher, store, Link("https://x"))
    with pytest.raises(InvalidValueError, match="it is a link"):
        publisher.update_progress(first.header.id, 20.0, None, store)


def test_a_progress_that_is_not_there_is_not_found(publisher, store):
    with pytest.raises(NotFoundError):
        publisher.update_progress(make_id(9), 20.0, None, store)


def test_a_progress_in_a_folder_that_is_a_link_is_not_moved(publisher, store, tmp_path):
    outside = Store(tmp_path / "outside")
    first = publish(publisher, outside, Progress(10.0))
    store.root.mkdir()
    (store.root / "loss").symlink_to(outside.root / "loss")
    with pytest.raises(NotFoundError):
        publisher.update_progress(first.header.id, 20.0, None, store)
    assert outside.read(first.header.path).body == Progress(10.0)


@pytest.mark.parametrize("given", [0, 40, 99.5, 100, Decimal("12.5"), True + 1])
def test_a_percentage_is_kept_as_a_float(given):
    assert to_percent(given) == float(given)
    assert type(to_percent(given)) is float


def test_minus_zero_percent_is_zero():
    assert repr(to_percent(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (-5, 0.0),
        (100.1, 100.0),
        (1e308, 100.0),
        (float("inf"), 100.0),
        (float("-inf"), 0.0),
        (10**400, 100.0),
        (10**5000, 100.0),
        (-(10**400), 0.0),
    ],
    ids=lambda value: f"{value:.3g}" if isinstance(value, float) else "integer",
)
def test_a_percentage_outside_is_clamped_with_a_warning(given, stored):
    with pytest.warns(UserWarning, match="outside 0 to 100"):
        assert to_percent(given) == stored


@pytest.mark.parametrize("given", [None, "40", b"40", True, float("nan"), [], object(), 1j])
def test_what_is_no_percentage_is_refused(given):
    with (
        warnings.catch_warnings(),
        pytest.raises(InvalidValueError, match="a number from 0 to 100"),
    ):
        to_percent(given)


def test_text_is_text():
    assert check_text("x", "link") == "x"
    with pytest.raises(InvalidValueError, match="link: text is needed, not int"):
        check_text(5, "link")


def test_a_store_may_be_given_as_a_path(publisher, store, tmp_path):
    assert publisher.store(store) is store
    assert publisher.store(tmp_path / "x").root == tmp_path / "x"
    assert publisher.store(str(tmp_path / "x")).root == tmp_path / "x"
    assert publisher.store().root == tmp_path / "artifacts"


def test_the_environment_may_name_the_store(store, tmp_path):
    publisher = Publisher(environ={"ARTIFOLIO_DIR": "records"})
    assert publisher.store().root == tmp_path / "records"


def test_a_working_directory_that_was_deleted_is_no_hindrance(publisher, store, tmp_path):
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    record = publish(publisher, store)
    os.chdir(tmp_path)
    assert store.read(record.header.path).intact


def test_a_progress_without_its_body_moves_no_more(publisher, store):
    record = publish(publisher, store, Progress(100.0))
    retire_in(store, record.header.path)
    with pytest.raises(InvalidValueError, match="retention removed its body"):
        publisher.update_progress(record.header.id, 50.0, None, store)
    assert store.read(record.header.path).header.retired
