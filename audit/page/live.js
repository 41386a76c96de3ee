const $ = (id) => document.getElementById(id);

function element(name, text, cls) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (cls) e.className = cls;
  return e;
}

async function get(path) {
  const answer = await fetch(path), o = await answer.json();
  if (!answer.ok) throw new Error(o.error.message);
  return o;
}

// ---- dropped records: what the rule hit is marked ----

const bytes = new TextEncoder(), characters = new TextDecoder();

// Pieces of text, marked or not, by byte ranges.
function byRanges(text, ranges) {
  const b = bytes.encode(text), parts = [];
  let at = 0;
  for (const [from, to] of ranges.filter(([f, t]) => f < t && t <= b.length).sort((x, y) => x[0] - y[0])) {
    if (from < at) continue;
    parts.push([characters.decode(b.slice(at, from)), 0], [characters.decode(b.slice(from, to)), 1]);
    at = to;
  }
  parts.push([characters.decode(b.slice(at)), 0]);
  return parts;
}

function byWord(text, word) {
  return text.split(word).flatMap((p, i) => (i ? [[word, 1], [p, 0]] : [[p, 0]]));
}

function hits(drop, text) {
  if (Array.isArray(drop.terms)) return byRanges(text, drop.terms.map((t) => [t.at, t.end]));
  if (Array.isArray(drop.removed)) return byRanges(text, drop.removed);
  if (typeof drop.ngram === "string" && drop.ngram) return byWord(text, drop.ngram);
  return [[text, 0]];
}

function showText(parts, name) {
  const p = element("div", undefined, "text");
  for (const [text, on] of parts) p.append(on ? element(name, text) : text);
  return p;
}

// ---- twins: the longest common subsequence of words, or of characters where there are no words ----

const cut = (text) => text.match(/[A-Za-z0-9]+|\s+|[^]/gu) || [];

function differ(a, b) {
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const x = a.slice(head, a.length - tail), y = b.slice(head, b.length - tail);
  const same = [new Uint8Array(x.length), new Uint8Array(y.length)];
  if (x.length * y.length <= 16e6) {
    const w = y.length + 1, best = new Uint16Array((x.length + 1) * w);
    for (let i = x.length - 1; i >= 0; i--)
      for (let j = y.length - 1; j >= 0; j--)
        best[i * w + j] = x[i] === y[j] ? best[(i + 1) * w + j + 1] + 1 : Math.max(best[(i + 1) * w + j], best[i * w + j + 1]);
    for (let i = 0, j = 0; i < x.length && j < y.length;) {
      if (x[i] === y[j]) same[0][i++] = same[1][j++] = 1;
      else if (best[(i + 1) * w + j] >= best[i * w + j + 1]) i++;
      else j++;
    }
  }
  return [x, y].map((part, k) => {
    const whole = k ? b : a, parts = [[whole.slice(0, head).join(""), 0]];
    part.forEach((s, i) => parts.push([s, same[k][i] ? 0 : 1]));
    parts.push([whole.slice(whole.length - tail).join(""), 0]);
    return parts;
  });
}

function showPair(drop, kept) {
  const pair = element("div", undefined, "pair");
  const [a, b] = differ(cut(drop.record.text || ""), cut(kept.text || ""));
  for (const [title, parts, name] of [["dropped: " + drop.record.id, a, "del"], ["kept: " + kept.id, b, "ins"]]) {
    const side = element("div");
    side.append(element("h3", title), showText(parts, name));
    pair.append(side);
  }
  return pair;
}

function showSample(s) {
  const drop = s.drop, card = element("article"), facts = {...drop};
  for (const name of ["stage", "reason", "record", "raw", "raw_base64", "terms"]) delete facts[name];
  if (drop.terms) facts.terms = drop.terms.map((t) => t.term);
  card.append(element("p", Object.entries(facts).map(([k, v]) => `${k} ${typeof v === "string" ? v : JSON.stringify(v)}`).join(" · "), "facts"));
  if (drop.record && s.kept) card.append(showPair(drop, s.kept));
  else if (drop.record) card.append(element("h3", drop.record.id || ""), showText(hits(drop, drop.record.text || ""), "mark"));
  else card.append(showText([[drop.raw || drop.raw_base64 || "", 0]]));
  return card;
}

let wanted; // the group pressed last: an answer about another one comes too late

async function showGroup(number, button) {
  for (const b of $("groups").children) b.setAttribute("aria-pressed", b === button);
  wanted = number;
  const shown = await get("samples?group=" + number).then((o) => o.samples.map(showSample), (e) => [element("p", e.message, "bad")]);
  if (wanted === number) $("samples").replaceChildren(...shown);
}

// ---- datasets ----

let sets = [];

function showToken(token, number, first) {
  const [id, text, hex] = token;
  const b = element("button", text === undefined ? id + " " : text === null ? hex : text || "·", text ? "" : "bytes");
  b.type = "button";
  b.title = `token ${first + number}, id ${id}`;
  b.addEventListener("click", () => trace(first + number));
  return b;
}

function showPiece(p) {
  const card = element("article");
  card.append(element("h3", `${p.id} of ${p.source || "no source"}`),
    element("p", `its tokens ${p.at} to ${p.at + p.tokens - 1}, from place ${p.begin} of the sequence; origin ${JSON.stringify(p.origin || null)}`, "facts"));
  if (p.raw !== undefined) card.append(element("div", p.raw, "text"));
  if (p.raw_error) card.append(element("p", "raw: " + p.raw_error, "facts"));
  return card;
}

function showSequence(o) {
  const tokens = element("div", undefined, "tokens");
  o.tokens.forEach((t, i) => tokens.append(showToken(t, i, o.first)));
  const more = o.length > o.tokens.length ? `, of which the first ${o.tokens.length} are shown` : "";
  const shown = [element("p", `sequence ${o.sequence}: ${o.length} tokens from token ${o.first} on${more}`, "facts"), tokens];
  $("sequence").value = o.sequence;
  if (o.token !== undefined) {
    const at = tokens.children[o.token];
    if (at) at.setAttribute("aria-pressed", true);
    if (!o.pieces.length) shown.push(element("p", "the token is of no document: padding, an end-of-document id, or there is no NAME.prov", "facts"));
  } else if (o.n_pieces > o.pieces.length) {
    shown.push(element("p", `it holds pieces of ${o.n_pieces} documents, of which the first ${o.pieces.length} are shown: press a token for its own`, "facts"));
  }
  $("shown").replaceChildren(...shown, ...o.pieces.map(showPiece));
}

async function ask(query) {
  $("data-alert").hidden = true;
  try {
    showSequence(await get(`sequence?dataset=${$("dataset").selectedIndex}&${query}`));
  } catch (e) {
    $("data-alert").textContent = e.message;
    $("data-alert").hidden = false;
  }
}

function trace(token) {
  $("token").value = token;
  return ask("token=" + token);
}

function step(by) {
  const last = sets[$("dataset").selectedIndex].sequences - 1;
  return ask("sequence=" + Math.max(0, Math.min(last, Number($("sequence").value) + by)));
}

async function start() {
  const o = await get("groups");
  sets = o.datasets;
  o.groups.forEach((g, i) => {
    const b = element("button", `${g.stage}: ${g.reason} (${g.records})`);
    b.addEventListener("click", () => showGroup(i, b));
    $("groups").append(b);
  });
  for (const s of sets) $("dataset").append(element("option", `${s.name}: ${s.sequences} sequences, ${s.tokens} tokens`));
  $("drops").hidden = !o.groups.length;
  $("data").hidden = !sets.length;
  if (sets.length) await step(0);
  if (o.groups.length) await showGroup(0, $("groups").firstChild);
}

$("sequence-form").addEventListener("submit", (e) => { e.preventDefault(); step(0); });
$("trace-form").addEventListener("submit", (e) => { e.preventDefault(); trace($("token").value); });
$("before").addEventListener("click", () => step(-1));
$("behind").addEventListener("click", () => step(1));
$("dataset").addEventListener("change", () => { $("sequence").value = 0; step(0); });
start();
