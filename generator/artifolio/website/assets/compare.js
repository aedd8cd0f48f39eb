// Offers to compare any two versions of a key; what does it is loaded when it is asked for.
(() => {
  "use strict";

  // In the order in which they build on each other.
  const FILES = [
    "diff-values.js",
    "diff-numbers.js",
    "diff-alignment.js",
    "diff-texts.js",
    "diff-tables.js",
    "diffs.js",
    "diff-drawing.js",
    "compare-picker.js",
  ];

  function offer(section) {
    const heading = document.createElement("h2");
    heading.textContent = "Compare";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "af-compare-button";
    button.textContent = "Compare any two versions";
    const line = document.createElement("p");
    line.append(button);
    section.append(heading, line);
    section.hidden = false;

    let picker = null;
    async function open(isByHand) {
      button.disabled = true;
      try {
        if (!picker) await Promise.all(FILES.map((name) => artifolio.load(name)));
        picker ??= artifolio.addPicker(section, line);
        await picker.open(isByHand);
      } finally {
        button.disabled = false;
      }
    }

    button.addEventListener("click", () => open(true));
    if (new URLSearchParams(location.search).has("compare")) open(false);
  }

  artifolio.begin("[data-af-compare]", offer);
})();
