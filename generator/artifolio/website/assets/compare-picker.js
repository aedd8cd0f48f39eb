// Lets a reader choose two versions of a key, and shows what changed from one to the other.
(() => {
  "use strict";

  const { bodyOf, diffBodies, drawDiff, make, readJson, sentence, UNCHANGED } = artifolio;
  const STEM = /^\d{8}T\d{9}Z-[0-9a-f]{12}$/;
  // Attachments that are files of the site under their own names; others end in .bin.
  const OWN_NAME = /\.(avif|gif|jpe?g|png|webp)$/;
  const PART = "part ";

  // What a reader is told; all else is a mistake of this script.
  class Trouble extends Error {}
  // The same, where nothing failed.
  class Choice extends Trouble {}

  function button(words) {
    const made = make("button", "af-compare-button", words);
    made.type = "button";
    return made;
  }

  // The versions of a key that are known, from index.json, its older parts and their own files.
  class Versions {
    constructor(index) {
      this.index = index;
      this.known = new Map();
      this.older = [];
      this.files = new Map();
    }

    async fetch(name, parse) {
      // Asking would only put an error on the console.
      if (location.protocol === "file:") throw new Trouble("Browsers load no data into pages that were opened as files.");
      const answer = await fetch(new URL(name, this.index)).catch(() => null);
      if (!answer?.ok) throw new Trouble(`The file ${name} could not be loaded.`);
      const text = await answer.text();
      try {
        return parse(text);
      } catch {
        throw new Trouble(`The file ${name} is damaged.`);
      }
    }

    async load(name) {
      const list = await this.fetch(name, JSON.parse);
      for (const version of list.versions) {
        // One whose record cannot be read has no data.
        if (version.json) this.know(version.json.replace(/\.json$/, ""), version.version, version.created, version.pins);
      }
      this.older = (list.older || this.older).filter((part) => part.file !== name);
    }

    know(stem, number, created, pins) {
      this.known.set(stem, { stem, number, created, pins: pins || [] });
    }

    // All that are known, newest first.
    listed() {
      return [...this.known.values()].sort((one, other) => other.number - one.number);
    }

    // The version that a name stands for: a pin, or the latest. The name itself where there is none.
    async stemOf(name) {
      const isNamed = ({ pins }) => pins.includes(name);
      const find = () => this.listed().find(name === "latest" ? Boolean : isNamed);
      while (!STEM.test(name) && !find() && this.older.length) await this.load(this.older[0].file);
      return STEM.test(name) ? name : find()?.stem || name;
    }

    numberOf(stem) {
      return this.known.get(stem)?.number;
    }

    async read(stem) {
      const version = this.files.get(stem) || await this.fetch(`${stem}.json`, readJson);
      this.files.set(stem, version);
      this.know(stem, Number(version.get("version")), version.get("created"), version.get("pins"));
      return version;
    }
  }

  function picture(version, number, index) {
    const fields = version.get("type") === "image" ? version.get("data") || new Map() : new Map();
    const name = fields.get("attachment");
    // An SVG is no file of the site, for it could run scripts.
    if (!name || fields.get("media_type") === "image/svg+xml") return null;
    const image = make("img");
    image.src = new URL(OWN_NAME.test(name) ? name : `${name}.bin`, index).href;
    image.alt = fields.get("alt") || "image, without a description";
    return make("figure", "", image, make("figcaption", "", `v${number}`));
  }

  function drawPictures(versions, numbers, index) {
    const figures = versions.map((version, place) => picture(version, numbers[place], index));
    if (!figures.every(Boolean)) return [];
    const pictures = make("div", "af-pictures", ...figures);
    pictures.dataset.afPictures = "";
    const both = make("div", "", pictures);
    for (const image of pictures.querySelectorAll("img")) image.addEventListener("error", () => both.remove());
    artifolio.addOverlays(both);
    return [both];
  }

  // What the address says is compared: so links, reloading and Back work.
  function inAddress() {
    const wanted = new URLSearchParams(location.search).get("compare");
    return wanted === null ? null : wanted.split("..");
  }

  class Picker {
    constructor(section, offer) {
      this.section = section;
      this.offer = offer;
      this.index = new URL(section.dataset.afCompare, location.href);
      this.versions = new Versions(this.index);
      this.isLoaded = false;
      this.chosen = [];
      // Whatever was begun before the last turn is not wanted any more.
      this.turn = 0;
      this.build();
      window.addEventListener("popstate", () => (inAddress() ? this.show(inAddress()) : this.close()));
      // A page that is open while the site changes: there may be more to choose from.
      document.addEventListener("artifolio:updated", () => this.refresh());
    }

    build() {
      this.form = make("form", "af-compare-form");
      this.form.hidden = true;
      this.form.addEventListener("submit", (event) => event.preventDefault());
      [this.from, this.to] = ["From", "to"].map((word) => this.addSelect(word, `af-compare-${word.toLowerCase()}`));
      const swap = button("⇄ swap");
      swap.addEventListener("click", () => this.choose([...this.chosen].reverse()));
      this.form.append(swap);
      this.steps = [[button("← older pair"), 1], [button("newer pair →"), -1]];
      for (const [element, step] of this.steps) {
        element.addEventListener("click", () => this.choose(this.pairBeside(step)));
        this.form.append(element);
      }
      [this.sentence, this.note] = ["af-sentence", "af-note"].map((name) => make("p", name));
      for (const line of [this.sentence, this.note]) line.setAttribute("role", "status");
      this.result = make("div");
      this.section.append(this.form, this.sentence, this.note, this.result);
    }

    addSelect(word, id) {
      const select = make("select");
      select.id = id;
      select.addEventListener("change", () => (
        select.value.startsWith(PART) ? this.loadOlder(select) : this.choose([this.from.value, this.to.value])
      ));
      const label = make("label", "", word);
      label.htmlFor = id;
      this.form.append(make("span", "af-compare-choice", label, select));
      return select;
    }

    async open(isByHand) {
      if (!isByHand) this.section.scrollIntoView();
      try {
        this.note.replaceChildren("Loading the versions …");
        if (!this.isLoaded) await this.versions.load(this.index.pathname.split("/").at(-1));
        this.isLoaded = true;
      } catch (error) {
        // Two versions that are named lie in files of their own.
        if (!inAddress()) return this.tell(error);
      }
      const [newest, before] = this.versions.listed();
      if (inAddress()) await this.show(inAddress());
      else await this.choose(newest ? [(before || newest).stem, newest.stem] : []);
      if (isByHand) this.from.focus();
      else this.section.scrollIntoView();
    }

    async refresh() {
      if (!this.isLoaded) return;
      const before = this.versions.known;
      this.versions.known = new Map();
      try {
        await this.versions.load(this.index.pathname.split("/").at(-1));
      } catch {
        this.versions.known = before;
      }
      const focused = document.activeElement;
      this.fill();
      if (focused !== document.activeElement) focused.focus();
    }

    close() {
      this.turn += 1;
      this.form.hidden = true;
      this.offer.hidden = false;
      for (const part of [this.sentence, this.note, this.result]) part.replaceChildren();
    }

    choose(pair) {
      if (String(pair) !== String(inAddress())) {
        const address = new URL(location.href);
        address.searchParams.set("compare", pair.join(".."));
        history.pushState(null, "", address);
      }
      return this.show(pair);
    }

    async show(pair) {
      this.turn += 1;
      const mine = this.turn;
      this.chosen = pair;
      this.form.hidden = false;
      this.offer.hidden = true;
      this.fill();
      for (const part of [this.sentence, this.result]) part.replaceChildren();
      this.note.replaceChildren("Comparing …");
      try {
        if (pair.length !== 2) throw new Choice("Choose two versions.");
        pair = [await this.versions.stemOf(pair[0]), await this.versions.stemOf(pair[1])];
        if (!pair.every((stem) => STEM.test(stem))) throw new Choice("Choose two versions.");
        if (mine !== this.turn) return;
        this.chosen = pair;
        const files = await Promise.all(pair.map((stem) => this.versions.read(stem)));
        if (mine !== this.turn) return;
        this.note.replaceChildren();
        this.fill();
        const numbers = pair.map((stem) => this.versions.numberOf(stem));
        if (pair[0] === pair[1]) throw new Choice(`Both are v${numbers[0]}: choose two that differ.`);
        this.draw(files, numbers);
      } catch (error) {
        if (mine === this.turn) this.tell(error);
      }
    }

    draw(files, numbers) {
      const bodies = files.map(bodyOf);
      const diff = diffBodies(...bodies);
      const which = make("small", "", `from v${numbers[0]} to v${numbers[1]}`);
      const isSame = files[0].get("digest") === files[1].get("digest");
      this.sentence.replaceChildren(isSame ? UNCHANGED : sentence(diff, numbers.map((number) => `v${number}`)), " ", which);
      if (isSame || diff.kind === "gone") return;
      const drawn = (isAll) => {
        const { elements, isCut } = drawDiff(diff, ...bodies, isAll);
        return [...drawPictures(files, numbers, this.index), ...elements, ...(isCut ? [more] : [])];
      };
      const more = button("Show all");
      more.addEventListener("click", () => {
        this.result.className = "af-compare-all";
        this.result.replaceChildren(...drawn(true));
        this.result.tabIndex = -1;
        this.result.focus({ preventScroll: true });
      });
      this.result.className = "";
      this.result.replaceChildren(...drawn(false));
    }

    // Both versions, each one step older or newer; null where there is none.
    pairBeside(step) {
      const all = this.versions.listed();
      const places = this.chosen.map((stem) => all.findIndex((version) => version.stem === stem));
      const pair = places.map((place) => (place < 0 ? null : all[place + step]?.stem));
      return pair.length === 2 && pair.every(Boolean) ? pair : null;
    }

    fill() {
      [this.from, this.to].forEach((select, place) => {
        const options = this.versions.listed().map(({ stem, number, created, pins }) => {
          const when = new Date(created).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
          return new Option(`${[`v${number}`, ...pins].join(" · ")}, ${when}`, stem);
        });
        const older = this.versions.older.map((part, number) => (
          new Option(`older versions, v${part.first} to v${part.last} …`, PART + number)
        ));
        select.replaceChildren(...options, ...older);
        select.value = this.chosen[place] || "";
      });
      for (const [element, step] of this.steps) element.disabled = !this.pairBeside(step);
    }

    async loadOlder(select) {
      const part = this.versions.older[Number(select.value.slice(PART.length))];
      const which = `v${part.first} to v${part.last}`;
      this.note.replaceChildren(`Loading ${which} …`);
      try {
        await this.versions.load(part.file);
        this.note.replaceChildren(`${which} can be chosen now.`);
      } catch (error) {
        this.note.replaceChildren(error.message);
      }
      this.fill();
      select.focus();
    }

    tell(error) {
      if (!(error instanceof Trouble)) throw error;
      this.note.replaceChildren(error.message);
      if (error instanceof Choice) return;
      const numbers = this.chosen.map((stem) => this.versions.numberOf(stem));
      const names = numbers.length === 2 && numbers.every(Boolean) ? numbers.join(" ") : "A B";
      const command = make("code", "", `artifolio diff ${this.section.dataset.afKey} ${names}`);
      const server = make("code", "", "artifolio serve");
      this.note.append(" ", command, " compares on the command line, and ", server, " shows the site with all that it can do.");
    }
  }

  Object.assign(artifolio, { addPicker: (section, offer) => new Picker(section, offer) });
})();
