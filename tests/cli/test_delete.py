from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from samples import PNG, make_illustrated, make_record, one_of_each_type

if TYPE_CHECKING:
    from artifolio.store import Store

FIRST = "019ab0d6-6f3b-7c1e-9d7a-000000000001"


@pytest.fixture
def filled(project: Store) -> Store:
    """Two versions of loss, one of sales, one without a key."""
    project.add(make_record(number=1))
    project.add(make_record(number=2))
    project.add(make_record(key="sales", number=3))
    project.add(make_record(key=None, number=4))
    return project


def left(store: Store) -> list[str]:
    return sorted(path.name[-8:-5] for path in store.root.glob("*/*.yaml"))


def test_without_a_terminal_it_demands_yes(run: Any, filled: Store) -> None:
    result = run("delete", "loss")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert left(filled) == ["001", "002", "003", "004"]


def test_yes_deletes_all_versions_of_a_key(run: Any, filled: Store) -> None:
    result = run("delete", "loss", "--yes")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Deleted 2 versions of loss"
    assert left(filled) == ["003", "004"]


def test_folder_of_the_key_stays_with_its_keep_file(run: Any, filled: Store) -> None:
    run("delete", "loss", "--yes")
    assert (filled.root / "loss" / ".keep").exists()


def test_one_version_is_named_by_its_id(run: Any, filled: Store) -> None:
    result = run("delete", "--id", FIRST, "--yes")
    assert result.stdout.splitlines()[-1] == f"Deleted 1 version of loss ({FIRST})"
    assert left(filled) == ["002", "003", "004"]


def test_unique_start_of_an_id_is_enough(run: Any, project: Store) -> None:
    project.add(make_record())
    result = run("delete", "--id", "019a", "--yes")
    assert result.stdout.splitlines()[-1] == "Deleted 1 version of loss (019ab0d6-6f3b)"
    assert left(project) == []


def test_version_without_a_key_can_be_deleted(run: Any, filled: Store) -> None:
    result = run("delete", "--id", FIRST[:-1] + "4", "--yes")
    assert result.stdout.splitlines()[-1].startswith("Deleted 1 version without a key (")
    assert left(filled) == ["001", "002", "003"]


def test_attachment_goes_with_its_record(run: Any, project: Store) -> None:
    image = one_of_each_type()[3]
    project.add(image, PNG)
    run("delete", "sample-image", "--yes")
    assert [path.name for path in project.root.glob("*/*")] == [".keep"]


def test_it_lists_what_it_will_remove(run: Any, filled: Store) -> None:
    output = run("delete", "loss", "--dry-run").stdout
    assert [line.split("\t") for line in output.splitlines()] == [
        ["VERSION", "ID", "CREATED", "PATH"],
        [
            "2",
            FIRST[:-1] + "2",
            "2026-08-01T12:02:00.123Z",
            "loss/20260801T120200123Z-000000000002.yaml",
        ],
        ["1", FIRST, "2026-08-01T12:01:00.123Z", "loss/20260801T120100123Z-000000000001.yaml"],
    ]


def test_dry_run_deletes_nothing(run: Any, filled: Store) -> None:
    result = run("delete", "loss", "--dry-run", "--yes")
    assert result.exit_code == 0
    assert left(filled) == ["001", "002", "003", "004"]


def test_it_says_that_git_keeps_what_was_committed(run: Any, filled: Store) -> None:
    assert "history of git" in run("delete", "loss", "--dry-run").stderr


def test_ambiguous_id_lists_its_candidates_and_deletes_nothing(run: Any, filled: Store) -> None:
    result = run("delete", "--id", "019a", "--yes")
    assert result.exit_code == 1
    assert f"{FIRST}  2026-08-01T12:01:00.123Z  loss v1" in result.stderr
    assert "(no key)" in result.stderr
    assert left(filled) == ["001", "002", "003", "004"]


@pytest.mark.parametrize("arguments", [["nothing"], ["--id", "ffff"], ["--id", "not an id"]])
def test_what_is_not_there_is_not_found(run: Any, filled: Store, arguments: list[str]) -> None:
    assert run("delete", *arguments, "--yes").exit_code == 3


def test_id_is_not_taken_for_a_key(run: Any, filled: Store) -> None:
    assert run("delete", FIRST, "--yes").exit_code == 3


@pytest.mark.parametrize("arguments", [[], ["loss", "--id", FIRST]])
def test_key_and_id_are_one_or_the_other(run: Any, filled: Store, arguments: list[str]) -> None:
    assert run("delete", *arguments, "--yes").exit_code == 2


@pytest.mark.parametrize("keys", ["\n", "n\n", "no\n"])
def test_answer_is_no_unless_it_is_yes(on_terminal: Any, filled: Store, keys: str) -> None:
    screen = on_terminal("delete", "loss", keys=keys)
    assert screen.code == 1
    assert "Delete 2 versions of loss? [y/N]" in screen.text
    assert "Nothing was deleted." in screen.text
    assert left(filled) == ["001", "002", "003", "004"]


def test_answer_yes_deletes(on_terminal: Any, filled: Store) -> None:
    screen = on_terminal("delete", "loss", keys="y\n")
    assert screen.code == 0
    assert "Deleted 2 versions of loss" in screen.text
    assert left(filled) == ["003", "004"]


def test_interrupted_question_deletes_nothing(on_terminal: Any, filled: Store) -> None:
    screen = on_terminal("delete", "loss", interrupt=True)
    assert screen.code == 130
    assert "Traceback" not in screen.text
    assert left(filled) == ["001", "002", "003", "004"]


def test_list_on_a_terminal_shows_paths(on_terminal: Any, filled: Store) -> None:
    text = on_terminal("delete", "loss", "--dry-run", NO_COLOR="1").text
    assert "loss/20260801T120100123Z-000000000001.yaml" in text


def test_images_of_a_text_go_with_its_record(run: Any, project: Store) -> None:
    record = make_record(make_illustrated(loss=b"a", gain=b"b"))
    project.add(record, b"a", b"b")
    assert run("delete", "loss", "--yes").exit_code == 0
    assert [path.name for path in (project.root / "loss").iterdir()] == [".keep"]
