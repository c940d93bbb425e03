// The Flask and Celery example: each button posts a form, gets a task's id, and asks after it until it is done.
import { h, setText } from "./dom.js";
import { Problem, parse } from "./api.js";
import { can } from "./me.js";
import { badge, heading, setBadge, taskPath } from "./parts.js";

const askEvery = 500;

export async function show(root, { signal }) {
  const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  const none = h("p", { class: "muted" }, "Nothing yet. Start a task above; this page forgets them when it is left, the grid does not.");
  const runs = h("ul", { class: "runs", hidden: true });
  const say = (text) => { trouble.textContent = text; trouble.hidden = text === ""; };
  async function start(event) {
    event.preventDefault();
    try {
      const id = await send(event.target);
      say("");
      none.hidden = true;
      runs.hidden = false;
      const row = addRun(runs, event.target.dataset.name, id);
      await follow(id, row, signal);
    } catch (error) {
      if (error.name !== "AbortError") say(error.message);
    }
  }
  const form = (name, action, title, about, button, ...fields) => h("form", { class: "card stack", action, "data-name": name, onsubmit: start },
    h("div", {}, h("h2", {}, title), h("p", { class: "muted small" }, about)), fields, h("div", { class: "row end" }, h("button", { class: "primary", type: "submit", disabled: !can("submit") }, button)));
  const field = (name, attributes) => h("div", { class: "field" }, h("label", { for: name }, name), h("input", { id: name, name, required: true, ...attributes }));
  root.append(
    heading("Example", "Each button posts a form, gets a task's id, and asks after it until it is done."),
    h("div", { class: "tiles forms" },
      form("add", "/tasks/add", "Add", "Done before you look.", "Add", h("div", { class: "pair" }, field("a", { type: "number", step: 1, value: 2 }), field("b", { type: "number", step: 1, value: 3 }))),
      form("block", "/tasks/block", "Block", "Holds a thread for five seconds. The grid has others.", "Block"),
      form("process", "/tasks/process", "Process", "Counts once a second and says how far it is.", "Process", field("total", { type: "number", min: 0, max: 3600, step: 1, value: 10 }))),
    form("send_email", "/send_email", "Send mail", "While you develop it arrives under Mail.", "Send", h("div", { class: "mail" },
      field("recipient", { inputmode: "email", autocomplete: "email", value: "ada@example.com" }),
      h("div", { class: "field" }, h("label", { for: "content" }, "content"), h("textarea", { id: "content", name: "content", rows: 2 }, "Hello from the grid.")))),
    trouble, h("section", { class: "card stack", "aria-labelledby": "started" }, h("h2", { id: "started" }, "Started here"), none, runs));
}

async function send(form) {
  let response;
  try {
    response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch {
    throw new Problem(0);
  }
  if (!response.ok) throw new Problem(response.status, await response.json());
  const place = response.headers.get("location");
  return place ? place.split("/").at(-1) : (await response.json()).result_id;
}

function addRun(runs, name, id) {
  const row = { state: badge("Queued", "started"), value: h("span", { class: "value mono" }), bar: h("progress", { "aria-label": "Progress", hidden: true }) };
  runs.prepend(h("li", {}, h("strong", {}, name), h("span", {}, row.state), h("span", {}, row.bar, row.value), h("a", { class: "id mono small", href: taskPath(id), title: id }, id.slice(-12))));
  return row;
}

function tell(row, result) {
  const { value } = result;
  if (!result.ready) {
    if (typeof value?.current !== "number" || typeof value?.total !== "number") return;
    setBadge(row.state, "Running", `${value.current} of ${value.total}`);
    row.bar.hidden = false;
    row.bar.max = value.total;
    row.bar.value = value.current;
    return;
  }
  row.bar.hidden = true;
  setBadge(row.state, result.successful ? "Succeeded" : "Failed", result.successful ? "succeeded" : "failed");
  setText(row.value, value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));
}

async function follow(id, row, signal) {
  while (!signal.aborted) {
    try {
      const response = await fetch(`/tasks/result/${encodeURIComponent(id)}`, { headers: { accept: "application/json" }, signal });
      if (response.status === 404) {
        setBadge(row.state, "Cancelled", "forgotten");
        return;
      }
      if (response.status === 403) {
        setBadge(row.state, "Queued", "handed in");
        return;
      }
      if (response.ok) {
        const result = parse(await response.text());
        tell(row, result);
        if (result.ready) return;
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      setBadge(row.state, "Retrying", "no answer");
    }
    await new Promise((resume) => setTimeout(resume, askEvery));
  }
}
