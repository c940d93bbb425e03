// The example's forms. Results come from anywhere, so nothing of them is ever read as markup: only textContent is set.

const pollInterval = 500;
const byId = (id) => document.getElementById(id);

function element(name, text, className) {
  const created = document.createElement(name);
  created.textContent = text;
  if (className) created.className = className;
  return created;
}

function say(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = text === "";
}

function addRun(name, id) {
  const parts = {
    state: element("span", "started", "badge info"),
    value: element("span", "", "value mono"),
    id: element("a", id.slice(-12), "id mono small"),
  };
  // The end of an id is its random part.
  parts.id.href = `/api/v1/tasks/${id}`;
  parts.id.title = id;
  const run = document.createElement("li");
  const state = document.createElement("span");
  state.append(parts.state);
  run.append(element("strong", name), state, parts.value, parts.id);
  byId("runs").prepend(run);
  byId("runs").hidden = false;
  byId("none").hidden = true;
  return parts;
}

function mark(parts, word, kind) {
  parts.state.textContent = word;
  parts.state.className = `badge ${kind}`;
}

function isCount(value) {
  return typeof value?.current === "number" && typeof value?.total === "number";
}

function showProgress(parts, value) {
  if (!isCount(value)) return;
  mark(parts, `${value.current} of ${value.total}`, "info");
  let bar = parts.value.querySelector("progress");
  if (!bar) {
    bar = document.createElement("progress");
    bar.setAttribute("aria-label", "Progress");
    parts.value.replaceChildren(bar);
  }
  bar.max = value.total;
  bar.value = value.current;
}

function words(value) {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function show(parts, result) {
  if (!result.ready) {
    showProgress(parts, result.value);
    return;
  }
  mark(parts, result.successful ? "succeeded" : "failed", result.successful ? "ok" : "bad");
  parts.value.textContent = words(result.value);
}

// Numbers beyond 2^53 stay as they were sent: a result is shown, not calculated with.
function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === "number" && context && !Number.isSafeInteger(value) && Number.isInteger(value) ? context.source : value);
}

async function follow(id, parts) {
  for (;;) {
    try {
      const response = await fetch(`/tasks/result/${id}`, { headers: { accept: "application/json" } });
      if (response.status === 404) {
        mark(parts, "forgotten", "warn");
        return;
      }
      if (response.ok) {
        const result = parse(await response.text());
        show(parts, result);
        if (result.ready) return;
      }
    } catch {
      mark(parts, "no answer", "warn");
    }
    await new Promise((resume) => setTimeout(resume, pollInterval));
  }
}

async function taskOf(response) {
  const location = response.headers.get("location");
  return location ? location.split("/").at(-1) : (await response.json()).result_id;
}

async function start(form) {
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!response.ok) {
      say((await response.json()).detail);
      return;
    }
    say("");
    const id = await taskOf(response);
    await follow(id, addRun(form.dataset.name, id));
  } catch {
    say("The server does not answer. Nothing is known of this task.");
  }
}

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start(form);
  });
}
