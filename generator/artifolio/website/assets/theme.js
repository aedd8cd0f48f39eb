// What Material for MkDocs (9.8) lacks for everybody to use it: its search has no name. For
// `extra_javascript` in mkdocs.yml.
(() => {
  "use strict";

  const search = document.querySelector("[data-md-component=search]");
  if (search && !search.hasAttribute("aria-label")) {
    // In the language of the site.
    const input = search.querySelector("input");
    search.setAttribute("aria-label", (input && input.getAttribute("aria-label")) || "Search");
  }
})();
