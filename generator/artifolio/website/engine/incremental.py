"""The incremental build: what changed is made again, and the site is as if all had been."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.website.engine.fingerprint import describe
from artifolio.website.engine.memory import Memory, MemoryFile
from artifolio.website.engine.sources import Places
from artifolio.website.engine.update import Update

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.engine.handwork import Handwork
    from artifolio.website.engine.report import Updated
    from artifolio.website.sync import Identity


class Incremental:
    """Keeps one site up to date.

    Args:
        memory_file: What is remembered between processes.
        executor: Makes generated pages side by side; None makes one after the other.
    """

    def __init__(self, memory_file: MemoryFile, executor: Executor | None = None) -> None:
        self._memory_file = memory_file
        self._executor = executor
        self._memory: Memory | None = None
        self._fingerprint = ""
        """Of the configuration that the places and the handwork are for."""
        self._places: Places | None = None
        self._handwork: Handwork | None = None
        self._latest: str | None = None

    def forget(self) -> None:
        """Make everything anew the next time, as after another has built the site."""
        self._memory = self._handwork = self._places = None
        self._memory_file.forget()

    def update(
        self,
        config: MkDocsConfig,
        generated: Mapping[str, Identity],
        *,
        same_ground: bool = False,
    ) -> Updated:
        """Bring the site up to date.

        Args:
            config: The configuration as it is now, before any of its plugins saw it.
            generated: All files of the owned folders, as a refresh left them.
            same_ground: Nothing but sources has changed since the last update.

        Raises:
            OddSourcesError: If only MkDocs itself can build this.
            UnknownValueError: If the configuration cannot be compared.
            Exception: Whatever MkDocs or an extension raises.
        """
        with self._memory_file.hold():
            return self._update(config, generated, same_ground)

    def _update(
        self, config: MkDocsConfig, generated: Mapping[str, Identity], same_ground: bool
    ) -> Updated:
        if self._latest != self._memory_file.latest():
            self._memory = self._handwork = None  # another process has built meanwhile
        memory, handwork = self._memory or self._memory_file.load(), self._handwork
        # Whatever happens: what was half done is not taken for done.
        self._memory = self._handwork = None
        if not same_ground or memory.facts.get("fingerprint") != self._fingerprint:
            fingerprint = describe(config)
            if memory.facts.get("fingerprint") != fingerprint:
                memory = Memory({"fingerprint": fingerprint})
            # What is remembered may be of this configuration already, by another process.
            if fingerprint != self._fingerprint:
                self._places = handwork = None
            self._fingerprint = fingerprint
        self._places = self._places or Places(config)
        update = Update(config, memory, self._places, handwork)
        updated = update.run(generated, self._memory_file, self._executor)
        self._handwork, self._memory = update.handwork, memory
        self._latest = self._memory_file.latest()
        return updated
