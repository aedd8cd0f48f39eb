// Where a site is opened as files, browsers start no worker, and the theme searches in one. There
// a frame without an address takes its place: it has a global object of its own, and the rights
// of the page that it is in.
(() => {
  "use strict";
  if (location.protocol !== "file:") return;

  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      // Some browsers replace the document that a new frame starts with once.
      frame.addEventListener("load", () => this.start(frame.contentWindow, url), { once: true });
      document.documentElement.append(frame);
      this.frame = frame;
    }

    async start(scope, url) {
      scope.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      scope.importScripts = async (...urls) => {
        for (const each of urls) await run(scope.document, new URL(each, url));
      };
      try {
        await run(scope.document, url);
      } catch (error) {
        this.dispatchEvent(new ErrorEvent("error", { message: error.message }));
        return;
      }
      this.scope = scope;
      for (const data of this.waiting.splice(0)) this.postMessage(data);
    }

    postMessage(data) {
      const { scope } = this;
      if (scope) scope.dispatchEvent(new scope.MessageEvent("message", { data }));
      else this.waiting.push(data);
    }

    terminate() {
      this.frame.remove();
    }
  }

  function run(page, url) {
    const script = page.createElement("script");
    script.src = url;
    const done = new Promise((resolve, reject) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error(`${url} could not be loaded`)));
    });
    page.head.append(script);
    return done;
  }

  // The theme's script for the search looks for the first name, to know that it is in a frame.
  window.IFrameWorker = window.Worker = FrameWorker;
})();
