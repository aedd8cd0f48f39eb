// What pages of artifolio can do with JavaScript; without it they are complete.
(() => {
  "use strict";

  // Classic scripts, not modules: browsers load no module where a site is opened as files.
  const HERE = document.currentScript.src;
  // What only some pages need, by what is on them.
  const PARTS = {
    "[data-af-list]": "list.js",
    "[data-af-chart]": "charts.js",
    "[data-af-compare]": "compare.js",
    "[data-af-table]": "tables.js",
    ".af-diagram, .af-math": "drawing.js",
  };

  const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

  function showRelativeTimes(root) {
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
    for (const element of root.querySelectorAll("time[datetime]")) {
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

  // Two images on top of each other: to the left of the slider the older one, to the right the newer.
  function addOverlays(root) {
    for (const pictures of root.querySelectorAll("[data-af-pictures]")) {
      pictures.removeAttribute("data-af-pictures");
      const [before, after] = [...pictures.querySelectorAll("figcaption")].map((caption) => caption.textContent);
      const newer = pictures.querySelector("figure + figure img");
      const slider = document.createElement("input");
      slider.type = "range";
      slider.setAttribute("aria-label", `Lay ${after} over ${before}`);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "af-copy-button";
      button.textContent = "side by side";
      button.hidden = true;
      const show = (isOverlay) => {
        pictures.classList.toggle("af-overlay", isOverlay);
        newer.style.clipPath = isOverlay ? `inset(0 0 0 ${slider.value}%)` : "";
        button.hidden = !isOverlay;
      };
      slider.addEventListener("input", () => show(true));
      button.addEventListener("click", () => show(false));
      const line = document.createElement("div");
      line.className = "af-slider";
      line.append(before, slider, after, button);
      pictures.after(line);
    }
  }

  // Loads a script or a style sheet that lies beside this one; scripts run in the order of the calls.
  function load(name) {
    const isStyle = name.endsWith(".css");
    const element = document.createElement(isStyle ? "link" : "script");
    const done = new Promise((resolve, reject) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", () => reject(new Error(`${name} could not be loaded`)));
    });
    if (isStyle) element.rel = "stylesheet";
    else element.async = false;
    element[isStyle ? "href" : "src"] = new URL(name, HERE).href;
    document.head.append(element);
    return done;
  }

  // What a part does with each of its elements, once: those that are there, and those that come.
  const beginners = new Map();
  const begun = new WeakSet();
  function begin(selector, beginner) {
    beginners.set(selector, beginner);
    for (const element of document.querySelectorAll(selector)) {
      if (begun.has(element)) continue;
      begun.add(element);
      beginner(element);
    }
  }

  const asked = new Set();
  function start() {
    for (const page of document.querySelectorAll(".af")) showRelativeTimes(page);
    addCopyButtons(document);
    addOverlays(document);
    for (const [selector, name] of Object.entries(PARTS)) {
      if (beginners.has(selector)) begin(selector, beginners.get(selector));
      else if (!asked.has(name) && document.querySelector(selector)) {
        asked.add(name);
        load(name);
      }
    }
  }

  window.artifolio = { load, showRelativeTimes, addOverlays, begin, start };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
