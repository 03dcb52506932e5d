// What differs between two texts, word by word (Myers, 1986); pure.

const PIECES = /\s+|[\p{L}\p{N}\p{M}_’'-]+|[^\s\p{L}\p{N}\p{M}_]/gu;
const MOST_EDITS = 1500;

/** Stretches of [kind, text], kind one of same, gone, new, that turn one text into another. */
export function difference(before, after) {
  const [old, now] = [before.match(PIECES) ?? [], after.match(PIECES) ?? []];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const middle = edits(old.slice(start, old.length - end), now.slice(start, now.length - end));
  return merged([
    ["same", old.slice(0, start).join("")],
    ...middle,
    ["same", end ? old.slice(-end).join("") : ""],
  ]);
}

function edits(old, now) {
  const trace = shortest(old, now);
  if (!trace) return [["gone", old.join("")], ["new", now.join("")]];
  const found = [];
  let [x, y] = [old.length, now.length];
  for (let step = trace.length - 1; step >= 0; step -= 1) {
    const far = trace[step];
    const k = x - y;
    const down = k === -step || (k !== step && (far.get(k - 1) ?? -1) < (far.get(k + 1) ?? -1));
    const from = down ? far.get(k + 1) : far.get(k - 1);
    const [px, py] = [from ?? 0, (from ?? 0) - (down ? k + 1 : k - 1)];
    while (x > px && y > py && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      found.push(["same", old[x]]);
    }
    if (step === 0) break;
    if (down) found.push(["new", now[--y]]);
    else found.push(["gone", old[--x]]);
  }
  return found.reverse();
}

/** How far each diagonal got before each edit; null where the texts have too little in common. */
function shortest(old, now) {
  let far = new Map([[1, 0]]);
  const trace = [];
  for (let step = 0; step <= Math.min(old.length + now.length, MOST_EDITS); step += 1) {
    trace.push(new Map(far));
    for (let k = -step; k <= step; k += 2) {
      const down = k === -step || (k !== step && (far.get(k - 1) ?? -1) < (far.get(k + 1) ?? -1));
      let x = down ? far.get(k + 1) : far.get(k - 1) + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x += 1;
      far.set(k, x);
      if (x >= old.length && x - k >= now.length) return trace;
    }
    far = new Map(far);
  }
  return null;
}

/** Neighbours of one kind as one; white space alone between two changes is a part of both. */
function merged(pieces) {
  const found = [];
  let [gone, fresh, space] = ["", "", ""];
  const flush = () => {
    if (gone) found.push(["gone", gone]);
    if (fresh) found.push(["new", fresh]);
    [gone, fresh] = ["", ""];
  };
  for (const [kind, text] of joinedPieces(pieces)) {
    if (kind === "same" && (gone || fresh) && !text.trim()) {
      space += text;
      continue;
    }
    if (kind === "same") {
      flush();
      found.push(["same", space + text]);
    } else {
      gone += space + (kind === "gone" ? text : "");
      fresh += space + (kind === "new" ? text : "");
    }
    space = "";
  }
  flush();
  if (space) found.push(["same", space]);
  return joinedPieces(found);
}

function joinedPieces(pieces) {
  const found = [];
  for (const [kind, text] of pieces) {
    if (!text) continue;
    if (found.at(-1)?.[0] === kind) found[found.length - 1] = [kind, found.at(-1)[1] + text];
    else found.push([kind, text]);
  }
  return found;
}
