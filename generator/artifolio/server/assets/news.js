// Hears of news of the site: for one page, or, as a shared worker, for all pages of a browser. Of
// HTTP/1.1 a browser opens six connections to a server at most, and each page would hold one.
(() => {
  "use strict";

  // The server gives a sign of life every fifteen seconds. After a sleep nobody tells the browser
  // that the connection has long been gone.
  const SILENCE = 40000;
  const AGAIN = 2000;
  const CHECK = 5000;

  class Line {
    constructor(address, tell) {
      this.address = address;
      this.tell = tell;
      this.state = "";
      this.source = null;
      setInterval(() => this.check(), CHECK);
    }

    open(state) {
      this.close();
      this.state = state ?? this.state;
      this.heard = Date.now();
      const source = new EventSource(`${this.address}?since=${encodeURIComponent(this.state)}`);
      this.source = source;
      source.addEventListener("site", (event) => {
        this.heard = Date.now();
        const news = JSON.parse(event.data);
        this.state = news.state;
        this.tell(news);
      });
      source.addEventListener("still", () => { this.heard = Date.now(); });
      source.addEventListener("error", () => {
        // While it is connecting, the browser itself tries again and again.
        if (source.readyState !== EventSource.CLOSED) return;
        setTimeout(() => { if (this.source === source) this.open(); }, AGAIN);
      });
    }

    close() {
      if (this.source) this.source.close();
      this.source = null;
    }

    check() {
      if (this.source && Date.now() - this.heard > SILENCE) this.open();
    }
  }

  if (!("SharedWorkerGlobalScope" in self)) {
    self.artifolioLine = Line;
    return;
  }

  const ports = new Set();
  let latest = null;
  const line = new Line(new URL("../events", location.href).href, (news) => {
    latest = news;
    for (const port of ports) port.postMessage(news);
  });

  function hear(port, { since, bye }) {
    if (bye) ports.delete(port);
    else if (since === undefined) line.check();
    else {
      ports.add(port);
      if (!line.source) line.open(since);
      else if (latest && latest.state !== since) port.postMessage({ ...latest, files: null });
    }
    if (!ports.size) line.close();
  }

  self.addEventListener("connect", ({ ports: [port] }) => {
    port.onmessage = ({ data }) => hear(port, data);
  });
})();
