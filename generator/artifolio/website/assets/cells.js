// Shows values as the cells of a table, just as the page's own HTML has them (website/cells.py).
(() => {
  "use strict";

  const SHOWN_CHARACTERS = 1000;
  const FRACTION_DIGITS = 6;
  const PADDED_LENGTH = 15;
  const NUMERIC = ["integer", "number", "decimal"];
  const WHOLE = ["boolean", "date", "datetime", "duration", "time", "uuid"];
  const SEEN = "[!#-;=?-\\[\\]^_a-z{|}~\\u00a1-\\u167f\\u1681-\\u1fff\\u2070-\\u2fff\\u3001-\\ud7ff\\ue000-\\ufefe\\uff00-\\uffef\\u{10000}-\\u{10ffff}]";
  const HOST = "[A-Za-z0-9](?:[A-Za-z0-9.\\-]*[A-Za-z0-9])?";
  const WEB = `(?<![A-Za-z0-9])(?:https?|HTTPS?)://${HOST}(?::[0-9]{1,5})?(?![A-Za-z0-9@:\\\\\\-]|\\.[A-Za-z0-9])(?:[/?#]${SEEN}*)?`;
  const ADDRESSES = new RegExp(WEB, "gu");
  const ADDRESS = new RegExp(`^(?:(?:${WEB})|mailto:[A-Za-z0-9._%+\\-]+@${HOST}(?:\\?${SEEN}*)?)$`, "u");
  const CLOSING = /[.,;:!?'*_)\]}]+$/;
  const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;

  // How a column is shown, told by its heading.
  function lookOf(heading) {
    const type = heading.title;
    const isNumeric = NUMERIC.includes(type);
    const { classList } = heading.closest("table");
    const mark = ["number", "word"].find(([letter]) => classList.contains(`af-${letter}${heading.cellIndex + 1}`)) || "";
    return { type, isNumeric, mark, isGrouped: "grouped" in heading.dataset, digits: Number(heading.dataset.digits || 0) };
  }

  function plain(number, fractionDigits) {
    const [figures, exponent] = Math.abs(number).toExponential().split("e");
    let digits = figures.replace(".", "");
    let power = Number(exponent) + 1;
    const isLong = number !== 0 && (power < -3 || power > 16);
    if (fractionDigits !== undefined) {
      const kept = fractionDigits + (isLong ? 1 : Math.max(power, 0));
      if (kept < digits.length) {
        const rounded = String(BigInt(digits.slice(0, kept)) + (digits[kept] >= "5" ? 1n : 0n));
        power += rounded.length - kept;
        digits = rounded;
      }
    }
    digits = digits.replace(/0+$/, "");
    if (!digits) return "0";
    const minus = number < 0 ? "-" : "";
    if (isLong) {
      const raised = power - 1;
      const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
      return `${minus}${digits[0]}${fraction}e${raised < 0 ? "-" : "+"}${String(Math.abs(raised)).padStart(2, "0")}`;
    }
    if (power <= 0) return `${minus}0.${"0".repeat(-power)}${digits}`;
    const whole = digits.slice(0, power).padEnd(power, "0");
    return minus + whole + (digits.length > power ? `.${digits.slice(power)}` : "");
  }

  // Python itself refuses to write out very long ones.
  function whole(number) {
    const size = number < 0n ? -number : number;
    return size < 2n ** 999n ? String(number) : `${number < 0n ? "-" : ""}0x${size.toString(16)}`;
  }

  function json(value) {
    if (Array.isArray(value)) return `[${value.map(json).join(", ")}]`;
    if (value && typeof value === "object") {
      return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${json(item)}`).join(", ")}}`;
    }
    if (typeof value === "bigint") return String(value);
    return typeof value === "number" ? plain(value) : JSON.stringify(value);
  }

  // What is searched for and compared: the value as it is, in one line.
  function exactText(value) {
    if (value === null) return "";
    if (typeof value === "string") return value;
    if (typeof value === "bigint") return whole(value);
    return typeof value === "number" ? plain(value) : json(value);
  }

  function fillNumber(cell, text, exact, look) {
    const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(text);
    let shown = text;
    if (match) {
      let fraction = match[3] || "";
      if (look.digits && fraction.length <= look.digits && match[2].length <= PADDED_LENGTH) fraction = (fraction || ".").padEnd(look.digits + 1, "0");
      shown = match[1] + (look.isGrouped ? match[2].replace(/\B(?=(?:\d{3})+$)/g, ",") : match[2]) + fraction;
    }
    setKind(cell, "number", look);
    if (text !== exact) cell.title = exact;
    fillText(cell, shown);
  }

  // What the table says of all cells of a column, none of them says again.
  function setKind(cell, kind, look) {
    if (kind !== look.mark) cell.className = `af-${kind}`;
  }

  function fillText(cell, text, isLinked) {
    // As Python counts: a character beyond the first plane is one.
    const characters = text.length > SHOWN_CHARACTERS ? Array.from(text) : [];
    const isCut = characters.length > SHOWN_CHARACTERS;
    const cut = isCut ? characters.slice(0, SHOWN_CHARACTERS).join("") : text;
    if (isLinked && !isCut && ADDRESS.test(text)) {
      cell.className = "af-address";
      addLink(cell, text);
    } else {
      let done = 0;
      for (const match of isLinked && cut.includes("://") ? cut.matchAll(ADDRESSES) : []) {
        const address = match[0].replace(CLOSING, "");
        if (match.index > done) cell.append(visible(cut.slice(done, match.index)));
        addLink(cell, address);
        done = match.index + address.length;
      }
      if (done < cut.length) cell.append(visible(cut.slice(done)));
    }
    if (isCut) cell.append("…");
  }

  function visible(text) {
    return text.replace(CONTROLS, "\ufffd");
  }

  function addLink(cell, address) {
    const link = document.createElement("a");
    link.setAttribute("href", address);
    link.setAttribute("rel", "noopener noreferrer nofollow");
    link.textContent = address;
    cell.append(link);
  }

  function fill(cell, value, look) {
    cell.replaceChildren();
    if (value === null || value === undefined) {
      if (look.isNumeric) setKind(cell, "number", look);
      const mark = document.createElement("i");
      mark.textContent = "–";
      cell.append(mark);
    } else if (typeof value === "bigint") {
      fillNumber(cell, whole(value), whole(value), look);
    } else if (typeof value === "number") {
      fillNumber(cell, plain(value, FRACTION_DIGITS), plain(value), look);
    } else if (typeof value === "string" && look.type === "decimal") {
      fillNumber(cell, value, value, look);
    } else {
      const text = typeof value === "string" ? value : json(value);
      const isShort = text.length <= 40 || (text.length <= 80 && Array.from(text).length <= 40);
      if (isShort && (WHOLE.includes(look.type) || (text.includes("-") && !text.includes(" ")))) setKind(cell, "word", look);
      // The rows of the page, by which the table was told so, had words only.
      else if (look.mark === "word") setKind(cell, "phrase", look);
      fillText(cell, text, true);
    }
  }

  // The value that a cell of the page's own HTML shows.
  function valueOf(cell, look) {
    if (cell.querySelector("i")) return null;
    const text = cell.textContent;
    if (look.mark !== "number" && !cell.classList.contains("af-number")) return text;
    const exact = cell.title || text.replaceAll(",", "");
    if (/^-?\d{16,}$/.test(exact)) return BigInt(exact);
    return !exact || Number.isNaN(Number(exact)) ? text : Number(exact);
  }

  window.artifolio.cells = { exactText, fill, lookOf, valueOf };
})();
