// Offers to delete what a page shows, and to say something else of it.
(() => {
  "use strict";

  const { Dialog, Trouble, button, change, go, make, read, say } = window.artifolioDialogs;
  const BASE = document.currentScript.dataset.base;
  const STEM = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-([0-9a-f]{12})$/;
  const KEYLESS = "_keyless";
  const LISTED = 8;
  const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
  const when = (created) => new Date(created).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

  // What this page is about, as its address tells: a key, one version of it, or neither.
  function subject() {
    const path = decodeURIComponent(location.pathname).slice(BASE.length);
    const [folder, key, name, ...rest] = path.replace(/(\/|\/index\.html|\.html)$/, "").split("/");
    if (folder !== "artifacts" || !key || rest.length || (key.startsWith("_") && key !== KEYLESS)) return null;
    return { key: key === KEYLESS ? null : key, stem: STEM.test(name || "") ? name : null, isPart: Boolean(name) };
  }

  // The address of a page in this site, written as this page's own is.
  function addressOf(...parts) {
    const isFile = location.pathname.endsWith(".html");
    return `${BASE}${parts.join("/")}/${isFile ? "index.html" : ""}`;
  }

  function stemIn(address) {
    return address.split("/").reverse().map((part) => part.split(".")[0]).find((part) => STEM.test(part)) || null;
  }

  const quoted = encodeURIComponent;

  async function readKey(key) {
    return key === null ? { pins: [] } : read(`v1/artifacts/${quoted(key)}`);
  }

  // A version by the name of its file: its time, and the end of its id.
  async function readVersion(key, stem) {
    const [, year, month, day, hour, minute, second, milliseconds, end] = STEM.exec(stem);
    const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`);
    const query = new URLSearchParams({
      created_after: moment.toISOString(),
      created_before: new Date(Number(moment) + 1).toISOString(),
      limit: "100",
    });
    const place = key === null ? "v1/versions" : `v1/artifacts/${quoted(key)}/versions`;
    const { items } = await read(`${place}?${query}`);
    const found = items.find(({ id }) => id.endsWith(end));
    if (!found) throw new Trouble("This version is not there any more.");
    return found;
  }

  const nameOf = ({ key, version }) => (key ? `v${version} of ${key}` : "this version without a key");

  function attached({ type, images }) {
    if (type === "image") return ", with its image if it has one of its own";
    if (type === "file") return ", with its file";
    return images && images.length ? `, with ${count(images.length, "image")}` : "";
  }

  function line(version, pins) {
    const names = pins.filter(({ id }) => id === version.id).map(({ name }) => name);
    const number = version.key ? `v${version.version}, ` : "";
    return make("li", {}, `${number}${version.type} of ${when(version.created)}${attached(version)}`, names.length ? make("strong", {}, `, pinned as ${names.join(", ")}`) : "");
  }

  function kept(command, words) {
    return make("p", { class: "afs-note" }, "What was committed stays in the history of git: ", make("code", {}, command), ` ${words}. What was not committed yet is gone for good.`);
  }

  async function deleteVersion(key, stem, mark) {
    const [version, { pins }] = await Promise.all([readVersion(key, stem), readKey(key)]);
    const dialog = new Dialog(`Delete ${nameOf(version)}?`, "Delete", true);
    dialog.content.append(make("p", {}, "This removes 1 version:"), make("ul", {}, line(version, pins)));
    if (key && version.versions === 1) dialog.content.append(make("p", {}, `It is the only one: nothing is left of ${key}.`));
    dialog.content.append(kept(`artifolio restore ${version.id}`, "brings it back"));
    if (!(await dialog.open(() => change("DELETE", `artifacts/${version.id}`)))) return;
    const words = `Deleted ${nameOf(version)}`;
    if (key && version.versions === 1) go(addressOf("artifacts"), words);
    else if (subject().stem) go(addressOf("artifacts", key === null ? KEYLESS : key), words);
    else {
      mark?.classList.add("afs-going");
      say(words);
    }
  }

  async function deleteKey(key) {
    const [artifact, { items }] = await Promise.all([readKey(key), read(`v1/artifacts/${quoted(key)}/versions?limit=${LISTED}`)]);
    const rest = artifact.versions - items.length;
    const dialog = new Dialog(`Delete ${key}?`, artifact.versions === 1 ? "Delete" : `Delete ${count(artifact.versions, "version")}`, true);
    dialog.content.append(
      make("p", {}, `This removes ${artifact.versions === 1 ? "the only version" : `all ${count(artifact.versions, "version")}`} of ${key}:`),
      make("ul", {}, ...items.map((version) => line(version, artifact.pins)), rest ? make("li", {}, `and ${rest.toLocaleString("en")} older, back to ${when(artifact.first_created)}`) : ""),
    );
    const others = artifact.pins.filter(({ id }) => !items.some((version) => version.id === id));
    if (others.length) dialog.content.append(make("p", {}, `Older ones are pinned as ${others.map(({ name }) => name).join(", ")}.`));
    dialog.content.append(kept(`artifolio log ${key}`, "tells how to bring each back"));
    if (await dialog.open(() => change("DELETE", `v1/artifacts/${quoted(key)}?latest=${artifact.latest.id}`))) {
      go(addressOf("artifacts"), `Deleted ${count(artifact.versions, "version")} of ${key}`);
    }
  }

  async function edit(version) {
    const description = make("textarea", { id: "afs-description", rows: "6" });
    description.value = version.description || "";
    const tags = make("textarea", { id: "afs-tags", rows: "3" });
    tags.value = (version.tags || []).join("\n");
    const dialog = new Dialog(`Edit ${nameOf(version)}`, "Save");
    dialog.content.append(
      make("label", { for: "afs-description" }, "Description, in Markdown"),
      description,
      make("label", { for: "afs-tags" }, "Tags, one on each line"),
      tags,
      make("p", { class: "afs-note" }, "Its content stays what was published. What was committed before stays in the history of git."),
    );
    const isDone = await dialog.open(() => change("PATCH", `v1/versions/${version.id}`, {
      description: description.value.trim() ? description.value : null,
      tags: tags.value.split("\n").map((tag) => tag.trim()).filter(Boolean),
      was: { description: version.description || null, tags: version.tags || [] },
    }), description);
    if (isDone) say(`Edited ${nameOf(version)}`);
  }

  // Begins to do something; what keeps it from that is told.
  function offer(words, label, work, className = "") {
    const element = button(className, words);
    element.setAttribute("aria-label", label);
    element.addEventListener("click", async () => {
      element.disabled = true;
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        say(error.message);
      } finally {
        element.disabled = false;
        if (element.isConnected && document.activeElement === document.body) element.focus();
      }
    });
    return element;
  }

  function tools({ key, stem }) {
    const name = key || "this version";
    if (stem) {
      return [
        offer("Edit", "Edit description and tags of this version", async () => edit(await readVersion(key, stem))),
        offer("Delete", "Delete this version", () => deleteVersion(key, stem), "afs-warn"),
      ];
    }
    return [
      offer("Edit", `Edit description and tags of the latest version of ${name}`, async () => {
        const { latest, versions } = await readKey(key);
        return edit({ ...latest, version: versions });
      }),
      offer("Delete all", `Delete all versions of ${name}`, () => deleteKey(key), "afs-warn"),
    ];
  }

  function equip() {
    const about = subject();
    const page = document.querySelector(".af");
    if (!about || !page) return;
    const heading = page.querySelector("h1");
    if (heading && (about.stem || (about.key && !about.isPart)) && !page.querySelector(".afs-tools")) {
      heading.after(make("p", { class: "afs-tools", "data-search-exclude": "" }, ...tools(about)));
    }
    for (const item of page.querySelectorAll(".af-timeline > li, .af-list > li.af-card")) {
      if (item.querySelector(".afs-delete") || about.stem) continue;
      const link = [...item.querySelectorAll("a[href]")].find(({ href }) => stemIn(href));
      if (!link) continue;
      const words = item.querySelector(".af-version, .af-card-key").textContent;
      item.append(offer("Delete", `Delete ${words}`, () => deleteVersion(about.key, stemIn(link.href), item), "afs-warn afs-delete"));
    }
  }

  equip();
  document.addEventListener("artifolio:updated", equip);
})();
