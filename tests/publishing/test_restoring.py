from __future__ import annotations

import os
from hashlib import sha256

import pytest

from artifolio.bodies import Image, Markdown
from artifolio.errors import AmbiguousIdError, NotFoundError, RecordError, RecordExistsError
from artifolio.publishing.changelog import Changelog
from artifolio.publishing.deeds import present_paths, read_fates
from artifolio.publishing.restoring import find_deleted, read_deleted, restore
from histories import Published
from samples import PNG, make_attachment, make_id, make_illustrated, make_record, put
from website.projects import tree

OTHER = PNG + b"2"


@pytest.fixture
def repository(tmp_path):
    return Published(tmp_path / "a repository, ünlike [others]")


def deleted(repository, name):
    """Return a version that is in the history and not in the work tree."""
    changelog = Changelog(repository.store.root, os.environ)
    fates = read_fates(changelog.read(changelog.head()))
    present = present_paths(repository.store.root)
    gone = [fate for path, fate in fates.items() if path not in present]
    return read_deleted(changelog.git, find_deleted(changelog.git, gone, name))


def lose(repository, *records):
    """Publish versions and delete all that there is, in two commits; return what there was."""
    repository.save("Publish")
    before = tree(repository.store.root)
    for path in repository.store.root.glob("*/2*"):
        path.unlink()
    repository.save("Delete")
    return before


def test_a_version_comes_back_byte_for_byte(repository):
    repository.add(1)
    before = lose(repository)
    restore(repository.store, deleted(repository, str(make_id(1))))
    assert tree(repository.store.root) == before


def test_its_attachments_come_back_with_it(repository):
    image = make_record(Image(attachment=make_attachment()), "plot", 1)
    text = make_record(make_illustrated(loss=PNG, gain=OTHER), "report", 2)
    repository.store.add(image, PNG)
    repository.store.add(text, PNG, OTHER)
    before = lose(repository)
    for record in (image, text):
        found = deleted(repository, str(record.header.id))
        assert found.problems == ()
        restore(repository.store, found)
    assert tree(repository.store.root) == before


def test_a_folder_that_is_gone_is_made_again_with_what_keeps_it(repository):
    repository.add(1)
    before = tree(repository.store.root)
    repository.save("Publish")
    repository.git("rm", "-q", "-r", "artifacts")
    repository.save("Delete all")
    restore(repository.store, deleted(repository, str(make_id(1))))
    assert tree(repository.store.root) == before
    assert "loss/.keep" in before


def test_what_is_not_committed_as_deleted_comes_back_as_well(repository):
    record = repository.add(1)
    repository.save("Publish")
    before = tree(repository.store.root)
    repository.file(record).unlink()
    restore(repository.store, deleted(repository, str(make_id(1))))
    assert tree(repository.store.root) == before


def test_the_last_state_comes_back_even_one_that_was_changed(repository):
    record = repository.add(1)
    repository.save("Publish")
    text = repository.file(record).read_bytes().replace(b"It fell.", b"It rose.")
    repository.file(record).write_bytes(text)
    repository.save("Change")
    repository.file(record).unlink()
    repository.save("Delete")
    found = deleted(repository, str(make_id(1)))
    assert found.text == text
    assert found.problems == ("changed after it was published: its digest does not match",)


def test_it_comes_back_as_it_was_where_it_was_deleted_whatever_other_branches_did(repository):
    record = repository.add(1)
    repository.save("Publish")
    text = repository.file(record).read_bytes()
    repository.git("checkout", "-q", "-b", "side")
    repository.file(record).write_bytes(text + b"\n")
    repository.save("Change aside")
    repository.git("checkout", "-q", "main")
    repository.file(record).unlink()
    repository.save("Delete")
    repository.merge("side", "-s", "ours")
    assert deleted(repository, str(make_id(1))).text == text


def test_an_attachment_that_was_deleted_before_its_record_comes_back(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    repository.store.add(record, PNG)
    repository.save("Publish")
    before = tree(repository.store.root)
    (name,) = (item.name for item in record.attachments)
    (repository.store.root / "plot" / name).unlink()
    repository.save("Attachment first")
    repository.file(record).unlink()
    repository.save("Then the record")
    restore(repository.store, deleted(repository, str(make_id(1))))
    assert tree(repository.store.root) == before


def test_an_attachment_that_is_not_in_the_history_is_told(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    (name,) = (item.name for item in record.attachments)
    repository.store.add(record, PNG)
    (repository.folder / ".gitignore").write_text("*.png\n")
    repository.save("Publish")
    repository.file(record).unlink()
    (repository.store.root / "plot" / name).unlink()
    repository.save("Delete")
    found = deleted(repository, str(make_id(1)))
    assert [name in problem for problem in found.problems] == [True]
    restore(repository.store, found)
    assert repository.file(record).exists()


def test_an_attachment_that_was_changed_is_told(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    (name,) = (item.name for item in record.attachments)
    repository.store.add(record, PNG)
    put(repository.store, f"plot/{name}", OTHER)
    lose(repository)
    found = deleted(repository, str(make_id(1)))
    assert found.attached == {name: OTHER}
    assert [name in problem for problem in found.problems] == [True]


def test_an_attachment_that_is_still_there_stays(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    repository.store.add(record, PNG)
    repository.save("Publish")
    repository.file(record).unlink()
    restore(repository.store, deleted(repository, str(make_id(1))))
    assert repository.file(record).exists()


def test_nothing_is_overwritten(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    (name,) = (item.name for item in record.attachments)
    repository.store.add(record, PNG)
    repository.save("Publish")
    repository.file(record).unlink()
    found = deleted(repository, str(make_id(1)))
    put(repository.store, f"plot/{name}", b"another")
    with pytest.raises(RecordExistsError, match=name):
        restore(repository.store, found)
    assert not repository.file(record).exists()
    put(repository.store, f"plot/{name}", PNG)
    repository.file(record).write_text("another")
    with pytest.raises(RecordExistsError):
        restore(repository.store, found)
    assert repository.file(record).read_text() == "another"


def test_no_link_is_followed(repository, tmp_path):
    repository.add(1)
    lose(repository)
    found = deleted(repository, str(make_id(1)))
    for path in (repository.store.root / "loss").iterdir():
        path.unlink()
    (repository.store.root / "loss").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (repository.store.root / "loss").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="symbolic link"):
        restore(repository.store, found)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["019ab0d6-6f3b-7c1e-9d7a-000000000001", "019AB0D66F3B7C1E9D7A000000000001"]
)
def test_a_version_goes_by_its_id(repository, name):
    repository.add(1)
    repository.add(2)
    lose(repository)
    assert deleted(repository, name).record.header.id == make_id(1)


def test_it_goes_by_the_last_digits_that_are_in_the_names_of_its_files(repository):
    repository.add(1)
    repository.add(2)
    lose(repository)
    assert deleted(repository, "000000000002").record.header.id == make_id(2)


def test_the_start_of_an_id_is_enough_where_it_is_the_only_one(repository):
    repository.add(1)
    lose(repository)
    assert deleted(repository, "019ab0d6-6f").record.header.id == make_id(1)


def test_several_are_listed(repository):
    repository.add(1)
    repository.add(2, "gain")
    lose(repository)
    with pytest.raises(AmbiguousIdError) as caught:
        deleted(repository, "019ab")
    assert caught.value.candidates == (str(make_id(1)), str(make_id(2)))


@pytest.mark.parametrize(
    "name",
    ["", "-", "loss", "019ab0d6-6f3b-7c1e-9d7a-000000000003", "x" * 40, "\x1b[31m", "..", "0" * 33],
)
def test_what_was_never_there_is_not_found(repository, name):
    repository.add(1)
    lose(repository)
    with pytest.raises(NotFoundError):
        deleted(repository, name)


def test_a_version_that_was_moved_comes_back_where_it_was_last(repository):
    record = repository.add(1)
    repository.save("Publish")
    moved = make_record(Markdown("It fell.\n"), "gain", 1)
    repository.file(record).unlink()
    repository.store.add(moved)
    repository.save("Move")
    repository.file(moved).unlink()
    repository.save("Delete")
    assert deleted(repository, str(make_id(1))).path == moved.header.path


def test_what_was_no_record_is_not_restored(repository):
    record = repository.add(1)
    repository.file(record).write_text(f'id: "{make_id(1)}"\nnothing else\n')
    lose(repository)
    with pytest.raises(RecordError):
        deleted(repository, str(make_id(1)))


def test_what_git_lfs_keeps_here_comes_back(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    (name,) = (item.name for item in record.attachments)
    repository.store.add(record, PNG)
    oid = sha256(PNG).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(PNG)}\n"
    put(repository.store, f"plot/{name}", pointer)
    lose(repository)
    assert "git lfs fetch" in deleted(repository, str(make_id(1))).problems[0]
    kept = repository.folder / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid
    kept.parent.mkdir(parents=True)
    kept.write_bytes(PNG)
    found = deleted(repository, str(make_id(1)))
    assert (found.problems, found.attached) == ((), {name: PNG})


def test_one_of_a_repository_of_longer_hashes_comes_back(tmp_path):
    repository = Published(tmp_path / "long", "--object-format=sha256")
    repository.add(1)
    before = lose(repository)
    restore(repository.store, deleted(repository, str(make_id(1))))
    assert tree(repository.store.root) == before


def test_a_version_without_a_key_comes_back(repository):
    repository.add(1, None)
    before = lose(repository)
    restore(repository.store, deleted(repository, "000000000001"))
    assert tree(repository.store.root) == before
