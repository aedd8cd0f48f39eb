// Says what a chart holds under the pointer, and lets the arrow keys walk along its dots.
(() => {
  "use strict";

  const MOMENT = /(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/;

  // What a dot stands for, with the time in the reader's zone.
  function wordsOf(link) {
    const title = link.querySelector("title");
    const words = title.textContent.replace(MOMENT, (_, day, time) => (
      new Date(`${day}T${time}Z`).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })
    ));
    // Left there, the browser would show it as well, on top of ours.
    title.remove();
    link.setAttribute("aria-label", words);
    return words;
  }

  function follow(figure) {
    const svg = figure.querySelector("svg");
    const dots = [...svg.querySelectorAll("a")].map((link) => ({
      link,
      words: wordsOf(link),
      x: Number(link.querySelector("circle").getAttribute("cx")),
      y: Number(link.querySelector("circle").getAttribute("cy")),
    }));
    // Links say the same to who does not see it.
    const tip = document.createElement("div");
    tip.className = "af-tip";
    tip.setAttribute("aria-hidden", "true");
    tip.hidden = true;
    figure.append(tip);
    let shown = null;

    function show(dot) {
      if (dot === shown) return;
      if (shown) shown.link.classList.remove("af-near");
      shown = dot;
      tip.hidden = !dot;
      if (!dot) return;
      dot.link.classList.add("af-near");
      tip.textContent = dot.words;
      const scale = svg.clientWidth / svg.viewBox.baseVal.width;
      const room = figure.clientWidth - tip.offsetWidth;
      tip.style.left = `${Math.max(0, Math.min(dot.x * scale - tip.offsetWidth / 2, room))}px`;
      const top = svg.getBoundingClientRect().top - figure.getBoundingClientRect().top;
      tip.style.top = `${top + dot.y * scale - tip.offsetHeight - 10}px`;
    }

    function nearest(event) {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
      return dots.reduce((best, dot) => (Math.abs(dot.x - x) < Math.abs(best.x - x) ? dot : best));
    }

    svg.addEventListener("pointermove", (event) => show(nearest(event)));
    svg.addEventListener("pointerleave", () => show(null));
    svg.addEventListener("focusin", (event) => show(dots.find((dot) => dot.link === event.target)));
    svg.addEventListener("focusout", () => show(null));
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const here = dots.findIndex((dot) => dot.link === event.target);
      if (!step || !dots[here + step]) return;
      event.preventDefault();
      dots[here + step].link.focus();
    });
  }

  artifolio.begin("[data-af-chart]", follow);
})();
