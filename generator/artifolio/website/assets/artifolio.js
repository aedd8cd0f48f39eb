// What pages of artifolio can do with JavaScript; without it they are complete.
(() => {
  "use strict";

  const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

  function showRelativeTimes(root) {
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
    for (const element of root.querySelectorAll(".af time[datetime]")) {
      const moment = new Date(element.dateTime);
      const seconds = (moment - Date.now()) / 1000;
      const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) || ["second", 1];
      element.title = moment.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
      const ago = words.format(Math.trunc(seconds / length), unit);
      // In a long lineage "4 years ago" alone would tell nothing from the next.
      const day = moment.toLocaleDateString(undefined, { dateStyle: "medium" });
      element.textContent = element.closest(".af-timeline") && Math.abs(seconds) > 86400 ? `${day}, ${ago}` : ago;
    }
  }

  function addCopyButtons(root) {
    if (!navigator.clipboard) return;
    for (const element of root.querySelectorAll("[data-af-copy]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "af-copy-button";
      button.textContent = "copy";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(element.textContent);
        button.textContent = "copied";
        setTimeout(() => { button.textContent = "copy"; }, 1500);
      });
      element.after(button);
      element.removeAttribute("data-af-copy");
    }
  }

  function addFilter(list) {
    const rows = [...list.children].map((element) => ({
      element,
      text: `${element.dataset.key} ${element.textContent}`.toLowerCase(),
      type: [element.dataset.type],
      tag: JSON.parse(element.dataset.tags),
      flow: element.dataset.flow ? [element.dataset.flow] : [],
    }));
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

    for (const name of ["type", "tag", "flow"]) {
      const values = [...new Set(rows.flatMap((row) => row[name]))].sort();
      const wanted = state.get(name) || "";
      if (wanted && !values.includes(wanted)) values.push(wanted);
      if (values.length < 2 && !wanted) continue;
      const select = document.createElement("select");
      select.name = name;
      select.setAttribute("aria-label", `Filter by ${name}`);
      select.add(new Option(`any ${name}`, ""));
      for (const value of values) select.add(new Option(value, value));
      select.value = wanted;
      form.append(select);
    }

    const count = document.querySelector("[data-af-count]");
    const complete = count && [...count.childNodes];

    function apply() {
      const wanted = new FormData(form);
      const query = new URLSearchParams();
      for (const [name, value] of wanted) if (value) query.set(name, value);
      const words = (wanted.get("q") || "").toLowerCase().split(/\s+/);
      let shown = 0;
      for (const row of rows) {
        const fits = words.every((word) => row.text.includes(word))
          && ["type", "tag", "flow"].every((name) => !wanted.get(name) || row[name].includes(wanted.get(name)));
        row.element.hidden = !fits;
        shown += fits;
      }
      if (count) count.replaceChildren(...(query.size ? [`${shown} of ${rows.length} artifacts`] : complete));
      history.replaceState(history.state, "", location.pathname + (query.size ? `?${query}` : "") + location.hash);
    }
    form.addEventListener("input", apply);
    list.before(form);
    if (count) count.setAttribute("aria-live", "polite");
    apply();
  }

  function start() {
    showRelativeTimes(document);
    addCopyButtons(document);
    for (const list of document.querySelectorAll("[data-af-list]")) {
      list.removeAttribute("data-af-list");
      addFilter(list);
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
