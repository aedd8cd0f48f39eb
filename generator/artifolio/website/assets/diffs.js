// What changed from one version to another: diffs.py in the browser, from the versions' JSON files.
(() => {
  "use strict";

  const { briefly, cut, diffTable, diffText, difference, grouped, isSame, lengthOf, signed, SPACE, uniqueNames } = artifolio;
  const UNCHANGED = "unchanged";
  const WORDS = new Map([
    ["url", "address"],
    ["alt", "alternative text"],
    ["media_type", "media type"],
    ["sha256", "content"],
  ]);
  const BLANKS = new RegExp(`[${SPACE}]+`);
  const LONGEST_NAME = 40;
  const TOTALS = 2;

  // The body of a version, from its JSON as readJson gives it.
  function bodyOf(version) {
    const type = version.get("type");
    const data = version.get("data");
    if (version.has("retired")) return { type, isGone: true };
    if (type === "markdown") return { type, text: data, images: imagesOf(version) };
    if (type !== "table") return { type, fields: data };
    const columns = version.get("columns").map((column) => ({ name: column.get("name"), type: column.get("type") }));
    const names = uniqueNames(columns.map((column) => column.name));
    const rows = data.map((row) => names.map((name) => row.get(name)));
    return { type, columns, rows, rowKey: version.get("row_key") || [] };
  }

  // What is in the images of a text, by their paths: a Map, as a path may have any name.
  function imagesOf(version) {
    return new Map((version.get("images") || []).map((image) => [image.get("path"), image.get("sha256")]));
  }

  function diffBodies(old, now) {
    if (old.type !== now.type) {
      return { kind: "fields", fields: [{ name: "type", old: old.type, new: now.type, delta: null }] };
    }
    if (old.isGone || now.isGone) {
      return { kind: "gone", gone: [["old", old], ["new", now]].filter(([, body]) => body.isGone).map(([side]) => side) };
    }
    if (now.type === "markdown") return { ...diffText(old.text, now.text), images: imageChanges(old.images, now.images) };
    if (now.type === "table") return diffTable(old, now);
    const names = new Set([...now.fields.keys(), ...old.fields.keys()]);
    // The name of the attachment is that of the record, which differs each time.
    names.delete("attachment");
    const valueOf = (body, name) => body.fields.get(name) ?? null;
    const changes = [...names].map((name) => ({ name, old: valueOf(old, name), new: valueOf(now, name) }));
    const changed = changes.filter((change) => !isSame(change.old, change.new));
    return { kind: "fields", fields: changed.map((change) => ({ ...change, delta: difference(change.old, change.new) })) };
  }

  function imageChanges(before, after) {
    const changed = [...new Set([...after.keys(), ...before.keys()])].filter((path) => before.get(path) !== after.get(path));
    const kindOf = (path) => (!before.has(path) ? "added" : !after.has(path) ? "removed" : "changed");
    return changed.map((path) => ({ kind: kindOf(path), path }));
  }

  // What changed in one line, as "3 rows changed, 1 added; AcresBurned +12,040".
  function sentence(diff, names = ["the version before", "this version"]) {
    let parts = [];
    if (diff.kind === "gone") {
      const gone = names.filter((_, place) => diff.gone.includes(place ? "new" : "old"));
      return gone.length > 1 ? `the bodies of ${gone.join(" and ")} are gone` : `the body of ${gone[0]} is gone`;
    }
    if (diff.kind === "text") {
      parts = [counted("line", [["added", diff.added], ["removed", diff.removed]]), imageWords(diff.images)];
    } else if (diff.kind === "fields") parts = [diff.fields.map(fieldWords).join(", ")];
    else {
      parts = [
        counted("row", kindsOf(diff.rows)),
        columnWords(diff),
        diff.totals.slice(0, TOTALS).map((total) => `${brief(total.column)} ${briefly(total.delta)}`).join(", "),
      ];
    }
    return parts.filter(Boolean).join("; ") || UNCHANGED;
  }

  // Words for counts, the noun only once: "3 rows changed, 1 added".
  function counted(word, counts) {
    const present = counts.filter(([, number]) => number);
    const noun = (number) => (number === 1 ? `${word} ` : `${word}s `);
    return present.map(([kind, number], place) => `${grouped(number)} ${place ? "" : noun(number)}${kind}`).join(", ");
  }

  // How many of some changes are of each kind.
  function kindsOf(changes) {
    return ["changed", "added", "removed"].map((kind) => [kind, changes.filter((change) => change.kind === kind).length]);
  }

  function imageWords(images) {
    const name = images.length === 1 ? `: ${brief(images[0].path)}` : "";
    return counted("image", kindsOf(images)) + name;
  }

  function columnWords(diff) {
    const kindOf = (change) => (change.old === null ? "added" : change.new === null ? "removed" : "retyped");
    const count = (kind) => [kind, diff.columns.filter((change) => kindOf(change) === kind).length];
    return counted("column", ["added", "removed", "retyped"].map(count));
  }

  function brief(name) {
    const words = name.split(BLANKS).filter(Boolean).join(" ");
    return lengthOf(words) <= LONGEST_NAME ? words : `${cut(words, 0, LONGEST_NAME - 1)}…`;
  }

  function fieldWords(change) {
    if (change.delta !== null) {
      const unit = change.name === "percent" ? "point" : "byte";
      const isOne = ["1", "-1"].includes(String(change.delta));
      return `${signed(change.delta)} ${isOne ? unit : `${unit}s`}`;
    }
    if (change.name === "type") return `${change.old} became ${change.new}`;
    const kind = change.old === null ? "added" : change.new === null ? "removed" : "changed";
    return `${WORDS.get(change.name) || change.name} ${kind}`;
  }

  const changeAsJson = (word) => (change) => ({
    [word]: change[word], old: change.old, new: change.new, delta: change.delta,
  });

  // A difference as programs read it; line numbers and counts are integers, so BigInts here.
  function asJson(diff) {
    const whole = (number) => (number === null ? null : BigInt(number));
    const lineAsJson = ({ fold, sign, old, new: now, spans }) => (
      fold ? { fold: whole(fold), old: whole(old), new: whole(now) } : { sign, old: whole(old), new: whole(now), spans }
    );
    if (diff.kind === "gone") return { gone: diff.gone };
    if (diff.kind === "fields") return { fields: diff.fields.map(changeAsJson("name")) };
    if (diff.kind === "text") {
      const images = diff.images.length ? { images: diff.images } : {};
      return { added: whole(diff.added), removed: whole(diff.removed), lines: diff.lines.map(lineAsJson), ...images };
    }
    return {
      row_key: diff.rowKey,
      columns: diff.columns,
      rows: diff.rows.map(({ kind, name, old, new: now, cells }) => (
        { kind, name, old: whole(old), new: whole(now), cells: cells.map(changeAsJson("column")) }
      )),
      totals: diff.totals,
      unchanged: whole(diff.unchanged),
    };
  }

  Object.assign(artifolio, { UNCHANGED, bodyOf, diffBodies, sentence, asJson });
})();
