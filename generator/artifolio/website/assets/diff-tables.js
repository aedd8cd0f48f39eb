// What changed between two tables: tablediffs.py in the browser, and the part of columns.py it uses.
(() => {
  "use strict";

  const { difference, repr, total } = artifolio;
  const NAMING = new Set(["string", "integer", "uuid", "path", "date", "datetime", "time", "decimal", "mixed"]);
  const WORD = /IDs|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|%/g;
  const NAMES = new Set((
    "id ids year month day zip zipcode postcode code lat latitude lon lng long longitude rank index"
    + " no nr number version"
  ).split(" "));
  const SHARES = new Set(
    "% percent percentage pct rate ratio share score mean average avg median age".split(" "),
  );

  const wordsOf = (name) => (name.match(WORD) || []).map((word) => word.toLowerCase());
  const isName = (column) => wordsOf(column).slice(-1).some((word) => NAMES.has(word));
  const isShare = (column) => wordsOf(column).some((word) => SHARES.has(word));

  // One of the two tables: {columns: [{name, type}], rows: [[value]], rowKey: [name]}.
  class Side {
    constructor(table) {
      this.rows = table.rows;
      this.places = new Map();
      this.types = new Map();
      this.found = new Map();
      uniqueNames(table.columns.map((column) => column.name)).forEach((name, place) => {
        this.places.set(name, place);
        this.types.set(name, table.columns[place].type);
      });
    }

    cells(row, names) {
      return names.map((name) => this.rows[row][this.places.get(name)]);
    }

    column(name) {
      const place = this.places.get(name);
      return this.rows.map((row) => row[place]);
    }

    // Of each row a text, equal for those that are shown as the same in these columns.
    keys(names) {
      const columns = names.map((name) => {
        if (!this.found.has(name)) this.found.set(name, this.column(name).map(canonical));
        return this.found.get(name);
      });
      if (columns.length === 1) return columns[0];
      return this.rows.map((_, row) => columns.map((column) => `${column[row].length}:${column[row]}`).join(""));
    }
  }

  // A name that was there before gets a number, as the version's JSON has it.
  function uniqueNames(names) {
    const numbers = new Map();
    for (const name of names) {
      let unique = name;
      // Lower numbers were tried for the columns of this name before.
      let number = numbers.get(name) || 1;
      for (; numbers.has(unique); unique = `${name} (${number})`) number += 1;
      numbers.set(name, number);
      if (!numbers.has(unique)) numbers.set(unique, 1);
    }
    return [...numbers.keys()];
  }

  // A text that is equal for values that are shown as the same (1 and 1.0), and for no others.
  function canonical(value) {
    if (typeof value === "string") return `s${value}`;
    return `v${plain(value)}`;
  }

  function plain(value) {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "number") return Number.isInteger(value) ? String(BigInt(value)) : repr(value);
    if (Array.isArray(value)) return `[${value.map(plain).join()}]`;
    if (value instanceof Map) {
      const names = [...value.keys()].sort();
      return `{${names.map((name) => `${JSON.stringify(name)}:${plain(value.get(name))}`).join()}}`;
    }
    return String(value);
  }

  const isSame = (old, now) => old === now || (!areTexts(old, now) && canonical(old) === canonical(now));
  const areTexts = (old, now) => typeof old === "string" && typeof now === "string";

  // {rowKey, columns: [{name, old, new}], rows: [{kind, name, old, new, cells}], totals, unchanged}.
  function diffTable(old, now) {
    const before = new Side(old);
    const after = new Side(now);
    const shared = [...after.places.keys()].filter((name) => before.places.has(name));
    const declared = now.rowKey.length ? now.rowKey : old.rowKey;
    const names = isUsable(declared, before, after) ? declared : guess(shared, before, after);
    const matched = names.length ? byKey(names, before, after) : byPosition(shared, before, after);
    const partner = new Map(matched.map(([i, j]) => [j, i]));
    const rows = [];
    let unchanged = 0;
    for (let j = 0; j < after.rows.length; j += 1) {
      const name = after.cells(j, names);
      const i = partner.get(j);
      if (i === undefined) {
        rows.push({ kind: "added", name, old: null, new: j + 1, cells: [] });
        continue;
      }
      const cells = changedCells(shared, before, i, after, j);
      if (cells.length) rows.push({ kind: "changed", name, old: i + 1, new: j + 1, cells });
      else unchanged += 1;
    }
    const kept = new Set(partner.values());
    for (let i = 0; i < before.rows.length; i += 1) {
      if (!kept.has(i)) rows.push({ kind: "removed", name: before.cells(i, names), old: i + 1, new: null, cells: [] });
    }
    const moved = new Set();
    for (const row of rows) for (const cell of row.cells) if (cell.delta !== null) moved.add(cell.column);
    const touched = shared.filter((name) => moved.has(name) && !isName(name) && !isShare(name));
    const totals = touched.map((name) => totalOf(name, before, after)).filter(Boolean);
    return { kind: "table", rowKey: names, columns: columnChanges(before, after), rows, totals, unchanged };
  }

  const isUnique = (keys) => new Set(keys).size === keys.length;

  function isUsable(rowKey, before, after) {
    const isThere = rowKey.every((name) => before.places.has(name) && after.places.has(name));
    return rowKey.length > 0 && isThere && [before, after].every((side) => isUnique(side.keys(rowKey)));
  }

  // The column that most likely names rows, if there is one.
  function guess(shared, before, after) {
    let best = [0, []];
    for (const name of shared) {
      const types = [before.types.get(name), after.types.get(name)];
      if (!types.every((type) => NAMING.has(type))) continue;
      const keys = new Set(before.keys([name]));
      const newKeys = new Set(after.keys([name]));
      if (keys.size < before.rows.length || newKeys.size < after.rows.length) continue;
      if (keys.has(canonical(null)) || newKeys.has(canonical(null))) continue;
      const common = [...keys].filter((key) => newKeys.has(key)).length;
      // A count may be another's by chance, and so be taken for the row of that.
      if (types.includes("integer") && 2 * common < Math.min(keys.size, newKeys.size)) continue;
      if (common > best[0]) best = [common, [name]];
    }
    return best[1];
  }

  function byKey(names, before, after) {
    const places = new Map(before.keys(names).map((key, i) => [key, i]));
    const pairs = after.keys(names).map((key, j) => [places.get(key), j]);
    return pairs.filter(([i]) => i !== undefined);
  }

  function byPosition(shared, before, after) {
    const equal = new Map();
    before.keys(shared).forEach((key, i) => {
      if (!equal.has(key)) equal.set(key, []);
      equal.get(key).push(i);
    });
    // The first of equal rows first, and taking from an end is quicker.
    for (const rows of equal.values()) rows.reverse();
    const matched = [];
    const others = [];
    after.keys(shared).forEach((key, j) => {
      if (equal.get(key)?.length) matched.push([equal.get(key).pop(), j]);
      else others.push(j);
    });
    const left = [...equal.values()].flat().sort((one, other) => one - other);
    left.slice(0, others.length).forEach((i, number) => matched.push([i, others[number]]));
    return matched;
  }

  function changedCells(shared, before, i, after, j) {
    const cells = [];
    for (const name of shared) {
      const old = before.rows[i][before.places.get(name)];
      const now = after.rows[j][after.places.get(name)];
      if (!isSame(old, now)) cells.push({ column: name, old, new: now, delta: difference(old, now) });
    }
    return cells;
  }

  function totalOf(name, before, after) {
    const old = total(before.column(name));
    const now = total(after.column(name));
    const delta = difference(old, now);
    return delta ? { column: name, old, new: now, delta } : null;
  }

  function columnChanges(before, after) {
    const names = new Set([...after.types.keys(), ...before.types.keys()]);
    const typeOf = (side, name) => side.types.get(name) ?? null;
    const changes = [...names].map((name) => ({ name, old: typeOf(before, name), new: typeOf(after, name) }));
    // A column of nothing but null may be of any type.
    return changes.filter(({ old, new: now }) => (
      old !== now && (old === null || now === null || (old !== "null" && now !== "null"))
    ));
  }

  Object.assign(artifolio, { diffTable, isSame, uniqueNames });
})();
