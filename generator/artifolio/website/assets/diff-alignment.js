// Which elements of two lists belong together: alignment.py in the browser, with its limits.
(() => {
  "use strict";

  const MOST_EDITS = 300;
  const DEEPEST = 12;

  // Gives equal elements equal numbers, which are quicker to compare.
  function numbered(old, now) {
    const numbers = new Map();
    const numberOf = (element) => {
      if (!numbers.has(element)) numbers.set(element, numbers.size);
      return numbers.get(element);
    };
    return [Int32Array.from(old, numberOf), Int32Array.from(now, numberOf)];
  }

  // Pairs equal elements, as [index in the old, index in the new], in order.
  function align(oldElements, newElements, mostEdits = MOST_EDITS) {
    const [old, now] = numbered(oldElements, newElements);
    const pairs = [];
    const ranges = [[0, old.length, 0, now.length, DEEPEST]];
    while (ranges.length) {
      let [start, end, newStart, newEnd, depth] = ranges.pop();
      while (start < end && newStart < newEnd && old[start] === now[newStart]) pairs.push([start++, newStart++]);
      while (start < end && newStart < newEnd && old[end - 1] === now[newEnd - 1]) pairs.push([--end, --newEnd]);
      if (start === end || newStart === newEnd) continue;
      const found = depth ? landmarks(old, now, start, end, newStart, newEnd) : [];
      if (!found.length) {
        for (const [i, j] of fewestEdits(old.subarray(start, end), now.subarray(newStart, newEnd), mostEdits)) {
          pairs.push([start + i, newStart + j]);
        }
        continue;
      }
      for (const pair of found) pairs.push(pair);
      for (const [i, j] of [...found, [end, newEnd]]) {
        ranges.push([start, i, newStart, j, depth - 1]);
        [start, newStart] = [i + 1, j + 1];
      }
    }
    return pairs.sort((one, other) => one[0] - other[0]);
  }

  function counted(elements) {
    const counts = new Map();
    for (const element of elements) counts.set(element, (counts.get(element) || 0) + 1);
    return counts;
  }

  // The longest chain of elements that each side has once.
  function landmarks(old, now, start, end, newStart, newEnd) {
    const counts = counted(old.subarray(start, end));
    const newCounts = counted(now.subarray(newStart, newEnd));
    const places = new Map();
    for (let j = newStart; j < newEnd; j += 1) if (newCounts.get(now[j]) === 1) places.set(now[j], j);
    const common = [];
    for (let i = start; i < end; i += 1) {
      if (counts.get(old[i]) === 1 && places.has(old[i])) common.push([i, places.get(old[i])]);
    }
    // Of each length, the chain that ends earliest; each element knows the one before it.
    const ends = [];
    const last = [];
    const before = [];
    common.forEach(([, j], number) => {
      const length = firstNotBelow(ends, j);
      before.push(length ? last[length - 1] : -1);
      ends[length] = j;
      last[length] = number;
    });
    const chain = [];
    for (let number = last.length ? last.at(-1) : -1; number >= 0; number = before[number]) chain.push(common[number]);
    return chain.reverse();
  }

  function firstNotBelow(sorted, wanted) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // The pairs of a shortest edit script; none if it has more edits than wanted (E. W. Myers, 1986).
  function fewestEdits(old, now, mostEdits) {
    const limit = Math.min(old.length + now.length, mostEdits);
    // By diagonal, which is old index minus new index, from -limit - 1 on: how far one can come.
    const zero = limit + 1;
    const furthest = new Int32Array(2 * limit + 3);
    const trace = [];
    for (let edits = 0; edits <= limit; edits += 1) {
      // Only these are read again, from the one below -edits to the one above edits.
      trace.push(furthest.slice(zero - edits - 1, zero + edits + 2));
      for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
        const isInsertion = isInserted(furthest, zero, diagonal, edits);
        let i = furthest[zero + (isInsertion ? diagonal + 1 : diagonal - 1)] + (isInsertion ? 0 : 1);
        while (i < old.length && i - diagonal < now.length && old[i] === now[i - diagonal]) i += 1;
        furthest[zero + diagonal] = i;
        if (i >= old.length && i - diagonal >= now.length) return walkBack(trace, diagonal, i);
      }
    }
    return [];
  }

  // Whether a diagonal is best reached by an element of the new; else by one of the old.
  function isInserted(furthest, zero, diagonal, edits) {
    if (diagonal === -edits) return true;
    return diagonal !== edits && furthest[zero + diagonal - 1] < furthest[zero + diagonal + 1];
  }

  function walkBack(trace, end, length) {
    const pairs = [];
    let diagonal = end;
    let i = length;
    for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
      const furthest = trace[edits];
      const zero = edits + 1;
      const isInsertion = isInserted(furthest, zero, diagonal, edits);
      const previous = isInsertion ? diagonal + 1 : diagonal - 1;
      const start = furthest[zero + previous];
      for (let k = i - 1; k >= start + (isInsertion ? 0 : 1); k -= 1) pairs.push([k, k - diagonal]);
      [diagonal, i] = [previous, start];
    }
    return pairs.reverse();
  }

  Object.assign(window.artifolio, { align });
})();
