// Remembers what a part of a page was made of, and makes another one of it that came later: what is
// the same in both is not touched, whatever scripts and readers have made of it meanwhile.
(() => {
  "use strict";

  // Others are drawn anew as a whole, for scripts have rebuilt them.
  const WHOLE = "[data-af-table], .af-frame, figure.af-chart, .af-pictures, time";
  const DRAWN = ".af-diagram, .af-math";
  const isWhole = (node) => node.matches(WHOLE) || (node.matches(".af-markdown, .af-description") && Boolean(node.querySelector(DRAWN)));

  const isKept = (node) => node.nodeType === Node.ELEMENT_NODE || node.nodeType === Node.TEXT_NODE;

  function remember(node) {
    if (node.nodeType === Node.TEXT_NODE) return { node, name: node.nodeName, text: node.data };
    return {
      node,
      name: node.nodeName,
      attributes: new Map([...node.attributes].map(({ name, value }) => [name, value])),
      children: [...node.childNodes].filter(isKept).map(remember),
      isWhole: isWhole(node),
      key: keyOf(node),
    };
  }

  // What tells an element from its siblings, also when it is not what it was.
  function keyOf(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (node.id || node.dataset.key) return `${node.nodeName} ${node.id} ${node.dataset.key}`;
    const link = node.matches("li") && node.querySelector("a[href]");
    return link ? `${node.nodeName} ${link.getAttribute("href")}` : "";
  }

  const kindOf = (name, className) => `${name} ${(className || "").split(" ")[0]}`;

  function isSame(memory, node) {
    if (memory.name !== node.nodeName) return false;
    if (memory.text !== undefined) return memory.text === node.data;
    if (memory.attributes.size !== node.attributes.length) return false;
    for (const { name, value } of node.attributes) if (memory.attributes.get(name) !== value) return false;
    const children = [...node.childNodes].filter(isKept);
    return memory.children.length === children.length && memory.children.every((child, place) => isSame(child, children[place]));
  }

  // Asks the script that has made something of an element; it may do the rest itself.
  function isHandled(element, name, detail) {
    return !element.dispatchEvent(new CustomEvent(name, { cancelable: true, detail }));
  }

  // Makes what is remembered look like a node of another document; returns what is remembered then.
  function patch(memory, node, added) {
    if (isSame(memory, node)) return memory;
    if (memory.text !== undefined) {
      memory.node.data = memory.text = node.data;
      return memory;
    }
    if (memory.isWhole || isWhole(node)) return replace(memory, node, added);
    for (const name of memory.attributes.keys()) if (!node.hasAttribute(name)) memory.node.removeAttribute(name);
    for (const { name, value } of node.attributes) {
      if (memory.attributes.get(name) !== value) memory.node.setAttribute(name, value);
    }
    memory.attributes = new Map([...node.attributes].map(({ name, value }) => [name, value]));
    memory.key = keyOf(node);
    patchChildren(memory, [...node.childNodes].filter(isKept), added);
    return memory;
  }

  function replace(memory, node, added) {
    const fresh = adopt(node, added);
    if (memory.node.nextElementSibling?.matches(".af-slider")) memory.node.nextElementSibling.remove();
    if (!isHandled(memory.node, "artifolio:replace", { fresh: fresh.node })) memory.node.replaceWith(fresh.node);
    return fresh;
  }

  function adopt(node, added) {
    const fresh = remember(document.importNode(node, true));
    if (fresh.attributes) added.push(fresh.node);
    return fresh;
  }

  function patchChildren(memory, nodes, added) {
    const before = memory.children;
    const matches = match(before, nodes);
    const after = nodes.map((node, place) => (matches[place] ? patch(matches[place], node, added) : adopt(node, added)));
    const kept = new Set(matches);
    const isMoved = after.length !== before.length || after.some((child, place) => child !== before[place] && matches[place] !== before[place]);
    memory.children = after;
    if (!isMoved) return;
    if (isHandled(memory.node, "artifolio:children", { children: after.map(({ node }) => node) })) return;
    for (const child of before) if (!kept.has(child)) child.node.remove();
    arrange(memory.node, before, after, matches);
  }

  // For each node, what is remembered of it, if anything is.
  function match(before, nodes) {
    const found = new Array(nodes.length).fill(null);
    let start = 0;
    while (start < Math.min(before.length, nodes.length) && isSame(before[start], nodes[start])) found[start] = before[start++];
    let end = 0;
    const rest = Math.min(before.length, nodes.length) - start;
    while (end < rest && isSame(before.at(-1 - end), nodes.at(-1 - end))) {
      found[nodes.length - 1 - end] = before.at(-1 - end);
      end += 1;
    }
    const left = new Set(before.slice(start, before.length - end));
    const places = Array.from({ length: nodes.length - end - start }, (_, number) => start + number);
    const pair = (isPair) => {
      for (const place of places) {
        if (found[place]) continue;
        for (const memory of left) {
          if (memory.name !== nodes[place].nodeName || !isPair(memory, nodes[place])) continue;
          found[place] = memory;
          left.delete(memory);
          break;
        }
      }
    };
    pair((memory, node) => memory.key && memory.key === keyOf(node));
    if (left.size * places.length < 10000) pair((memory, node) => isSame(memory, node));
    pair((memory, node) => (
      memory.text !== undefined
      || (!memory.key && !keyOf(node) && kindOf("", memory.attributes.get("class")) === kindOf("", node.getAttribute("class")))
    ));
    return found;
  }

  // Puts what is new or elsewhere into its place; the rest stays where scripts have put it.
  function arrange(parent, before, after, matches) {
    const places = new Map(before.map((memory, place) => [memory, place]));
    let last = -1;
    const stays = matches.map((memory) => {
      const place = memory ? places.get(memory) : -1;
      if (place <= last) return false;
      last = place;
      return true;
    });
    let next = null;
    for (let place = after.length - 1; place >= 0; place -= 1) {
      const { node } = after[place];
      if (!stays[place]) parent.insertBefore(node, next);
      let top = node;
      while (top.parentNode && top.parentNode !== parent) top = top.parentNode;
      if (top.parentNode === parent) next = top;
    }
  }

  window.artifolioPatching = { remember, patch };
})();
