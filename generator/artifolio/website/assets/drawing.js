// Draws diagrams with Mermaid and formulas with KaTeX, where the site has these libraries.
(() => {
  "use strict";

  const { load } = window.artifolio;
  const libraries = document.querySelector("[data-af-libraries]").dataset;
  const absolute = (address) => new URL(address, document.baseURI).href;

  // Options, and which of them a text cannot change.
  const DIAGRAMS = {
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    secure: ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering",
      "theme", "themeCSS", "themeVariables", "fontFamily", "altFontFamily", "dompurifyConfig"],
  };

  async function drawDiagram(block, number) {
    const source = block.textContent;
    // Mermaid asks for an image of a node at once, from wherever it is. The policy would not let it.
    if (/\bimg["']?\s*:/.test(source)) return;
    if (!(await mermaid.parse(source, { suppressErrors: true }))) return;
    const picture = document.createElement("div");
    picture.className = "af-drawn";
    picture.id = `af-drawn-${number}`;
    picture.textContent = source;
    block.before(picture);
    try {
      await mermaid.run({ nodes: [picture] });
    } catch {
      picture.remove();
      return;
    }
    // No link, for Mermaid's own look like none; and a copy hears of no clicks.
    for (const link of picture.querySelectorAll("a")) {
      for (const { name } of [...link.attributes]) link.removeAttribute(name);
    }
    const drawn = picture.cloneNode(true);
    picture.replaceWith(drawn);
    const summary = document.createElement("summary");
    summary.textContent = "Source of the diagram";
    const details = document.createElement("details");
    details.append(summary);
    drawn.after(details);
    details.append(block);
  }

  async function drawDiagrams() {
    const blocks = [...document.querySelectorAll(".af-diagram")];
    if (!libraries.mermaid || !blocks.length) return;
    await load(absolute(libraries.mermaid));
    const isDark = document.body.dataset.mdColorScheme === "slate";
    mermaid.initialize({ ...DIAGRAMS, theme: isDark ? "dark" : "default" });
    // One after the other: Mermaid has one state for all.
    for (const [number, block] of blocks.entries()) await drawDiagram(block, number);
  }

  function formulaOf(element) {
    const source = element.textContent.trim();
    const quoted = /^\$`([\s\S]*)`\$$/.exec(source) || /^\$\$([\s\S]*)\$\$$/.exec(source) || /^\$([\s\S]*)\$$/.exec(source);
    return quoted && element.localName !== "pre" ? quoted[1] : source;
  }

  async function drawFormulas() {
    const found = document.querySelectorAll(".af-math");
    if (!libraries.math || !found.length) return;
    const script = absolute(libraries.math);
    await Promise.all([load(script), load(script.replace(/\.js$/, ".css"))]);
    for (const element of found) {
      const formula = document.createElement(element.localName === "pre" ? "div" : "span");
      formula.className = element.className;
      const displayMode = element.classList.contains("af-math--display");
      katex.render(formulaOf(element), formula, { displayMode, throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500 });
      element.replaceWith(formula);
    }
  }

  drawDiagrams();
  drawFormulas();
})();
