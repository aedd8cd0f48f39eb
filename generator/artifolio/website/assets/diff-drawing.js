// Draws a difference as the build does: changes.py, diffcells.py and the templates diff_*.html.
(() => {
  "use strict";

  const { cut, grouped, lengthOf, signed, strip, writeJson } = artifolio;
  const SHOWN_CELL = 80;
  const SHOWN_COLUMNS = 50;
  const SHOWN_TOTALS = 8;
  const SHOWN_FIELD = 300;
  const NEAR = 60;
  // From here on an integer is written in hexadecimal digits: it has a thousand bits.
  const VAST = 2n ** 999n;
  const ON_A_PAGE = { lines: 150, rows: 50, cells: 12, characters: 15000 };
  const EVERYTHING = { lines: Infinity, rows: Infinity, cells: Infinity, characters: Infinity };
  const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g;
  const LABELS = new Map([
    ["url", "address"],
    ["alt", "alternative text"],
    ["media_type", "media type"],
    ["size", "size in bytes"],
    ["sha256", "SHA-256 of the content"],
  ]);

  // An element with children: elements and texts, which stay texts whatever is in them.
  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children.map((child) => (typeof child === "string" ? child.replace(CONTROLS, "\ufffd") : child)));
    return element;
  }

  const brief = (text, length) => (lengthOf(text) <= length ? text : `${cut(text, 0, length - 1)}…`);
  const count = (number, word) => `${grouped(number)} ${word}${number === 1 ? "" : "s"}`;

  const leftOut = (left, word) => make("p", "af-note", `${count(left, word)} ${left === 1 ? "is" : "are"} not shown.`);

  function valueText(value) {
    if (value === null) return "";
    return typeof value === "string" ? value : writeJson(value);
  }

  function rowName(row) {
    if (row.name.length) return row.name.map((value) => valueText(value) || writeJson(value)).join(" / ");
    if (row.old === null || row.new === null || row.old === row.new) return `row ${grouped(row.new ?? row.old)}`;
    return `row ${grouped(row.old)} → ${grouped(row.new)}`;
  }

  function cell(value, length) {
    if (value === null) {
      const nothing = make("span", "af-null", "–");
      nothing.title = "null";
      return nothing;
    }
    if (typeof value !== "bigint" || (value < VAST && value > -VAST)) return brief(valueText(value), length);
    return brief(`${value < 0n ? "-" : ""}0x${(value < 0n ? -value : value).toString(16)}`, length);
  }

  // What changed is what most is, and needs no class.
  const kindClass = (kind) => (kind === "changed" ? "" : `af-${kind}`);

  const delta = (change) => (change.delta === null ? [] : [" ", make("em", "", signed(change.delta))]);

  function drawFields(diff) {
    const list = make("ul", "af-changes");
    for (const change of diff.fields) {
      const sides = [change.old, change.new].map((value) => cell(value, SHOWN_FIELD));
      list.append(make(
        "li",
        "",
        make("b", "", LABELS.get(change.name) || change.name),
        " ",
        make("span", "", make("del", "", sides[0]), " → ", make("ins", "", sides[1]), ...delta(change)),
      ));
    }
    return list;
  }

  function drawColumns(changes) {
    const list = make("ul", "af-changes");
    for (const change of changes.slice(0, SHOWN_COLUMNS)) {
      let words = ["is a column of type ", make("del", "", change.old || ""), " → ", make("ins", "", change.new || "")];
      if (change.old === null) words = [`is a new column of type ${change.new}`];
      else if (change.new === null) words = ["is no column any more"];
      const kind = change.old === null ? "added" : change.new === null ? "removed" : "changed";
      list.append(make("li", kindClass(kind), make("b", "", brief(change.name, 80)), " ", make("span", "", ...words)));
    }
    return list;
  }

  // The cells of a row with the sides that are shown, those of a row that came or went included.
  function cellsOf(row, diff, old, now) {
    if (row.kind === "changed") {
      return row.cells.map((change) => ({ ...change, sides: [change.old, change.new] }));
    }
    const [table, number] = row.new === null ? [old, row.old] : [now, row.new];
    const cells = table.columns.map(({ name }, place) => ({
      column: name, delta: null, sides: [table.rows[number - 1][place]],
    }));
    return cells.filter(({ column, sides: [value] }) => value !== null && !diff.rowKey.includes(column));
  }

  function shownRows(diff, old, now, limits) {
    const shown = [];
    const lengthIn = (text) => Math.min(lengthOf(text), SHOWN_CELL);
    let length = 0;
    for (const row of diff.rows.slice(0, limits.rows)) {
      const all = cellsOf(row, diff, old, now);
      const cells = all.slice(0, limits.cells);
      const texts = cells.flatMap(({ column, sides }) => [column, ...sides.map(valueText)]);
      length += [rowName(row), ...texts].reduce((sum, text) => sum + lengthIn(text), 0);
      if (length > limits.characters) break;
      shown.push({ row, cells, left: all.length - cells.length });
    }
    return shown;
  }

  function drawCell(row, change) {
    const drawn = make("span", "", make("i", "", brief(change.column, 40)), " ");
    const [before, after] = change.sides;
    // Text is told from a number that looks just as it.
    const isQuoted = change.sides.length > 1 && before !== null && after !== null && valueText(before) === valueText(after);
    change.sides.forEach((value, number) => {
      const isOld = row.kind === "removed" || (row.kind === "changed" && number === 0);
      drawn.append(number ? " → " : "", make(isOld ? "del" : "ins", "", cell(isQuoted ? writeJson(value) : value, SHOWN_CELL)));
    });
    drawn.append(...delta(change));
    return drawn;
  }

  function drawRow({ row, cells, left }) {
    const drawn = make("li", kindClass(row.kind), make("b", "", brief(rowName(row), 80)), " ");
    if (row.kind !== "changed") drawn.append(make("i", "", row.kind), " ");
    for (const change of cells) drawn.append(drawCell(row, change), " ");
    if (left) drawn.append(make("span", "", `and ${count(left, "more cell")}`));
    return drawn;
  }

  function drawTotals(totals) {
    const drawn = make("p", "af-totals");
    for (const total of totals.slice(0, SHOWN_TOTALS)) {
      const sides = [cell(total.old, Infinity), " → ", cell(total.new, Infinity)];
      const name = make("i", "", `sum of ${brief(total.column, 40)}`);
      drawn.append(make("span", "", name, " ", ...sides, ...delta(total)));
    }
    return drawn;
  }

  function drawTable(diff, old, now, limits) {
    const elements = diff.columns.length ? [drawColumns(diff.columns)] : [];
    const rows = shownRows(diff, old, now, limits);
    if (rows.length) elements.push(make("ul", "af-changes", ...rows.map(drawRow)));
    const left = diff.rows.length - rows.length;
    if (left) elements.push(leftOut(left, "more row"));
    if (diff.totals.length) elements.push(drawTotals(diff.totals));
    const how = diff.rowKey.length ? `by ${brief(diff.rowKey.join(", "), 200)}` : "by what is in them, then by their place";
    elements.push(make("p", "af-note", `Rows are matched ${how}; ${count(diff.unchanged, "row")} unchanged.`));
    return { elements, isCut: left > 0 || rows.some((row) => row.left) };
  }

  // All lines that are worth a look: not the end of both texts, an empty line.
  function toldLines(diff) {
    if (!diff.added && !diff.removed) return [];
    const last = diff.lines.at(-1);
    const isEnd = last?.sign === " " && last.spans.every(([text]) => !text);
    return isEnd ? diff.lines.slice(0, -1) : diff.lines;
  }

  // Leaves out of a long line what is far from what changed in it.
  function shortened(spans) {
    return spans.map(([text, isChanged], number) => {
      const isWhole = spans.length === 1 || isChanged;
      const head = isWhole ? 8 * NEAR : number === 0 ? 0 : NEAR;
      const tail = number === spans.length - 1 ? 0 : NEAR;
      const length = lengthOf(text);
      if (length <= head + tail + NEAR) return [text, isChanged];
      return [`${cut(text, 0, head)} … ${cut(text, length - tail)}`, isChanged];
    });
  }

  function shownLines(lines, limits) {
    const shown = [];
    let length = 0;
    for (const line of lines.slice(0, limits.lines)) {
      if (line.fold) {
        shown.push(line);
        continue;
      }
      const spans = limits === EVERYTHING ? line.spans : shortened(line.spans);
      length += spans.reduce((sum, [text]) => sum + lengthOf(text), 0);
      if (length > limits.characters) break;
      shown.push({ ...line, spans });
    }
    return shown;
  }

  function drawLine(line) {
    if (line.fold) return make("div", "af-diff-fold", count(line.fold, "equal line"));
    const [tag, kind] = { "+": ["ins", "added"], "-": ["del", "removed"] }[line.sign] || ["span", "same"];
    const texts = line.spans.map(([text, isChanged]) => (isChanged && strip(text) ? make("mark", "", text) : text));
    const number = make("span", "af-diff-number", String(line.new ?? line.old));
    const sign = make("span", "af-diff-sign", line.sign);
    for (const element of [number, sign]) element.setAttribute("aria-hidden", "true");
    return make("div", `af-diff-line af-diff-line--${kind}`, number, sign, make(tag, "", ...texts));
  }

  function drawLines(diff, limits) {
    const all = toldLines(diff);
    const lines = shownLines(all, limits);
    const drawn = make("div", "af-diff", ...lines.map(drawLine));
    drawn.tabIndex = 0;
    drawn.setAttribute("role", "region");
    drawn.setAttribute("aria-label", "Changed lines");
    const left = all.length - lines.length;
    const words = `${count(left, "more line")} of this difference ${left === 1 ? "is" : "are"} not shown.`;
    const elements = lines.length ? [drawn] : [];
    if (left) elements.push(make("p", "af-note", words));
    const isShort = ({ spans }, number) => spans?.some(([text], place) => text !== all[number].spans[place][0]);
    return { elements, isCut: left > 0 || lines.some(isShort) };
  }

  function drawImages(images, limits) {
    const shown = images.slice(0, limits.rows).map(({ kind, path }) => make(
      "li",
      kindClass(kind),
      make("b", "", brief(path, 80)),
      " ",
      make("i", "", `image ${kind}`),
    ));
    const elements = shown.length ? [make("ul", "af-changes", ...shown)] : [];
    const left = images.length - shown.length;
    if (left) elements.push(leftOut(left, "more image"));
    return { elements, isCut: left > 0 };
  }

  function drawText(diff, limits) {
    const [lines, images] = [drawLines(diff, limits), drawImages(diff.images, limits)];
    return { elements: [...lines.elements, ...images.elements], isCut: lines.isCut || images.isCut };
  }

  // The elements that show a difference, and whether they leave out what drawing all would show.
  function drawDiff(diff, old, now, isAll) {
    const limits = isAll ? EVERYTHING : ON_A_PAGE;
    if (diff.kind === "fields") return { elements: [drawFields(diff)], isCut: false };
    return diff.kind === "text" ? drawText(diff, limits) : drawTable(diff, old, now, limits);
  }

  Object.assign(artifolio, { drawDiff, make });
})();
