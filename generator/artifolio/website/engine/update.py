"""One update of a site: what may fail comes first, and then what is written."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from mkdocs.utils import get_build_date

from artifolio.website.engine import wholes
from artifolio.website.engine.blockwork import Blockwork, without_shells
from artifolio.website.engine.folder import (
    copy_outputs,
    remove_links,
    remove_outputs,
    stamp_folders,
    sweep,
    write_or_remove,
)
from artifolio.website.engine.handwork import Handwork, Rendered, facts_of, tell
from artifolio.website.engine.memory import Memory, MemoryFile, Output, stamp_file
from artifolio.website.engine.offline import is_offline
from artifolio.website.engine.report import Updated
from artifolio.website.engine.scope import has_own_templates
from artifolio.website.engine.shells import Neighbours
from artifolio.website.engine.sources import OddSourcesError, Places, sort_key
from artifolio.website.engine.survey import OF_THEME, Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Executor

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.engine.blocks import Finished
    from artifolio.website.engine.folder import Copied
    from artifolio.website.sync import Identity


class Update:
    """An update.

    Args:
        config: The configuration, fresh where there is no handwork yet.
        memory: What is remembered; brought up to date.
        places: For that configuration.
        handwork: For that configuration, where one was made before.
    """

    def __init__(
        self, config: MkDocsConfig, memory: Memory, places: Places, handwork: Handwork | None
    ) -> None:
        self._config, self._memory, self._places = config, memory, places
        self.handwork = handwork
        self._is_open = False
        self._changed: dict[str, Output] = {}
        self._result = Updated()
        self._is_index_stale = False

    def run(
        self, generated: Mapping[str, Identity], memory_file: MemoryFile, executor: Executor | None
    ) -> Updated:
        """Do it, and remember it.

        Args:
            generated: All files of the owned folders, as a refresh left them.
            memory_file: Where it is remembered for other processes.
            executor: Makes generated pages side by side; None makes one after the other.
        """
        facts, outputs = self._memory.facts, self._memory.outputs
        facts_before = dict(facts)
        if "theme" not in facts:
            facts["theme"] = json.dumps(self._make_handwork().theme_assets())
        theme = json.loads(facts["theme"])
        survey = Survey(self._config, self._memory, self._places, generated, theme)
        self._survey = survey
        is_new = not os.path.lexists(self._site_dir)
        must_sweep = not is_new and (facts.get("state") != "whole" or self._has_strays())
        pages, is_framed_anew = self._render_by_hand()
        error_page = self._error_page(is_framed_anew)
        self._learn_wholes()
        neighbours = Neighbours.of(self._places.pinned, facts["fingerprint"])
        has_shells = not has_own_templates(self._config)
        blockwork = Blockwork(facts, neighbours, self._handwork, has_shells=has_shells)
        blocks = survey.blocks(all_of_them=is_framed_anew)
        blockwork.prepare(blocks, survey.docs_dir)

        is_same = facts == facts_before and not (is_new or must_sweep or survey.stale)
        if is_same and not is_framed_anew and error_page is None and self._are_wholes_right():
            self._finish()
            return self._result
        facts["build"] = os.urandom(8).hex()
        if "state" not in facts_before:
            memory_file.forget()  # it tells of another configuration
        memory_file.save({**facts_before, "state": "half", "build": facts["build"]}, (), ())
        if must_sweep:
            remove_links(self._site_dir, self._kept())
        for copied in copy_outputs(self._site_dir, survey.copies(), executor):
            self._record_copy(copied)
        self._result.rendered += list(pages)
        for page in blockwork.make(
            blocks, survey.docs_dir, survey.site_dir, executor, searches=bool(facts["index"])
        ):
            self._record_block(page)
        for name, rendered in pages.items():
            self._write_page(name, rendered)
        if error_page is not None:
            self._write(wholes.ERROR_PAGE, error_page)
        gone = self._write_wholes()
        self._result.removed += remove_outputs(self._site_dir, gone)
        if must_sweep:
            self._result.removed += sweep(self._site_dir, self._kept())
        facts["state"] = "whole"
        # While the site is trusted, nobody looks at its folders; the next process sweeps them.
        is_trusted = survey.trusts_site
        facts["folders"] = "" if is_trusted else stamp_folders(self._site_dir, outputs)
        memory_file.save(facts, self._changed.values(), gone)
        self._finish()
        return self._result

    def _has_strays(self) -> bool:
        """Tell whether something may have come into the site by hand."""
        if self._survey.trusts_site:
            return False
        known = self._memory.facts.get("folders")
        return known != stamp_folders(self._site_dir, self._memory.outputs)

    def _finish(self) -> None:
        self._memory.root = stamp_file(self._site_dir)
        self._memory.seen = self._survey.seen()
        self._tell()

    @property
    def _site_dir(self) -> str:
        return str(self._survey.site_dir)

    # By hand

    def _make_handwork(self) -> Handwork:
        if self.handwork is None:
            self.handwork = Handwork(self._config)
        return self.handwork

    def _handwork(self) -> Handwork:
        if not self._is_open:
            self._open(())
        return self._make_handwork()

    def _open(self, stale: Iterable[str]) -> None:
        titles = {
            name: output.more.get("title")
            for name in self._survey.hands
            if (output := self._memory.outputs.get(self._survey.places[name]))
        }
        self._make_handwork().open(self._survey.hands, stale, titles, self._survey.folder_of)
        self._is_open = True

    def _render_by_hand(self) -> tuple[dict[str, Rendered], bool]:
        """Finish hand-written pages; also tell whether the navigation is another than before."""
        facts = self._memory.facts
        survey = self._survey
        convert, render = survey.changed_by_hand()
        is_known = survey.names == facts.get("names") and "nav" in facts
        is_framed_anew = False
        if convert or render or not is_known or survey.is_retitled():
            self._open(convert)
            nav = self._handwork().nav()
            is_framed_anew = nav != facts.get("nav")
            if is_framed_anew:
                without_shells(facts)
                render = set(survey.written_by_hand())
            facts["nav"] = nav
        facts["names"] = survey.names
        facts["excluded"] = json.dumps(survey.excluded)
        self._result.converted += sorted(convert)
        needed = [name for name in survey.written_by_hand() if name in convert or name in render]
        return {name: self._handwork().render(name) for name in needed}, is_framed_anew

    def _error_page(self, is_framed_anew: bool) -> bytes | None:
        """Return the page for what is not found, if it is to be written again."""
        if is_framed_anew or not self._is_there(wholes.ERROR_PAGE):
            return self._handwork().error_page(wholes.ERROR_PAGE)
        return None

    def _write_page(self, name: str, rendered: Rendered) -> None:
        handwork = self._handwork()
        more: dict[str, Any] = facts_of(handwork.converted(name))
        more["entries"] = rendered.entries
        place, survey = self._survey.places[name], self._survey
        made, written = write_or_remove(self._site_dir, place, rendered.content)
        self._record(
            Output(place, name, survey.stamp(name), survey.digest(name), made, more), written
        )

    # Generated pages and what is copied

    def _record_block(self, page: Finished) -> None:
        known = self._memory.outputs.get(page.place)
        if page.entries is None and known is not None:
            more = known.more
        else:
            more = {"title": page.title} if self._survey.is_pinned(page.name) else {}
            if page.entries:
                more["entries"] = page.entries
            self._result.rendered.append(page.name)
        stamp = self._survey.stamp(page.name)
        self._record(
            Output(page.place, page.name, stamp, page.digest, page.made, more), page.written
        )

    def _record_copy(self, copied: Copied) -> None:
        name, place, _ = copied.copy
        digest = OF_THEME if self._survey.is_of_theme(name) else ""
        output = Output(place, name, self._survey.stamp(name), digest, copied.made)
        self._record(output, copied.written)

    # What tells of all pages

    def _learn_wholes(self) -> None:
        """Find out how the search index and the sitemap are made, once for a configuration.

        Raises:
            OddSourcesError: If there is more to the sitemap than addresses and dates.
        """
        facts = self._memory.facts
        if "index" not in facts:
            facts["index"] = self._make_handwork().empty_index()
        if "sitemap" not in facts:
            sitemap = self._handwork().sitemap()
            if sitemap is None:
                raise OddSourcesError("the template of the sitemap")
            facts["sitemap"] = sitemap

    def _write_wholes(self) -> list[str]:
        """Write the search index and the sitemap, and return the places of what is gone."""
        facts, outputs = self._memory.facts, self._memory.outputs
        kept = self._kept()
        gone = [place for place in outputs if place not in kept]
        lost = [outputs.pop(place) for place in gone]
        self._is_index_stale |= any(output.more.get("entries") for output in lost)
        indexes = self._indexes()
        if self._is_index_stale or not self._is_there(*indexes):
            found = [output for output in outputs.values() if output.more.get("entries")]
            found.sort(key=lambda output: sort_key(output.source))
            entries = (entry for output in found for entry in output.more["entries"])
            index = wholes.join_index(facts["index"], entries)
            for place in indexes:
                self._write(place, wholes.INDEXES[place] + index)
        if not self._is_sitemap_right():
            sitemap = wholes.join_sitemap(
                facts["sitemap"], self._config.site_url, self._survey.urls()
            )
            self._write(wholes.SITEMAP, sitemap)
            self._write(wholes.COMPRESSED, wholes.compress(sitemap))
            facts["date"] = get_build_date()
        return gone

    def _are_wholes_right(self) -> bool:
        """Tell whether neither the search index nor the sitemap, nor anything else, is to go."""
        is_all_wanted = self._memory.outputs.keys() <= self._kept()
        return self._is_there(*self._indexes()) and is_all_wanted and self._is_sitemap_right()

    def _is_sitemap_right(self) -> bool:
        is_there = self._is_there(wholes.SITEMAP, wholes.COMPRESSED)
        is_of_today = get_build_date() == self._memory.facts.get("date")
        return is_there and is_of_today and not self._survey.has_other_pages()

    def _kept(self) -> set[str]:
        kept = {*self._survey.places.values(), *wholes.WHOLES}
        return kept - (wholes.INDEXES.keys() - set(self._indexes()))

    def _indexes(self) -> list[str]:
        """Return the places of the search index, as many as the site has."""
        count = 2 if is_offline(self._config) else 1
        return list(wholes.INDEXES)[:count] if self._memory.facts["index"] else []

    def _is_there(self, *places: str) -> bool:
        return all(
            place in self._memory.outputs and self._survey.is_made(self._memory.outputs[place])
            for place in places
        )

    def _write(self, place: str, content: bytes) -> None:
        made, written = write_or_remove(self._site_dir, place, content)
        self._record(Output(place, made=made), written)

    def _record(self, output: Output, written: bool) -> None:
        known = self._memory.outputs.get(output.path)
        entries = [list(o.more.get("entries", ())) for o in (known, output) if o is not None]
        self._is_index_stale |= entries[0] != entries[-1] or (known is None and bool(entries[0]))
        self._memory.outputs[output.path] = self._changed[output.path] = output
        if written:
            self._result.written.append(output.path)

    def _tell(self) -> None:
        """Log what MkDocs has to say of pages, whether they were made now or before."""
        outputs, places = self._memory.outputs, self._survey.places
        pages = {name: outputs[places[name]].more for name in self._survey.written_by_hand()}
        tell(pages, self._config, self._survey.docs_dir)
