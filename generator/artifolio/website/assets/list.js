// Filters the list of all artifacts.
(() => {
  "use strict";

  function rowOf(element, isHere) {
    return {
      element,
      isHere,
      text: `${element.dataset.key} ${element.textContent}`.toLowerCase(),
      type: [element.dataset.type],
      tag: JSON.parse(element.dataset.tags),
      flow: element.dataset.flow ? [element.dataset.flow] : [],
    };
  }

  // A long list is divided into pages; what is searched for may be on any of them.
  async function fetchRows(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const cards = [...page.querySelector("[data-af-list]").children];
    for (const link of page.querySelectorAll("[data-af-list] a[href]")) {
      link.href = new URL(link.getAttribute("href"), url).href;
    }
    return cards.map((card) => rowOf(document.adoptNode(card), false));
  }

  function otherPages(list) {
    const { afPage, afPages, afFirst, afParts, afEnding } = list.dataset;
    return Array.from({ length: Number(afPages || 1) }, (_, index) => index + 1).map((number) => {
      if (number === Number(afPage || 1)) return null;
      return new URL(number === 1 ? afFirst : `${afParts}${number}${afEnding}`, location.href).href;
    });
  }

  function addFilter(list) {
    const here = [...list.children].map((element) => rowOf(element, true));
    let rows = here;
    let pages = otherPages(list);
    let note = "";
    const form = document.createElement("form");
    form.className = "af-filter";
    form.setAttribute("role", "search");
    form.addEventListener("submit", (event) => event.preventDefault());
    const state = new URLSearchParams(location.search);

    const input = document.createElement("input");
    input.type = "search";
    input.name = "q";
    input.placeholder = "Filter by text";
    input.setAttribute("aria-label", "Filter by text");
    input.value = state.get("q") || "";
    form.append(input);

    const selects = ["type", "tag", "flow"].map((name) => {
      const select = document.createElement("select");
      select.name = name;
      select.setAttribute("aria-label", `Filter by ${name}`);
      return select;
    });

    function addOptions() {
      for (const select of selects) {
        const values = [...new Set(rows.flatMap((row) => row[select.name]))].sort();
        const wanted = select.options.length ? select.value : state.get(select.name) || "";
        if (wanted && !values.includes(wanted)) values.push(wanted);
        // On a part of the list, what all of these have in common others may not have.
        if (values.length < 2 && !wanted && pages.length < 2) continue;
        select.replaceChildren(new Option(`any ${select.name}`, ""), ...values.map((value) => new Option(value, value)));
        select.value = wanted;
        form.append(select);
      }
    }

    const count = document.querySelector("[data-af-count]");
    const complete = count && [...count.childNodes];
    const pagers = document.querySelectorAll(".af-pager");

    async function loadOthers() {
      const wanted = pages;
      pages = [];
      note = ", other pages are being loaded …";
      try {
        const found = await Promise.all(wanted.map((url) => (url ? fetchRows(url) : here)));
        rows = found.flat();
        list.replaceChildren(...rows.map((row) => row.element));
        artifolio.showRelativeTimes(list);
        note = "";
      } catch {
        // As where the site is opened as files, of which none may read another.
        note = " of this page; the other pages could not be loaded";
      }
      addOptions();
      apply();
    }

    function apply() {
      const wanted = new FormData(form);
      const query = new URLSearchParams();
      for (const [name, value] of wanted) if (value) query.set(name, value);
      if (query.size && pages.length > 1) loadOthers();
      const words = (wanted.get("q") || "").toLowerCase().split(/\s+/);
      let shown = 0;
      for (const row of rows) {
        const fits = (query.size || row.isHere)
          && words.every((word) => row.text.includes(word))
          && ["type", "tag", "flow"].every((name) => !wanted.get(name) || row[name].includes(wanted.get(name)));
        row.element.hidden = !fits;
        shown += fits;
      }
      for (const pager of pagers) pager.hidden = query.size > 0;
      if (count) count.replaceChildren(...(query.size ? [`${shown} of ${rows.length} artifacts${note}`] : complete));
      history.replaceState(history.state, "", location.pathname + (query.size ? `?${query}` : "") + location.hash);
    }
    addOptions();
    form.addEventListener("input", apply);
    list.before(form);
    if (count) count.setAttribute("aria-live", "polite");
    apply();
  }

  for (const list of document.querySelectorAll("[data-af-list]")) {
    list.removeAttribute("data-af-list");
    addFilter(list);
  }
})();
