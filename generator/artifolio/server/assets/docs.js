// Shows the description of the API, and lets one try it. Nothing is asked of another host.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();

  window.SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#api",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    // The validator of Swagger's makers is another host.
    validatorUrl: null,
    // The token stays in this tab, and is gone with it.
    persistAuthorization: false,
    syntaxHighlight: { activated: true, theme: "agate" },
  });
})();
