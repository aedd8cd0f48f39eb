"""Many clients read, publish, change and delete over HTTP at once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from concurrency.service import Service, serve_many

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS, SECONDS = 8, 4.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    yield serve_many(folder, CLIENTS, SECONDS)
    shutil.rmtree(folder)


def test_each_thing_was_done(service: Service) -> None:
    assert len(service.counts) == 11
    assert min(service.counts.values()) > 0


def test_no_client_met_an_error_or_read_what_it_did_not_write(service: Service) -> None:
    assert service.failures == ()


def test_what_clients_were_told_is_there_as_they_were_told(service: Service) -> None:
    assert (service.lost, service.different) == ((), ())


def test_what_was_deleted_stays_deleted_and_nothing_came_by_itself(service: Service) -> None:
    assert (service.returned, service.strange) == ((), ())


def test_all_that_is_there_is_whole(service: Service) -> None:
    assert service.problems == ()
