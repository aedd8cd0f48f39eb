// The rows of a table in memory: sorted, searched and filtered without drawing them.
(() => {
  "use strict";

  const { exactText, fill, valueOf } = artifolio.cells;
  const FEW = 20;

  // JSON in which long integers keep all their digits.
  function parse(text) {
    if (!/[\s:,[]-?\d{16,}[\s,\]}]/.test(text)) return JSON.parse(text);
    const mark = `integer ${crypto.getRandomValues(new Uint32Array(4)).join(" ")}`;
    const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
      /^-?\d{16,}$/.test(token) ? `{"${mark}":"${token}"}` : token);
    const revive = (_, value) => (value && typeof value === "object" && mark in value ? BigInt(value[mark]) : value);
    return JSON.parse(marked, revive);
  }

  // Columns that share a name are told apart as the JSON does (bodies.py).
  function fieldNames(names) {
    const found = [];
    for (const name of names) {
      let field = name;
      for (let number = 2; found.includes(field) || (number > 2 && names.includes(field)); number += 1) field = `${name} (${number})`;
      found.push(field);
    }
    return found;
  }

  const kind = (value) => (typeof value === "number" || typeof value === "bigint" ? 0 : 1);

  class Rows {
    // columns: for each its look and its values.
    constructor(columns, cells) {
      this.columns = columns;
      this.cells = cells;
      this.count = columns[0].values.length;
      this.ranks = [];
      this.texts = null;
      this.orders = new Map();
    }

    static ofPage(lines, looks) {
      const cells = lines.map((line) => [...line.cells].map((cell) => cell.cloneNode(true)));
      return new Rows(looks.map((look, place) => ({ look, values: cells.map((row) => valueOf(row[place], look)) })), cells);
    }

    static ofJson(text, looks) {
      const { columns, data } = parse(text);
      const fields = fieldNames(columns.map(({ name }) => name));
      return new Rows(fields.map((field, place) => ({ look: looks[place], values: data.map((row) => row[field]) })));
    }

    fill(cell, row, column) {
      if (!this.cells) return fill(cell, this.columns[column].values[row], this.columns[column].look);
      const source = this.cells[row][column];
      if (source.className) cell.className = source.className;
      if (source.title) cell.title = source.title;
      cell.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
    }

    comparable(column) {
      const { look, values } = this.columns[column];
      return look.type !== "decimal" ? values : values.map((value) => {
        return typeof value === "string" && value && !Number.isNaN(Number(value)) ? Number(value) : value;
      });
    }

    // For each row its place among the values of a column; NaN where there is none.
    rank(column) {
      if (this.ranks[column]) return this.ranks[column];
      const values = this.comparable(column);
      const ranks = new Float64Array(this.count).fill(NaN);
      if (values.every((value) => value === null || typeof value === "number")) {
        values.forEach((value, row) => { if (value !== null) ranks[row] = value; });
      } else {
        const known = new Map();
        for (const value of values) {
          if (value !== null && !known.has(value)) known.set(value, kind(value) ? exactText(value).toLowerCase() : value);
        }
        const compare = ([one, a], [other, b]) => kind(one) - kind(other) || (a < b ? -1 : a > b ? 1 : 0);
        let place = 0;
        let last = null;
        for (const item of [...known].sort(compare)) {
          if (last && compare(last, item)) place += 1;
          known.set(item[0], place);
          last = item;
        }
        values.forEach((value, row) => { if (value !== null) ranks[row] = known.get(value); });
      }
      return (this.ranks[column] = ranks);
    }

    // Rows in the order of some columns; those without a value come last both ways.
    ordered(orders) {
      const name = JSON.stringify(orders.map(({ column, dir }) => [column, dir]));
      if (!this.orders.has(name)) {
        const keys = orders.map(({ column, dir }) => [this.rank(column), dir === "desc" ? -1 : 1]);
        const rows = Uint32Array.from({ length: this.count }, (_, row) => row);
        this.orders.set(name, !keys.length ? rows : rows.sort((a, b) => {
          for (const [ranks, sign] of keys) {
            const one = ranks[a];
            const other = ranks[b];
            if (one === other) continue;
            if (Number.isNaN(one) || Number.isNaN(other)) {
              if (Number.isNaN(one) && Number.isNaN(other)) continue;
              return Number.isNaN(one) ? 1 : -1;
            }
            return (one - other) * sign;
          }
          return a - b;
        }));
      }
      return this.orders.get(name);
    }

    text(row) {
      this.texts ??= [];
      return (this.texts[row] ??= this.columns.map(({ values }) => exactText(values[row])).join("\n").toLowerCase());
    }

    select(orders, search, filters) {
      // Commas between thousands are shown, but are no part of the number.
      const words = search.toLowerCase().split(/\s+/).filter(Boolean)
        .map((word) => [word, /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(word) ? word.replaceAll(",", "") : word]);
      const tests = [...filters];
      if (words.length) {
        tests.push((row) => words.every(([word, bare]) => this.text(row).includes(word) || this.text(row).includes(bare)));
      }
      const rows = this.ordered(orders);
      return tests.length ? rows.filter((row) => tests.every((test) => test(row))) : rows;
    }

    // The values of a column where there are few enough to choose from; null is one of them.
    choices(column) {
      const found = new Set();
      for (const value of this.columns[column].values) {
        found.add(value === null ? null : exactText(value));
        if (found.size > FEW) return null;
      }
      return found.size > 1 && found.size <= this.count / 2 ? [...found].sort() : null;
    }

    // The test for a value that was chosen.
    isChosen(column, choice) {
      const { values } = this.columns[column];
      return (row) => (values[row] === null ? choice === null : exactText(values[row]) === choice);
    }

    // The test for what was typed: ">5", "1..3", "=x", or a part of the text.
    matches(column, typed) {
      const { look } = this.columns[column];
      const values = this.comparable(column);
      const isNumber = look.isNumeric || look.type === "mixed";
      const limit = (text) => {
        const bare = text.trim();
        return isNumber ? (bare ? Number(bare.replaceAll(",", "")) : NaN) : bare;
      };
      const fits = (value) => value !== null && (isNumber ? kind(value) === 0 : typeof value === "string");
      const isLimit = (value) => (isNumber ? !Number.isNaN(value) : /^\d/.test(value));
      if (isNumber || look.type.startsWith("date") || look.type === "time") {
        const range = /^([^.]*(?:\.\d+)?)\.\.(.*)$/.exec(typed);
        if (range && isLimit(limit(range[1])) && isLimit(limit(range[2]))) {
          const [least, most] = [limit(range[1]), limit(range[2])];
          return (row) => fits(values[row]) && values[row] >= least && (values[row] <= most || (!isNumber && values[row].startsWith(most)));
        }
        const sign = /^([<>]=?|=)(.+)$/.exec(typed);
        if (sign && isLimit(limit(sign[2]))) {
          const bound = limit(sign[2]);
          return (row) => {
            const value = values[row];
            if (!fits(value)) return false;
            if (sign[1] === "=") return value == bound; // eslint-disable-line eqeqeq -- 5n is 5
            if (sign[1] === ">=") return value >= bound;
            if (sign[1] === "<=") return value <= bound;
            return sign[1] === ">" ? value > bound : value < bound;
          };
        }
      }
      const wanted = typed.toLowerCase();
      const bare = isNumber ? wanted.replaceAll(",", "") : wanted;
      return (row) => this.columns[column].values[row] !== null && exactText(this.columns[column].values[row]).toLowerCase().includes(bare);
    }
  }

  window.artifolio.Rows = Rows;
})();
