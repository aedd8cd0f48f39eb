// Keeps an open page like the one that the server would give now. It runs before all scripts that
// change the page, and remembers what it was.
(() => {
  "use strict";

  const { remember, patch } = window.artifolioPatching;
  const { dataset, src } = document.currentScript;
  const HERE = new URL(".", src);
  const FRESH = 1500;
  const AGAIN = 2000;
  const start = location.pathname;
  let state = dataset.state;
  let frame = frameOf(document);
  let content = document.querySelector(".af");
  let memory = content && remember(content);

  // What of a page can only be had by loading it: scripts, styles, the policy, the navigation.
  function frameOf(page) {
    const parts = [...page.querySelectorAll("script, link[rel=stylesheet], style, meta[http-equiv]")]
      .filter((element) => !element.hasAttribute("data-artifolio-served") && !element.closest(".af"))
      .map((element) => element.outerHTML);
    const links = [...page.querySelectorAll("a[href]")]
      .filter((link) => !link.closest(".af"))
      .map((link) => `${link.getAttribute("href")} ${link.textContent.trim()}`);
    const around = [...page.querySelectorAll("header, nav, footer")]
      .filter((element) => !element.closest(".af"))
      .map((element) => {
        const copy = element.cloneNode(true);
        // What says how far it has come before any page is done.
        for (const part of copy.querySelectorAll("script, [role=dialog], [role=search]")) part.remove();
        return copy.textContent.replace(/\s+/g, " ");
      });
    const written = page.querySelector(".af") ? null : page.querySelector("main, [role=main]") || page.body;
    return [...parts, ...links, ...around, written ? written.innerHTML : ""].join("\n");
  }

  const numberOf = (name) => Number(name.split("-")[1]);
  const isOld = (name) => name.split("-")[0] === state.split("-")[0] && numberOf(name) <= numberOf(state);

  // The file of the site that this page is.
  function ownFile() {
    const path = decodeURIComponent(location.pathname).slice(dataset.base.length);
    return path === "" || path.endsWith("/") ? `${path}index.html` : path;
  }

  const used = () => [...document.querySelectorAll("img[src], link[rel=stylesheet][href], script[src]")]
    .map((element) => new URL(element.src || element.href))
    .filter(({ origin }) => origin === location.origin)
    .map(({ pathname }) => decodeURIComponent(pathname).slice(dataset.base.length));

  function tell(failure) {
    document.querySelector(".afs-failure")?.remove();
    if (!failure) return;
    const line = document.createElement("p");
    line.className = "afs-failure";
    line.setAttribute("role", "alert");
    line.textContent = failure;
    document.body.append(line);
  }

  // One after the other; of several that wait, all that they tell is one update.
  let waiting = null;
  let isBusy = false;
  function hear(news) {
    if (isOld(news.state)) return;
    waiting = merged(waiting, news);
    work();
  }

  function merged(older, newer) {
    if (!older || !newer) return older || newer;
    return { ...newer, files: older.files && newer.files ? [...older.files, ...newer.files] : null };
  }

  async function work() {
    if (isBusy) return;
    isBusy = true;
    try {
      while (waiting) {
        const next = waiting;
        waiting = null;
        const isMissed = await update(next).catch((error) => {
          // Whatever it was, a page that is loaded anew has not got it.
          console.error(error);
          location.reload();
        });
        if (isMissed) {
          waiting = merged(next, waiting);
          setTimeout(work, AGAIN);
          return;
        }
      }
    } finally {
      isBusy = false;
    }
  }

  // Returns whether the page could not be had: without a network the stream may outlast what is
  // asked, and so tells nothing anew.
  async function update(news) {
    tell(news.failure);
    // Material can show another page without loading it.
    if (location.pathname !== start) return location.reload();
    const files = news.files && new Set(news.files);
    if (!files || files.has(ownFile())) {
      const answer = await fetch(location.pathname + location.search, { cache: "no-cache" }).catch(() => null);
      if (!answer) return true;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!(await show(page, answer.ok))) return false;
    }
    state = news.state;
    if (files && used().some((file) => files.has(file))) return location.reload();
    document.dispatchEvent(new CustomEvent("artifolio:updated", { detail: { files } }));
    return false;
  }

  async function show(page, isThere) {
    const fresh = page.querySelector(".af");
    const other = frameOf(page);
    if (!isThere && other !== frame && content && await leave()) return false;
    if (other !== frame || Boolean(fresh) !== Boolean(content)) {
      location.reload();
      return false;
    }
    document.title = page.title;
    if (!fresh) return true;
    const added = [];
    const anchor = findAnchor();
    memory = patch(memory, fresh, added);
    content = memory.node;
    frame = other;
    enliven(added);
    keep(anchor);
    return true;
  }

  function enliven(added) {
    // Not loaded where the page has never been shown.
    window.artifolio?.start(content);
    for (const element of added) {
      element.classList.add("afs-fresh");
      setTimeout(() => element.classList.remove("afs-fresh"), FRESH);
    }
  }

  // Browsers keep what is in sight where it is, but for Safari.
  function findAnchor() {
    if (CSS.supports("overflow-anchor", "auto") || scrollY === 0) return null;
    const element = [...content.querySelectorAll("*")].find((one) => one.getBoundingClientRect().top >= 0);
    return element && { element, top: element.getBoundingClientRect().top };
  }

  function keep(anchor) {
    if (anchor?.element.isConnected) scrollBy(0, anchor.element.getBoundingClientRect().top - anchor.top);
  }

  // This page is gone: the page of the key, the list.
  async function leave() {
    const name = location.pathname.endsWith("/") ? "" : "index.html";
    const parts = location.pathname.slice(dataset.base.length).split("/").slice(0, name ? -1 : -2);
    if (location.pathname.endsWith("/index.html")) parts.pop();
    for (; parts.length >= 0; parts.pop()) {
      const address = `${dataset.base}${parts.map((part) => `${part}/`).join("")}${name}`;
      const answer = await fetch(address, { method: "HEAD" }).catch(() => null);
      if (answer?.ok) {
        location.replace(address);
        return true;
      }
      if (!parts.length) return false;
    }
    return false;
  }

  // Hears for this page alone, while somebody sees it.
  async function hearAlone() {
    const script = document.createElement("script");
    script.src = new URL("news.js", HERE).href;
    script.setAttribute("data-artifolio-served", "");
    await new Promise((resolve) => {
      script.addEventListener("load", resolve);
      document.head.append(script);
    });
    const line = new window.artifolioLine(new URL("../events", HERE).href, hear);
    const look = () => (document.hidden ? line.close() : line.open(state));
    document.addEventListener("visibilitychange", look);
    addEventListener("pageshow", ({ persisted }) => { if (persisted) look(); });
    look();
  }

  function hearTogether() {
    const worker = new SharedWorker(new URL("news.js", HERE).href);
    worker.addEventListener("error", hearAlone, { once: true });
    worker.port.onmessage = ({ data }) => hear(data);
    worker.port.postMessage({ since: state });
    addEventListener("pagehide", () => worker.port.postMessage({ bye: true }));
    addEventListener("pageshow", ({ persisted }) => { if (persisted) worker.port.postMessage({ since: state }); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) worker.port.postMessage({}); });
    addEventListener("online", () => worker.port.postMessage({}));
  }

  try {
    hearTogether();
  } catch {
    // Some browsers have none, or forbid it.
    hearAlone();
  }
})();
