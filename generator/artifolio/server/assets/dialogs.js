// Asks before something is changed, and asks for the token where it is needed.
(() => {
  "use strict";

  const SAID = "artifolio.said";
  const SHOWN = 6000;
  const API = new URL("../../", document.currentScript.src);

  // What a reader is told; all else is a mistake of this script.
  class Trouble extends Error {}

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.append(...children);
    return element;
  }

  const button = (className, words) => make("button", { type: "button", class: `afs-button ${className}` }, words);

  async function request(method, path, body) {
    const options = { method, cache: "no-store" };
    if (body !== undefined) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    const answer = await fetch(new URL(path, API), options).catch(() => null);
    if (!answer) throw new Trouble("The server does not answer.");
    return answer;
  }

  async function told(answer) {
    const found = await answer.json().catch(() => ({}));
    return new Trouble(found.detail || `The server answers ${answer.status}.`);
  }

  async function read(path) {
    const answer = await request("GET", path);
    if (!answer.ok) throw await told(answer);
    return answer.json();
  }

  // One dialog: a heading, what it is about, and the buttons.
  class Dialog {
    constructor(title, words, isDangerous) {
      this.alert = make("p", { class: "afs-alert", role: "alert" });
      this.content = make("div", { class: "afs-content" });
      this.cancel = button("", "Cancel");
      this.go = make("button", { type: "submit", class: `afs-button ${isDangerous ? "afs-danger" : "afs-go"}` }, words);
      this.title = make("h2", { id: "afs-title" }, title);
      this.form = make("form", { method: "dialog" }, this.title, this.content, this.alert, make("div", { class: "afs-row" }, this.cancel, this.go));
      this.element = make("dialog", { class: "afs-dialog md-typeset", "aria-labelledby": "afs-title", "data-artifolio-served": "" }, this.form);
      this.cancel.addEventListener("click", () => this.element.close());
      this.element.addEventListener("click", (event) => { if (event.target === this.element) this.element.close(); });
      // Material listens for letters.
      this.element.addEventListener("keydown", (event) => event.stopPropagation());
    }

    // Returns whether it was done; `work` is called until it goes well, or nobody wants it any more.
    open(work, focused = this.cancel) {
      document.body.append(this.element);
      this.element.showModal();
      focused.focus();
      return new Promise((resolve) => {
        let isDone = false;
        this.element.addEventListener("close", () => {
          this.element.remove();
          resolve(isDone);
        });
        this.form.addEventListener("submit", async (event) => {
          event.preventDefault();
          if (this.go.disabled) return;
          this.go.disabled = true;
          this.alert.textContent = "";
          try {
            await work();
            isDone = true;
            this.element.close();
          } catch (error) {
            if (!(error instanceof Trouble)) throw error;
            this.alert.textContent = error.message;
          } finally {
            this.go.disabled = false;
          }
        });
      });
    }
  }

  async function signIn() {
    const field = make("input", { type: "password", id: "afs-token", autocomplete: "current-password", required: "", spellcheck: "false" });
    const dialog = new Dialog("Who may write", "Sign in");
    dialog.content.append(
      make("label", { for: "afs-token" }, "Token of this server"),
      field,
      make("p", { class: "afs-note" }, "It is shown where ", make("code", {}, "artifolio serve --write"), " was started, or is that of ", make("code", {}, "ARTIFOLIO_TOKEN"), ". This browser has to tell it once."),
    );
    return dialog.open(async () => {
      const answer = await request("POST", "v1/session", { token: field.value.trim() });
      if (answer.ok) return;
      field.select();
      throw answer.status === 401 ? new Trouble("That is not the token of this server.") : await told(answer);
    }, field);
  }

  // Asks the server to change something, and for the token where it does not know this browser.
  async function change(method, path, body) {
    const { signed_in: isKnown } = await read("v1/session");
    if (!isKnown && !(await signIn())) throw new Trouble("Nothing was changed: the token is needed.");
    const answer = await request(method, path, body);
    if (!answer.ok) throw await told(answer);
  }

  function say(words) {
    document.querySelector(".afs-said")?.remove();
    const line = make("p", { class: "afs-said", role: "status", "data-artifolio-served": "" });
    document.body.append(line);
    // Only what changes is read aloud.
    requestAnimationFrame(() => { line.textContent = words; });
    setTimeout(() => line.remove(), SHOWN);
  }

  // Goes to another page, and says there what was done.
  function go(address, words) {
    sessionStorage.setItem(SAID, words);
    location.assign(address);
  }

  const left = sessionStorage.getItem(SAID);
  if (left) {
    sessionStorage.removeItem(SAID);
    say(left);
  }

  window.artifolioDialogs = { Dialog, Trouble, button, change, go, make, read, say };
})();
