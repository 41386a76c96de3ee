// ---- start ----

async function loadModels() {
  const answer = await fetch("v1/models", {headers: headers()});
  if (!answer.ok) {
    complain(await reasonOf(answer));
    return;
  }
  $("key-form").hidden = true;
  complain("");
  models = (await answer.json()).data;
  $("models").textContent = models.map((m) => m.id).join(", ");
  $("model").textContent = "";
  for (const [i, m] of models.entries()) {
    $("model").append(element("option", m.id));
    if (i < 2) $("side-" + i).textContent = m.id;
  }
  $("tab-compare").hidden = models.length < 2;
  showTab(currentTab());
}

function onSubmit(id, work) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    run($(id), work);
  });
}

function onKey(event) {
  if (event.key === "Escape" && running) running.abort();
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  $(currentTab() + "-form").requestSubmit();
}

function setTheme(name) {
  if (name) document.documentElement.dataset.theme = name;
}

function switchTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme || (dark ? "dark" : "light");
  setTheme(now === "dark" ? "light" : "dark");
  store("weir-theme", document.documentElement.dataset.theme);
}

makeParams();
setTheme(store("weir-theme"));
setLanguage(store("weir-language") || (navigator.language.startsWith("zh") ? "zh" : "en"));
$("ask-language").value = lang;
showTab("generate");
if (matchMedia("(max-width: 56rem)").matches) $("params-part").open = false;
$("language").addEventListener("click", () => setLanguage(lang === "zh" ? "en" : "zh"));
$("theme").addEventListener("click", switchTheme);
$("params-reset").addEventListener("click", resetParams);
$("chat-clear").addEventListener("click", forget);
$("extract-example").addEventListener("click", fillExample);
$("task").addEventListener("change", () => { $("schema").value = ""; showSchemaHelp(); });
for (const e of document.querySelectorAll("input[name=form]")) e.addEventListener("change", showForm);
for (const tab of document.querySelectorAll("[role=tab]")) tab.addEventListener("click", () => showTab(tab.getAttribute("aria-controls")));
$("tabs").addEventListener("keydown", moveTab);
for (const stop of document.querySelectorAll(".stop")) stop.addEventListener("click", () => running && running.abort());
onSubmit("generate-form", generate);
onSubmit("chat-form", chat);
onSubmit("extract-form", extract);
onSubmit("compare-form", compare);
$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("weir-key", $("key").value.trim());
  loadModels().catch(() => complain(say("lost")));
});
document.addEventListener("keydown", onKey);
loadModels().catch(() => complain(say("lost")));
