// Finds, filters and sorts on the list of all artifacts.
Promise.all(["list.css", "facets.js"].map(artifolio.load)).then(() => {
  "use strict";

  const FACETS = ["type", "tag", "flow", "branch"];
  const SORTS = {
    newest: "Newest first",
    oldest: "Oldest first",
    key: "By key",
    versions: "Most versions first",
  };
  // A browser draws a hundred cards in no time, and ten thousand in seconds.
  const STEP = 100;
  const IS_FILE = location.protocol === "file:";

  const { make, makeFacet } = artifolio.facets;
  const words = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

  // Rows: what is known of each key, from the cards of this page or from the file of all.

  function rowOf(place, key, type, tags, flow, branch, versions, summary, more = "") {
    return {
      place, key, versions,
      values: { type: [type], tag: tags, flow: flow ? [flow] : [], branch: branch ? [branch] : [] },
      text: [key, summary, more, ...tags].join("\n").toLowerCase(),
    };
  }

  function rowsOfCards(cards) {
    return cards.map((card, place) => {
      const { key, type, tags, flow, branch, versions, more } = card.dataset;
      const summary = card.querySelector(".af-summary");
      const row = rowOf(place, key, type, JSON.parse(tags), flow, branch, Number(versions), summary ? summary.textContent : "", more);
      return Object.assign(row, { card: () => card });
    });
  }

  async function fetchRows(list, cards) {
    const here = new Map(cards.map((card) => [card.dataset.key, card]));
    const answer = await fetch(new URL(list.dataset.afRows, location.href));
    if (!answer.ok) throw new Error(answer.statusText);
    return (await answer.json()).map((fields, place) => {
      const [key, type, tags, flow, branch, , versions, summary, , , , , more] = fields;
      let card = here.get(key);
      return Object.assign(rowOf(place, key, type, tags, flow, branch, versions, summary, more), {
        card: () => (card = card || makeCard(list, fields)),
      });
    });
  }

  // The same as the template of a card makes.
  function makeCard(list, [key, type, tags, flow, , created, versions, summary, change, sparkline, isTroubled, pins]) {
    const main = make("div", { class: "af-card-main" },
      make("a", { class: "af-card-key", href: `${list.dataset.afKeys}${key}${list.dataset.afEnding}` }, key));
    if (tags.length) {
      main.append(make("span", { class: "af-tags" }, ...few(tags, 400).flatMap((tag) => [make("span", { class: "af-tag" }, tag), " "])));
    }
    for (const name of pins) main.append(" ", make("span", { class: "af-badge af-badge--pin" }, name));
    if (isTroubled) main.append(" ", make("span", { class: "af-badge af-badge--warn" }, "problem"));
    if (summary) main.append(make("p", { class: "af-summary" }, summary));
    if (change) main.append(make("p", { class: "af-card-change" }, change));
    const facts = make("div", { class: "af-card-facts" });
    if (sparkline) facts.append(makeSparkline(sparkline));
    facts.append(make("span", { class: "af-when" }, make("time", { datetime: created })), make("span", {}, words(versions, "version")));
    if (flow) facts.append(make("span", { class: "af-flow" }, flow));
    const icon = make("span", { class: `af-icon af-icon--${type}`, role: "img", "aria-label": type });
    const card = make("li", { class: "af-card" }, icon, main, facts);
    artifolio.showRelativeTimes(card);
    return card;
  }

  function makeSparkline(path) {
    const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
    for (const [name, value] of [["class", "af-spark"], ["viewBox", "0 0 96 20"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
    line.setAttribute("class", "af-chart-line");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  // As many of the texts as fit into a length, the last perhaps cut.
  function few(texts, length) {
    const found = [];
    for (const text of texts) {
      if (length <= 0) return [...found, "…"];
      const letters = [...text];
      found.push(letters.length <= length ? text : `${letters.slice(0, length - 1).join("")}…`);
      length -= letters.length + 8;
    }
    return found;
  }

  // What is chosen, as it stands in the address. There, q is what Material's search looks for.

  function readState() {
    const query = new URLSearchParams(location.search);
    const state = { text: query.get("text") || "", sort: query.get("sort") || "newest" };
    if (!Object.hasOwn(SORTS, state.sort)) state.sort = "newest";
    for (const name of FACETS) state[name] = new Set(query.getAll(name).filter(Boolean));
    return state;
  }

  function addressOf(state) {
    const query = new URLSearchParams(location.search);
    for (const name of ["text", "sort", ...FACETS]) query.delete(name);
    if (state.text) query.set("text", state.text);
    for (const name of FACETS) for (const value of state[name]) query.append(name, value);
    if (state.sort !== "newest") query.set("sort", state.sort);
    return `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`;
  }

  const chosen = (state) => FACETS.flatMap((name) => [...state[name]].map((value) => [name, value]));

  // Several values of one facet: any of them. Several facets: all of them.
  function find(rows, state) {
    const wanted = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    const facets = FACETS.filter((name) => state[name].size);
    const counts = Object.fromEntries(FACETS.map((name) => [name, new Map()]));
    const hits = [];
    for (const row of rows) {
      if (!wanted.every((word) => row.text.includes(word))) continue;
      const missed = facets.filter((name) => !row.values[name].some((value) => state[name].has(value)));
      if (missed.length === 0) hits.push(row);
      // Another value of the one facet that keeps a row out would show it.
      for (const name of missed.length === 0 ? FACETS : missed.length === 1 ? missed : []) {
        for (const value of row.values[name]) counts[name].set(value, (counts[name].get(value) || 0) + 1);
      }
    }
    // The list itself stands newest first, and keys are plain ASCII.
    const orders = {
      oldest: (one, other) => other.place - one.place,
      key: (one, other) => (one.key < other.key ? -1 : 1),
      versions: (one, other) => other.versions - one.versions || one.place - other.place,
    };
    if (orders[state.sort]) hits.sort(orders[state.sort]);
    return { hits, counts };
  }

  function addFilter(list) {
    let cards = [...list.children];
    const count = document.querySelector("[data-af-count]");
    let complete = [...count.childNodes];
    let rows = rowsOfCards(cards);
    let isWhole = !list.dataset.afRows;
    let loading = null;
    let note = "";
    let state = readState();
    let limit = STEP;
    let wasTyped = false;

    const input = make("input", { type: "search", name: "text", placeholder: "Filter by key, description or tag", "aria-label": "Filter by text", autocomplete: "off" });
    const sort = make("select", { name: "sort", "aria-label": "Sort" }, ...Object.entries(SORTS).map(([name, text]) => new Option(text, name)));
    const facets = Object.fromEntries(FACETS.map((name) => [name, makeFacet(name, opened, choose)]));
    const unfold = make("button", { type: "button", class: "af-unfold", "aria-expanded": "false" });
    const group = make("div", { class: "af-facets" }, ...FACETS.map((name) => facets[name].element), sort);
    const chips = make("div", { class: "af-chips", role: "group", "aria-label": "Chosen filters" });
    const form = make("form", { class: "af-filter", role: "search", "aria-label": "Artifacts" }, input, unfold, group, chips);
    const more = make("button", { type: "button", class: "af-more-cards", hidden: true });
    const none = make("p", { class: "af-none", hidden: true }, "No artifact fits all of this.");

    // Only once somebody asks for more than this page holds.
    function loadAll() {
      if (isWhole || loading || note) return;
      if (IS_FILE) {
        note = " on this page; artifolio serve filters all pages";
        return;
      }
      loading = fetchRows(list, cards).then((found) => {
        rows = found;
        isWhole = true;
      }, () => {
        note = " on this page; the others could not be loaded";
      }).then(() => {
        loading = null;
        show();
      });
    }

    function show(own) {
      const isFiltered = Boolean(state.text || chosen(state).length);
      const isPlain = !isFiltered && state.sort === "newest";
      if (!isPlain) loadAll();
      const { hits, counts } = find(rows, state);
      for (const name of FACETS) {
        facets[name].element.hidden = isWhole && !state[name].size && new Set(rows.flatMap((row) => row.values[name])).size < 2;
        facets[name].show(loading ? new Map() : counts[name], state[name], name === own, loading ? "Looking at all pages …" : "");
      }
      showChips();
      const drawn = isPlain ? cards : hits.slice(0, limit).map((row) => row.card());
      arrange(drawn);
      const rest = isPlain ? 0 : hits.length - drawn.length;
      more.hidden = rest <= 0;
      more.textContent = `Show ${Math.min(rest, STEP).toLocaleString("en")} more of ${words(rest, "artifact")}`;
      none.hidden = hits.length > 0 || Boolean(loading);
      for (const pager of document.querySelectorAll(".af-pager")) pager.hidden = !isPlain;
      const total = rows.length.toLocaleString("en");
      const told = loading ? "looking at all artifacts …" : `${hits.length.toLocaleString("en")} of ${total} artifacts${note}`;
      const sentence = isFiltered ? [told] : note && !isPlain ? [words(rows.length, "artifact") + note] : complete;
      if (count.textContent !== sentence.map((node) => node.textContent || node).join("")) count.replaceChildren(...sentence);
    }

    // What stands where it is to stand stays, with the focus that it may have.
    function arrange(drawn) {
      const wanted = new Set(drawn);
      for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
      drawn.forEach((card, place) => {
        if (list.children[place] !== card) list.insertBefore(card, list.children[place] || null);
      });
    }

    function showChips() {
      const values = chosen(state);
      unfold.textContent = values.length ? `Filters (${values.length})` : "Filters";
      chips.hidden = values.length === 0;
      chips.replaceChildren(...values.map(([name, value]) => {
        const chip = make("button", { type: "button", class: "af-chip", "aria-label": `Remove ${name} ${value}` }, make("span", {}, `${name}: `), value);
        chip.addEventListener("click", () => {
          const place = [...chips.children].indexOf(chip);
          choose(name, value, false, true);
          (chips.hidden ? input : chips.children[Math.min(place, chips.children.length - 2)]).focus();
        });
        return chip;
      }), clear);
    }

    const clear = make("button", { type: "button", class: "af-clear" }, "Clear all");
    clear.addEventListener("click", () => {
      input.value = state.text = "";
      for (const name of FACETS) state[name].clear();
      change();
      input.focus();
    });

    function change(own, isTyped) {
      limit = STEP;
      // One step back takes back all that was typed at a time.
      const isSame = isTyped && wasTyped;
      wasTyped = isTyped;
      try {
        history[isSame ? "replaceState" : "pushState"](isSame ? history.state : null, "", addressOf(state));
      } catch {
        // Browsers refuse hundreds of changes within seconds; the next one names all of it again.
      }
      show(own);
    }

    function choose(name, value, isChosen, isElsewhere) {
      state[name][isChosen ? "add" : "delete"](value);
      change(isElsewhere ? undefined : name);
    }

    function opened(element) {
      for (const name of FACETS) if (facets[name].element !== element && isWide.matches) facets[name].element.open = false;
      loadAll();
      show();
    }

    const isWide = matchMedia("(min-width: 44.01em)");
    document.addEventListener("click", (event) => {
      if (!isWide.matches) return;
      for (const name of FACETS) if (!event.composedPath().includes(facets[name].element)) facets[name].element.open = false;
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", () => {
      state.text = input.value;
      change(undefined, true);
    });
    sort.addEventListener("change", () => {
      state.sort = sort.value;
      change();
    });
    unfold.addEventListener("click", () => {
      const isOpen = group.classList.toggle("af-facets--open");
      unfold.setAttribute("aria-expanded", String(isOpen));
    });
    more.addEventListener("click", () => {
      const before = list.children.length;
      limit += STEP;
      show();
      list.children[before].querySelector("a").focus();
    });
    addEventListener("popstate", () => {
      if (list.isConnected) restore();
    });

    function restore() {
      state = readState();
      input.value = state.text;
      sort.value = state.sort;
      limit = STEP;
      wasTyped = false;
      show();
    }

    // A page that is open while the site changes.
    list.addEventListener("artifolio:children", (event) => {
      event.preventDefault();
      cards = event.detail.children.filter((node) => node.localName === "li");
    });
    count.addEventListener("artifolio:children", (event) => {
      event.preventDefault();
      complete = event.detail.children;
    });
    document.addEventListener("artifolio:updated", async () => {
      const isFetched = isWhole && Boolean(list.dataset.afRows);
      rows = isFetched ? await fetchRows(list, cards).catch(() => rows) : rowsOfCards(cards);
      isWhole = isFetched || !list.dataset.afRows;
      show();
    });

    list.before(form);
    form.after(count);
    count.setAttribute("aria-live", "polite");
    list.after(none, more);
    restore();
  }

  artifolio.begin("[data-af-list]", addFilter);
});
