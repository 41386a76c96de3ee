// ---- information extraction: prompts of OneKE (Gui et al. 2024) and in KnowLM's words ----

const tasks = {
  NER: {
    zh: "你是专门进行实体抽取的专家。请从input中抽取出符合schema定义的实体，不存在的实体类型返回空列表。请按照JSON字符串的格式回答。",
    en: "You are an expert in named entity recognition. Please extract entities that match the schema definition from the input. Return an empty list if the entity type does not exist. Please respond in the format of a JSON string.",
    wordsZh: "我将给你个输入，请根据实体类型列表：{0}，从输入中抽取出可能包含的实体，并以(类型,实体)的形式回答。",
    wordsEn: "Please extract all entities of the types {0} from the input, and answer in the form (type,entity).",
    schema: {zh: "人物，地点，组织机构", en: "person, place, organization"},
  },
  RE: {
    zh: "你是专门进行关系抽取的专家。请从input中抽取出符合schema定义的关系三元组，不存在的关系返回空列表。请按照JSON字符串的格式回答。",
    en: "You are an expert in relationship extraction. Please extract relationship triples that match the schema definition from the input. Return an empty list for relationships that do not exist. Please respond in the format of a JSON string.",
    wordsZh: "我将给你个输入，请根据关系列表：{0}，从输入中抽取出可能包含的关系三元组，并以(头实体,关系,尾实体)的形式回答。",
    wordsEn: "Please extract all triples with the relations {0} from the input, and answer in the form (head,relation,tail).",
    schema: {zh: "出生地点，主持建造", en: "place of birth, built"},
  },
  EE: {
    zh: "你是专门进行事件提取的专家。请从input中抽取出符合schema定义的事件，不存在的事件返回空列表，不存在的论元返回NAN，如果论元存在多值请返回列表。请按照JSON字符串的格式回答。",
    en: "You are an expert in event extraction. Please extract events from the input that conform to the schema definition. Return an empty list for events that do not exist, and return NAN for arguments that do not exist. If an argument has multiple values, please return a list. Respond in the format of a JSON string.",
    wordsZh: "我将给你个输入，请根据事件和论元列表：{0}，从输入中抽取出可能包含的事件论元，并以(事件,论元,值)的形式回答。",
    wordsEn: "Please extract all arguments of the events {0} from the input, and answer in the form (event,argument,value).",
    schema: {zh: "建造：建造者，时间，地点", en: "construction: builder, time, place"},
  },
};
const exampleText = {
  zh: "公元前256年前后，蜀郡太守李冰在成都平原西部的岷江上主持修建了都江堰。",
  en: "About 256 BC Li Bing, governor of Shu, built the Dujiangyan weir on the Min River west of Chengdu.",
};

const list = (text) => text.split(/[,，、;；\n]/).map((s) => s.trim()).filter((s) => s);
const askLanguage = () => $("ask-language").value;

function showSchemaHelp() {
  $("schema-help").textContent = say("schema" + $("task").value);
}

function events(text) {
  return text.split("\n").map((l) => l.trim()).filter((l) => l).map((l) => {
    const [type, ...rest] = l.split(/[:：]/);
    return {event_type: type.trim(), trigger: true, arguments: list(rest.join(":"))};
  });
}

function extractRequest() {
  const task = $("task").value, t = tasks[task], text = $("schema").value, zh = askLanguage() === "zh";
  const schema = task === "EE" ? events(text) : list(text);
  const body = {model: model(), stream: true, input: $("extract-text").value, parameters: readParams()};
  if ($("style").value === "ie")
    Object.assign(body, {template: "ie", schema, instruction: zh ? t.zh : t.en});
  else
    body.instruction = (zh ? t.wordsZh : t.wordsEn).replace("{0}", () => JSON.stringify(task === "EE" ? schema.map((e) => ({[e.event_type]: e.arguments})) : schema));
  return {path: "generate", body};
}

// ---- reading an answer: rows of [type, parts…], where parts name their heading ----

const texts = (v) => (Array.isArray(v) ? v : [v]).filter((s) => typeof s === "string" && s && s !== "NAN");

function rowsOfEntry(task, type, v) {
  if (task === "NER") return texts(v).map((s) => [type, s]);
  if (task === "RE")
    return (Array.isArray(v) ? v : []).filter((o) => o && typeof o.subject === "string" && typeof o.object === "string")
      .map((o) => [o.subject, type, o.object]);
  return (Array.isArray(v) ? v : []).filter((o) => o && typeof o === "object").flatMap((o) => {
    const trigger = texts(o.trigger)[0] || "";
    const parts = Object.entries(o.arguments || {}).flatMap(([role, value]) => texts(value).map((s) => [type, trigger, role, s]));
    return parts.length ? parts : [[type, trigger, "", ""]];
  });
}

function rowsOfTuples(task, answer) {
  const n = task === "NER" ? 2 : 3;
  return [...answer.matchAll(/[(（]([^()（）]*)[)）]/g)].map((m) => m[1].split(/[,，]/).map((s) => s.trim().replace(/^["'“]|["'”]$/g, "")))
    .filter((p) => p.length === n && p.every((s) => s)).map((p) => (task === "EE" ? [p[0], "", p[1], p[2]] : p));
}

// null: neither JSON nor tuples.
function readAnswer(task, answer) {
  const from = answer.indexOf("{"), to = answer.lastIndexOf("}");
  if (from >= 0 && to > from) {
    try {
      return Object.entries(JSON.parse(answer.slice(from, to + 1))).flatMap(([type, v]) => rowsOfEntry(task, type, v));
    } catch (e) { /* perhaps tuples */ }
  }
  const rows = rowsOfTuples(task, answer);
  return rows.length ? rows : null;
}

const headings = {NER: ["type", "entity"], RE: ["subject", "relation", "object"], EE: ["event", "trigger", "role", "value"]};
const mentions = {
  NER: (r) => [[r[1], r[0]]],
  RE: (r) => [[r[0], r[1]], [r[2], r[1]]],
  EE: (r) => [[r[1], r[0]], [r[3], r[2]]],
};

function showTable(task, rows, text) {
  const table = $("extract-table"), head = element("tr");
  table.textContent = "";
  for (const h of headings[task]) head.append(element("th", say(h)));
  table.append(head);
  for (const r of rows) {
    const tr = element("tr"), places = mentions[task](r).map((m) => m[0]);
    for (const cell of r) {
      const missing = cell && places.includes(cell) && !text.includes(cell);
      const td = element("td", cell, missing ? "absent" : "");
      if (missing) td.append(` (${say("absent")})`);
      tr.append(td);
    }
    table.append(tr);
  }
}

// Every place where a mention stands; of those that overlap the longest, then the first.
function markText(task, rows, text) {
  const kinds = [...new Set(rows.flatMap((r) => mentions[task](r).map((m) => m[1])))];
  const marks = new Map();
  for (const [s, kind] of rows.flatMap((r) => mentions[task](r)))
    for (let at = s ? text.indexOf(s) : -1; at >= 0; at = text.indexOf(s, at + s.length))
      if (!(marks.has(at) && marks.get(at).n >= s.length)) marks.set(at, {n: s.length, kind});
  const to = $("extract-marked");
  let at = 0;
  to.textContent = "";
  for (const [from, m] of [...marks].sort((a, b) => a[0] - b[0])) {
    if (from < at) continue;
    const mark = element("mark", text.slice(from, from + m.n));
    mark.style.background = `var(--h${kinds.indexOf(m.kind) % 6})`;
    mark.append(element("small", m.kind));
    to.append(text.slice(at, from), mark);
    at = from + m.n;
  }
  to.append(text.slice(at));
}

let shown = null; // what the result is of, for another language

function showExtraction(task, text, answer) {
  shown = [task, text, answer];
  const rows = readAnswer(task, answer);
  $("extract-raw-part").hidden = false;
  $("extract-raw-part").open = !rows;
  $("extract-result").hidden = !rows || !rows.length;
  if (!rows || !rows.length) {
    complain(say(rows ? "nothing" : "unreadable"));
    return;
  }
  showTable(task, rows, text);
  markText(task, rows, text);
}

async function extract(signal) {
  const task = $("task").value, text = $("extract-text").value;
  shown = null;
  $("extract-result").hidden = true;
  $("extract-raw-part").hidden = false;
  $("extract-raw-part").open = true;
  const r = await speak(extractRequest(), $("extract-raw"), $("extract-status"), signal);
  showExtraction(task, text, r.text);
}

function fillExample() {
  $("schema").value = tasks[$("task").value].schema[askLanguage()];
  $("extract-text").value = exampleText[askLanguage()];
}
