// Groups of boxes to tick, each with how much it would show.
(() => {
  "use strict";

  const FOLDED = 8;
  // From so many values on they can be searched.
  const SEARCHED = 20;
  // So that a tag of its own for each key does no harm.
  const MOST = 200;

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value !== false) element.setAttribute(attribute, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  // One facet: a button that opens a group of boxes to tick.

  function makeFacet(name, onOpen, onChange) {
    const number = make("span", { class: "af-facet-number", role: "img" });
    const legend = make("legend", {}, `Filter by ${name}`);
    const search = make("input", { type: "search", placeholder: `Find a ${name}`, "aria-label": `Find a ${name}` });
    const choices = make("div", { class: "af-choices" });
    const more = make("button", { type: "button", class: "af-more" });
    const summary = make("summary", {}, name, number);
    const element = make("details", { class: "af-facet" },
      summary,
      make("fieldset", {}, legend, search, choices, more));
    let counts = new Map();
    let state = new Set();
    let isUnfolded = false;

    function draw(note) {
      const all = new Set([...state, ...counts.keys()]);
      const part = search.value.toLowerCase();
      const sorted = [...all]
        .filter((value) => value.toLowerCase().includes(part))
        .sort((one, other) => state.has(other) - state.has(one)
          || (counts.get(other) || 0) - (counts.get(one) || 0)
          || (one < other ? -1 : 1));
      const shown = sorted.slice(0, isUnfolded || part ? MOST : Math.max(FOLDED, state.size));
      const rest = sorted.length - shown.length;
      search.hidden = all.size <= SEARCHED;
      more.hidden = rest === 0;
      // With the first two hundred unfolded, the rest is for the search.
      more.disabled = shown.length >= MOST;
      more.textContent = more.disabled ? `${rest.toLocaleString("en")} more: find them above` : `${rest.toLocaleString("en")} more`;
      const focused = choices.contains(document.activeElement) ? document.activeElement.value : null;
      choices.replaceChildren(...shown.map((value) => {
        const box = make("input", { type: "checkbox", name, value });
        box.checked = state.has(value);
        return make("label", { class: counts.get(value) ? "" : "af-choice--none" }, box,
          make("span", { class: "af-choice" }, value),
          make("span", { class: "af-choice-count" }, (counts.get(value) || 0).toLocaleString("en")));
      }));
      if (focused !== null) [...choices.querySelectorAll("input")].find((box) => box.value === focused)?.focus();
      if (note || !shown.length) choices.append(make("p", {}, note || (part ? "Nothing has these letters." : "Nothing to choose from here.")));
    }

    search.addEventListener("input", (event) => { event.stopPropagation(); draw(); });
    more.addEventListener("click", () => {
      const before = choices.children.length;
      isUnfolded = true;
      draw();
      choices.children[before].querySelector("input").focus();
    });
    choices.addEventListener("change", (event) => onChange(name, event.target.value, event.target.checked));
    element.addEventListener("toggle", () => {
      if (!element.open) return;
      search.value = "";
      isUnfolded = false;
      draw();
      onOpen(element);
    });
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !element.open) return;
      element.open = false;
      summary.focus();
    });
    return {
      element,
      // What is ticked does not change the counts beside it: nothing moves under the pointer.
      show(found, wanted, isOwn, note) {
        counts = found;
        state = wanted;
        number.textContent = wanted.size ? String(wanted.size) : "";
        number.hidden = !wanted.size;
        number.setAttribute("aria-label", `${wanted.size} chosen`);
        if (element.open && !isOwn) draw(note);
      },
    };
  }

  artifolio.facets = { make, makeFacet };
})();
