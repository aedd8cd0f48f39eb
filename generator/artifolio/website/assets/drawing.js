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

  // One after the other: Mermaid has one state for all.
  let diagrams = null;
  let number = 0;
  function addDiagram(block) {
    if (!libraries.mermaid) return;
    diagrams ??= load(absolute(libraries.mermaid)).then(() => {
      const isDark = document.body.dataset.mdColorScheme === "slate";
      mermaid.initialize({ ...DIAGRAMS, theme: isDark ? "dark" : "default" });
    });
    diagrams = diagrams.then(() => drawDiagram(block, number++));
  }

  function formulaOf(element) {
    const source = element.textContent.trim();
    const quoted = /^\$`([\s\S]*)`\$$/.exec(source) || /^\$\$([\s\S]*)\$\$$/.exec(source) || /^\$([\s\S]*)\$$/.exec(source);
    return quoted && element.localName !== "pre" ? quoted[1] : source;
  }

  let formulas = null;
  async function addFormula(element) {
    if (!libraries.math) return;
    const script = absolute(libraries.math);
    await (formulas ??= Promise.all([load(script), load(script.replace(/\.js$/, ".css"))]));
    const formula = document.createElement(element.localName === "pre" ? "div" : "span");
    formula.className = element.className;
    const displayMode = element.classList.contains("af-math--display");
    katex.render(formulaOf(element), formula, { displayMode, throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500 });
    element.replaceWith(formula);
  }

  artifolio.begin(".af-diagram, .af-math", (element) => {
    if (element.classList.contains("af-diagram")) addDiagram(element);
    // One that is drawn has the same name.
    else if (!element.querySelector(".katex")) addFormula(element);
  });
})();
