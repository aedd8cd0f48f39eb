"""Generated pages: filled into shells where that is known to do, else made by hand."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from artifolio.website.engine.blocks import Finished, Order, finish
from artifolio.website.engine.folder import write_or_remove
from artifolio.website.engine.shells import Neighbours, Shape, Shell, read_source, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from artifolio.website.engine.blocks import Block
    from artifolio.website.engine.handwork import Handwork

_FACT = "shell "
_SAMPLES = 3


class Blockwork:
    """Makes generated pages.

    Args:
        facts: What is remembered; shells are added to it.
        neighbours: Of the whole site.
        handwork: Called for when there is no shell yet, or none that would do.
        has_shells: Whether shells may be used at all.
    """

    def __init__(
        self,
        facts: dict[str, str],
        neighbours: Neighbours,
        handwork: Callable[[], Handwork],
        *,
        has_shells: bool,
    ) -> None:
        self._facts = facts
        self._neighbours = neighbours
        self._handwork = handwork
        self._has_shells = has_shells
        self._shells: dict[Shape, Shell | None] = {
            Shape(*json.loads(name.removeprefix(_FACT))): Shell.from_json(text) if text else None
            for name, text in facts.items()
            if name.startswith(_FACT)
        }

    def prepare(self, blocks: Iterable[Block], docs_dir: Path) -> None:
        """Make the shells for pages, as far as one can tell without reading all of them."""
        if not self._has_shells:
            return
        kinds: dict[object, list[Block]] = defaultdict(list)
        for block in blocks:
            folder, *parts = block.name.split("/")
            is_pinned = block.name in self._neighbours.pinned
            kinds[folder, len(parts), parts[-1] == "index.md", is_pinned and block.name].append(
                block
            )
        for found in kinds.values():
            samples = {found[0], found[len(found) // 2], found[-1]}
            shapes: dict[Shape, list[Block]] = defaultdict(list)
            for block in sorted(samples):
                source = read_source((docs_dir / block.name).read_bytes())
                shape = shape_of(block.name, source, self._neighbours) if source else None
                if shape is not None:
                    shapes[shape].append(block)
            for shape, of_shape in shapes.items():
                self._make_shell(shape, of_shape, docs_dir)

    def make(
        self,
        blocks: Sequence[Block],
        docs_dir: Path,
        site_dir: Path,
        executor: Executor | None,
        *,
        searches: bool,
    ) -> Iterator[Finished]:
        """Make pages and write them.

        Args:
            blocks: Which, in the order in which they are to appear.
            docs_dir: Where their sources are.
            site_dir: Where they go.
            executor: Makes slices of them; None makes all here.
            searches: Whether the site has a search index.
        """
        by_name = {block.name: block for block in blocks}
        left = []
        for page in self._finish(blocks, docs_dir, site_dir, executor, searches=searches):
            if page.is_made:
                yield page
            else:
                left.append(page)
        shapes: dict[Shape, list[Block]] = defaultdict(list)
        for page in left:
            if page.shape is not None and page.shape not in self._shells and self._has_shells:
                shapes[page.shape].append(by_name[page.name])
        for shape, of_shape in shapes.items():
            self._make_shell(shape, of_shape[:_SAMPLES], docs_dir)
            if self._shells[shape] is None:
                continue
            yield from self._finish(of_shape, docs_dir, site_dir, executor, searches=searches)
            by_name = {name: block for name, block in by_name.items() if block not in of_shape}
        for page in left:
            if page.name in by_name:
                yield self._make_by_hand(page, site_dir)

    def _finish(
        self,
        blocks: Sequence[Block],
        docs_dir: Path,
        site_dir: Path,
        executor: Executor | None,
        *,
        searches: bool,
    ) -> Iterable[Finished]:
        shells = {shape: shell for shape, shell in self._shells.items() if shell is not None}
        order = Order(str(docs_dir), str(site_dir), self._neighbours, shells, searches)
        return finish(blocks, order, executor)

    def _make_shell(self, shape: Shape, samples: Iterable[Block], docs_dir: Path) -> None:
        if shape not in self._shells:
            shell = self._handwork().make_shell(shape, samples, docs_dir)
            self._shells[shape] = shell
            self._facts[f"{_FACT}{json.dumps(shape)}"] = shell.to_json() if shell else ""

    def _make_by_hand(self, page: Finished, site_dir: Path) -> Finished:
        handwork = self._handwork()
        is_pinned = page.name in self._neighbours.pinned
        rendered = handwork.render(page.name) if is_pinned else handwork.render_stray(page.name)
        made, written = write_or_remove(str(site_dir), page.place, rendered.content)
        return page._replace(made=made, written=written, entries=rendered.entries)


def without_shells(facts: dict[str, str]) -> None:
    """Forget the shells, after what all of them show has changed."""
    for name in [name for name in facts if name.startswith(_FACT)]:
        del facts[name]
