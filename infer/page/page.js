const $ = (id) => document.getElementById(id);
let lang = "en";
let models = [];
let running = null; // what Stop ends

function store(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch (e) { /* a browser that keeps nothing */ }
  return null;
}

function element(name, text, cls) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (cls) e.className = cls;
  return e;
}

const say = (name) => words[lang][name];

function setLanguage(to) {
  lang = to;
  store("weir-language", to);
  document.documentElement.lang = to === "zh" ? "zh-Hans" : "en";
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = say(e.dataset.t);
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", say(e.dataset.label));
  $("language").textContent = to === "zh" ? "English" : "中文";
  $("language").lang = to === "zh" ? "en" : "zh-Hans";
  for (const p of paramTable) $("param-" + p[0] + "-help").textContent = to === "zh" ? p[4] : p[3];
  showForm();
  showSchemaHelp();
  if (shown) showExtraction(...shown);
}

// ---- tabs ----

function showTab(name) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const on = tab.id === "tab-" + name;
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !on;
  }
  $("model-part").hidden = models.length < 2 || name === "compare";
}

function moveTab(event) {
  const tabs = [...document.querySelectorAll("[role=tab]:not([hidden])")];
  const at = tabs.indexOf(document.activeElement);
  const step = {ArrowRight: 1, ArrowLeft: -1, Home: -at, End: tabs.length - 1 - at}[event.key];
  if (step === undefined || at < 0) return;
  event.preventDefault();
  const to = tabs[(at + step + tabs.length) % tabs.length];
  showTab(to.getAttribute("aria-controls"));
  to.focus();
}

const currentTab = () => document.querySelector("[role=tab][aria-selected=true]").getAttribute("aria-controls");

// ---- parameters ----

function makeParams() {
  for (const [name, value, kind] of paramTable) {
    const row = element("div", undefined, "param"), label = element("label", name), input = element("input");
    const help = element("p");
    input.id = label.htmlFor = "param-" + name;
    help.id = input.id + "-help";
    input.setAttribute("aria-describedby", help.id);
    input.type = kind === "flag" ? "checkbox" : kind === "text" ? "text" : "number";
    if (Array.isArray(kind)) [input.min, input.max, input.step] = kind;
    if (kind === "whole") input.step = 1;
    row.append(label, input, help);
    $("params").append(row);
    input.addEventListener("input", showIdle);
  }
  resetParams();
}

function resetParams() {
  for (const [name, value, kind] of paramTable) {
    const input = $("param-" + name);
    if (kind === "flag") input.checked = value;
    else input.value = value;
  }
  showIdle();
}

// Those that have no effect as things stand are faint.
function showIdle() {
  const beams = Number($("param-beams").value) > 1, sample = $("param-sample").checked;
  const draws = beams ? sample : Number($("param-temperature").value) > 0;
  const idle = {
    temperature: beams && !sample, top_p: !draws, top_k: !draws, seed: !draws, length_penalty: !beams, sample: !beams,
  };
  for (const [name] of paramTable) $("param-" + name).closest(".param").classList.toggle("idle", !!idle[name]);
}

function readParams() {
  const o = {};
  for (const [name, value, kind] of paramTable) {
    const input = $("param-" + name);
    if (kind === "flag") o[name] = input.checked;
    else if (kind === "text") { if (input.value) o[name] = input.value.replaceAll("\\n", "\n"); }
    else if (input.value !== "") o[name] = Number(input.value);
  }
  if (!(o.beams > 1)) delete o.sample;
  if (o.sample && !(o.temperature > 0)) o.temperature = 1;
  return o;
}

// ---- asking ----

function headers() {
  const key = sessionStorage.getItem("weir-key"), h = {"Content-Type": "application/json"};
  if (key) h.Authorization = "Bearer " + key;
  return h;
}

function complain(text) {
  $("alert").textContent = text;
  $("alert").hidden = !text;
}

async function reasonOf(answer) {
  if (answer.status === 401) $("key-form").hidden = false;
  if (answer.status === 429) return say("busy").replace("{0}", answer.headers.get("Retry-After"));
  try {
    const o = await answer.json();
    return o.error.message || o.error;
  } catch (e) {
    return "HTTP " + answer.status;
  }
}

// Calls each event's object; the text of an event may come in parts.
async function ask(path, body, signal, each) {
  const answer = await fetch(path, {method: "POST", headers: headers(), body: JSON.stringify(body), signal});
  if (!answer.ok) throw new Error(await reasonOf(answer));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      if (!part.startsWith("data: ") || part === "data: [DONE]") continue;
      const o = JSON.parse(part.slice(6));
      if (o.error) throw new Error(o.error.message || o.error);
      each(o);
    }
  }
}

// One answer as it comes into an element: its text, its tokens, how it ended.
async function speak(request, to, status, signal) {
  const begin = performance.now();
  const r = {text: "", tokens: 0, end: ""};
  const tell = (word) => {
    const s = (performance.now() - begin) / 1000;
    const rate = r.tokens ? `, ${r.tokens} ${say("tokens")}, ${(r.tokens / s).toFixed(1)} ${say("rate")}` : "";
    status.textContent = `${word ? word + ", " : ""}${s.toFixed(1)} ${say("seconds")}${rate}`;
  };
  to.textContent = "";
  to.classList.add("running");
  const timer = setInterval(() => tell(say("running")), 200);
  try {
    await ask(request.path, request.body, signal, (o) => {
      const choice = o.choices && o.choices[0];
      const text = choice ? (choice.delta ? choice.delta.content : choice.text) : o.text;
      if (text) to.append(text), r.text += text;
      if (choice && choice.finish_reason) r.end = choice.finish_reason;
      if (o.usage) r.tokens = o.usage.completion_tokens;
      if (o.num_output_tokens_cf !== undefined) r.tokens = o.num_output_tokens_cf;
    });
    tell(say("ends")[r.end] || "");
  } catch (e) {
    tell(signal.aborted ? say("stopped") : "");
    if (!signal.aborted) throw e;
    r.stopped = true;
  } finally {
    clearInterval(timer);
    to.classList.remove("running");
  }
  return r;
}

// Runs what a form asks for; one at a time.
async function run(form, work) {
  if (running) return;
  running = new AbortController();
  const [go, stop] = [form.querySelector(".go"), form.querySelector(".stop")];
  go.disabled = true;
  stop.disabled = false;
  complain("");
  try {
    await work(running.signal);
  } catch (e) {
    running.abort(); // of two that are compared the other one
    complain(e instanceof TypeError ? say("lost") : e.message);
  }
  go.disabled = false;
  stop.disabled = true;
  running = null;
}

const model = () => (models.length ? $("model").value || models[0].id : undefined);

// ---- generate and compare ----

const form = () => document.querySelector("input[name=form]:checked").value;

function showForm() {
  const plain = form() === "plain";
  $("input-part").hidden = plain;
  $("prompt-label").textContent = say(plain ? "plainText" : "instruction");
}

function instruct(instruction, input, name) {
  return {path: "generate", body: {model: name, stream: true, instruction, input, parameters: readParams()}};
}

function complete(prompt) {
  return {path: "v1/completions", body: {model: model(), prompt, stream: true, stream_options: {include_usage: true}, ...readParams()}};
}

function generate(signal) {
  const request = form() === "plain" ? complete($("prompt").value) : instruct($("prompt").value, $("input").value, model());
  return speak(request, $("generate-answer"), $("generate-status"), signal);
}

// What is alike at the beginning stays plain, what follows is marked.
function markDifference(a, b) {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  for (const [i, text] of [a, b].entries()) {
    const to = $("compare-" + i);
    to.textContent = text.slice(0, n);
    if (n < text.length) to.append(element("span", text.slice(n), "differs"));
  }
}

async function compare(signal) {
  const both = models.slice(0, 2).map((m, i) =>
    speak(instruct($("compare-prompt").value, $("compare-input").value, m.id), $("compare-" + i), $("compare-status-" + i), signal));
  const [a, b] = await Promise.all(both);
  markDifference(a.text, b.text);
}

// ---- chat ----

let said = [];

async function chat(signal) {
  const text = $("chat-text").value, system = $("chat-system").value.trim();
  const answer = element("li", undefined, "assistant");
  const messages = [...said, {role: "user", content: text}];
  $("chat-log").append(element("li", text, "user"), answer);
  answer.scrollIntoView({block: "nearest"});
  const request = {
    path: "v1/chat/completions",
    body: {
      model: model(), stream: true, stream_options: {include_usage: true},
      messages: system ? [{role: "system", content: system}, ...messages] : messages, ...readParams(),
    },
  };
  try {
    const r = await speak(request, answer, $("chat-status"), signal);
    said = [...messages, {role: "assistant", content: r.text}];
    $("chat-text").value = "";
  } catch (e) {
    answer.previousSibling.remove();
    answer.remove();
    throw e;
  }
}

function forget() {
  said = [];
  $("chat-log").textContent = $("chat-status").textContent = "";
}
