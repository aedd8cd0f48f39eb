from __future__ import annotations

import threading

import anyio
import pytest

from artifolio.server.stage import MOST_FILES, Stage


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.show()
    return stage


def test_who_knows_the_state_has_nothing_to_look_at(stage):
    assert stage.now(stage.now().state).files == ()


def test_what_changed_since_is_told_together(stage):
    known = stage.now().state
    stage.show(changed=["b", "a"])
    stage.show(changed=["c", "a"])
    assert stage.now(known).files == ("a", "b", "c")


@pytest.mark.parametrize("known", ["", "x", "-1", "0-0", "-", "é-1", "1" * 50])
def test_who_knows_no_state_of_this_process_looks_at_all(stage, known):
    assert stage.now(known).files is None


def test_another_process_has_other_states(stage):
    assert Stage().now(stage.now().state).files is None


def test_a_state_that_is_still_to_come_is_not_known(stage):
    run = stage.now().state.partition("-")[0]
    assert stage.now(f"{run}-7").files is None


def test_a_build_of_which_nothing_is_known_may_have_changed_all(stage):
    known = stage.now().state
    stage.show(changed=["a"])
    stage.show(changed=None)
    assert stage.now(known).files is None


def test_more_files_than_are_told_may_be_any(stage):
    known = stage.now().state
    stage.show(changed=[str(number) for number in range(MOST_FILES + 1)])
    assert stage.now(known).files is None


def test_what_is_long_past_is_forgotten(stage):
    known = stage.now().state
    for number in range(101):
        stage.show(changed=[str(number % 3)])
    assert stage.now(known).files is None


def test_a_build_that_changed_nothing_is_no_news(stage):
    known = stage.now().state
    stage.show(changed=[])
    assert stage.now().state == known


def test_a_failure_is_news_and_so_is_its_end(stage):
    known = stage.now().state
    stage.show("it broke", ())
    assert (stage.now(known).files, stage.now().failure) == ((), "it broke")
    broken = stage.now().state
    stage.show(changed=[])
    assert stage.now().state != broken
    assert stage.now().failure == ""


def test_who_waits_is_woken_from_another_thread(stage):
    known = stage.now().state
    timer = threading.Timer(0.05, stage.show, kwargs={"changed": ["a"]})
    timer.start()
    assert anyio.run(stage.changed, known, 30.0)


def test_who_waits_in_vain_is_told_so(stage):
    assert not anyio.run(stage.changed, stage.now().state, 0.01)


def test_what_has_changed_already_is_not_waited_for(stage):
    known = stage.now().state
    stage.show(changed=["a"])
    assert anyio.run(stage.changed, known, 30.0)


def test_nobody_waits_for_what_is_closed(stage):
    threading.Timer(0.05, stage.close).start()
    assert not anyio.run(stage.changed, stage.now().state, 30.0)
    assert not anyio.run(stage.changed, stage.now().state, 30.0)


def test_the_first_site_is_waited_for():
    stage = Stage()
    threading.Timer(0.05, stage.show).start()
    anyio.run(stage.opened)
    assert stage.now().state.endswith("-1")
