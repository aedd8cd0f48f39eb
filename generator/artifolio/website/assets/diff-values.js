// Reads and writes the values of records as Python does: nothing is rounded, 1 and 1.0 are two.
//
// An integer is a BigInt, a number with a fraction a Number, a mapping a Map (in the order of the
// file, whatever its names are), a list an Array.
(() => {
  "use strict";

  const NUMBER = /-?\d+(\.\d+)?([eE][-+]?\d+)?/y;
  const BLANK = /[ \n\r\t]*/y;
  const WORDS = [["null", null], ["true", true], ["false", false]];
  // Where repr() begins to write exponents.
  const LEAST_FIXED = -4;
  const MOST_FIXED = 16;

  // Reads JSON; JSON.parse would round integers and lose the point of 1.0.
  function readJson(text) {
    let at = 0;

    function fail() {
      throw new SyntaxError(`no JSON at ${at}`);
    }

    // Moves to what is next, and returns it.
    function next() {
      const code = text.charCodeAt(at);
      if (code > 32) return text[at];
      BLANK.lastIndex = at;
      BLANK.test(text);
      at = BLANK.lastIndex;
      return text[at];
    }

    function readString() {
      let end = at;
      let isEscaped = false;
      do {
        end = text.indexOf('"', end + 1);
        if (end < 0) fail();
        let slashes = 0;
        while (text[end - 1 - slashes] === "\\") slashes += 1;
        isEscaped = slashes % 2 === 1;
      } while (isEscaped);
      const raw = text.slice(at + 1, end);
      const found = raw.includes("\\") ? JSON.parse(text.slice(at, end + 1)) : raw;
      at = end + 1;
      return found;
    }

    function readNumber() {
      NUMBER.lastIndex = at;
      const match = NUMBER.exec(text);
      if (!match) fail();
      at = NUMBER.lastIndex;
      return match[1] || match[2] ? Number(match[0]) : BigInt(match[0]);
    }

    function readAll(closing, readOne) {
      at += 1;
      if (next() !== closing) {
        do {
          next();
          readOne();
        } while (next() === "," && (at += 1));
      }
      if (text[at] !== closing) fail();
      at += 1;
    }

    function readValue() {
      const first = next();
      if (first === '"') return readString();
      if (first === "{") {
        const mapping = new Map();
        readAll("}", () => {
          if (text[at] !== '"') fail();
          const name = readString();
          if (next() !== ":") fail();
          at += 1;
          mapping.set(name, readValue());
        });
        return mapping;
      }
      if (first === "[") {
        const list = [];
        readAll("]", () => list.push(readValue()));
        return list;
      }
      for (const [word, value] of WORDS) {
        if (text.startsWith(word, at)) {
          at += word.length;
          return value;
        }
      }
      return readNumber();
    }

    const value = readValue();
    if (next() !== undefined) fail();
    return value;
  }

  // Writes a value as json.dumps(ensure_ascii=False) does; objects count as mappings.
  function writeJson(value) {
    if (typeof value === "bigint") return String(value);
    if (typeof value === "number") return repr(value);
    if (Array.isArray(value)) return `[${value.map(writeJson).join(", ")}]`;
    if (value !== null && typeof value === "object") {
      const pairs = value instanceof Map ? [...value] : Object.entries(value);
      return `{${pairs.map(([name, item]) => `${JSON.stringify(name)}: ${writeJson(item)}`).join(", ")}}`;
    }
    return JSON.stringify(value);
  }

  // Writes a number that is no integer in Python, as repr() does: 1.0, 1e-07.
  function repr(number) {
    if (number === 0) return Object.is(number, -0) ? "-0.0" : "0.0";
    const [digits, power] = number.toExponential().split("e");
    const exponent = Number(power);
    if (exponent < LEAST_FIXED || exponent >= MOST_FIXED) {
      return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
    }
    // JavaScript's own exponents begin farther out.
    return Number.isInteger(number) ? `${number}.0` : String(number);
  }

  // What str.isspace() says yes to, for character classes.
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
  const ASTRAL = /[\ud800-\udbff]/;
  const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/g;

  const strip = (text) => text.replace(ENDS, "");

  // How many characters a text has: not halves of them, as JavaScript counts.
  const lengthOf = (text) => (ASTRAL.test(text) ? text.length - text.match(PAIRS).length : text.length);

  // A part of a text, by characters.
  const cut = (text, start, end) => (ASTRAL.test(text) ? [...text].slice(start, end).join("") : text.slice(start, end));

  Object.assign(window.artifolio, { readJson, writeJson, repr, SPACE, strip, lengthOf, cut });
})();
