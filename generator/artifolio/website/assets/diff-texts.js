// What changed between two texts, line by line and word by word: textdiffs.py in the browser.
(() => {
  "use strict";

  const { SPACE, align, lengthOf, strip } = artifolio;
  const CONTEXT = 3;
  const SHORTEST_FOLD = 4;
  const TOKEN = new RegExp(`[A-Za-z0-9_\\u00aa-\\u1fff]+|[${SPACE}]+|[^\\n]`, "gu");
  const LEAST_ALIKE = 0.4;
  const LONGEST_LINE = 2000;
  const MOST_WORDS = 60;

  // A line is {sign, old, new, spans: [[text, is changed]]}, equal ones left out are {fold, old, new}.
  function diffText(old, now) {
    const before = old.split("\n");
    const after = now.split("\n");
    const lines = [];
    let equal = [];
    let [i, j] = [0, 0];
    for (const pair of [...align(before, after), [before.length, after.length]]) {
      if (pair[0] !== i || pair[1] !== j) {
        append(lines, context(equal, before, !lines.length, false));
        append(lines, replaced(before, after, [i, pair[0]], [j, pair[1]]));
        equal = [];
      }
      equal.push(pair);
      [i, j] = [pair[0] + 1, pair[1] + 1];
    }
    append(lines, context(equal.slice(0, -1), before, !lines.length, true));
    const count = (sign) => lines.filter((line) => line.sign === sign).length;
    return { kind: "text", lines, added: count("+"), removed: count("-") };
  }

  function append(all, some) {
    for (const one of some) all.push(one);
  }

  // Equal lines, folded but for those beside what changed.
  function context(equal, lines, isFirst, isLast) {
    let head = isFirst ? 0 : CONTEXT;
    let tail = equal.length - (isLast ? 0 : CONTEXT);
    if (tail - head < SHORTEST_FOLD) head = tail = equal.length;
    const whole = ([i, j]) => ({ sign: " ", old: i + 1, new: j + 1, spans: [[lines[i], false]] });
    const shown = equal.slice(0, head).map(whole);
    if (head < tail) shown.push({ fold: tail - head, old: equal[head][0] + 1, new: equal[head][1] + 1 });
    append(shown, equal.slice(tail).map(whole));
    return shown;
  }

  // Lines that stand for each other, with the words marked that differ.
  function replaced(before, after, [i, end], [j, newEnd]) {
    const marked = [];
    for (let k = 0; k < Math.min(end - i, newEnd - j); k += 1) marked.push(words(before[i + k], after[j + k]));
    const lines = [];
    for (let k = i; k < end; k += 1) {
      lines.push({ sign: "-", old: k + 1, new: null, spans: marked[k - i]?.[0] || [[before[k], false]] });
    }
    for (let k = j; k < newEnd; k += 1) {
      lines.push({ sign: "+", old: null, new: k + 1, spans: marked[k - j]?.[1] || [[after[k], false]] });
    }
    return lines;
  }

  // The spans of both lines, with the words marked that differ; none if little is alike.
  function words(old, now) {
    const whole = [[[old, false]], [[now, false]]];
    if (Math.max(lengthOf(old), lengthOf(now)) > LONGEST_LINE) return whole;
    const before = old.match(TOKEN) || [];
    const after = now.match(TOKEN) || [];
    const pairs = align(before, after, MOST_WORDS);
    const alike = pairs.reduce((sum, [i]) => sum + lengthOf(strip(before[i])), 0);
    if (alike < LEAST_ALIKE * Math.max(lengthOf(strip(old)), lengthOf(strip(now)))) return whole;
    return [spans(before, new Set(pairs.map(([i]) => i))), spans(after, new Set(pairs.map(([, j]) => j)))];
  }

  function spans(tokens, kept) {
    const found = [];
    tokens.forEach((token, number) => {
      const isChanged = !kept.has(number);
      if (found.length && found.at(-1)[1] === isChanged) found.at(-1)[0] += token;
      else found.push([token, isChanged]);
    });
    return found.length ? found : [["", false]];
  }

  Object.assign(artifolio, { diffText });
})();
