// What the grid can run: each task with its options and what it takes and returns; and the form to hand one in.
import { h } from "./dom.js";
import { get } from "./api.js";
import { count } from "./format.js";
import { jsonTree } from "./json-tree.js";
import { can } from "./me.js";
import { card, cell, empty, heading, listPath, table } from "./parts.js";
import { openNewTask } from "./new-task.js";

export async function show(root, context) {
  const { items } = await get("/task-types", { signal: context.signal });
  const [name] = context.params;
  if (name) showOne(root, items.find((type) => type.task === name), name, context);
  else showAll(root, items, context);
}

const newTask = (task, context) => (can("submit") ? h("button", { class: "primary", type: "button", onclick: () => openNewTask(task, context) }, "New task") : null);

function showAll(root, items, context) {
  const columns = [{ name: "Task" }, { name: "Takes" }, { name: "Returns" }, { name: "Queue" }, { name: "Attempts", class: "number" }, { name: "Silos", class: "number" }];
  const { element, body } = table("Task types", columns);
  body.append(...items.map((type) => h("tr", {}, cell(columns[0], h("a", { class: "open", href: `/ui/types/${encodeURIComponent(type.task)}` }, type.task)), cell(columns[1], h("code", { class: "break" }, takes(type.argsSchema))),
    cell(columns[2], h("code", {}, type.resultSchema ? typeWord(type.resultSchema) : "–")), cell(columns[3], type.queue), cell(columns[4], attemptsOf(type.settings)), cell(columns[5], count(type.silos)))));
  root.append(heading("Task types", "What the silos that are up have registered.", ...[newTask(null, context)].filter(Boolean)),
    items.length === 0 ? empty("No silo runs any task", "Register one in a silo and start it:", `builder.AddTaskGrid().AddTask("add", (int x, int y) => x + y);`) : h("section", { class: "card flush" }, element));
}

function showOne(root, type, name, context) {
  if (!type) {
    root.append(heading(name), h("p", { class: "notice" }, "No silo that is up runs a task of this name. Its tasks wait until one does."), h("p", {}, h("a", { href: listPath({ task: name }) }, "Its tasks")));
    return;
  }
  context.setTitle(type.task);
  const settings = Object.entries(type.settings).filter(([, value]) => value !== null);
  root.append(heading(type.task, `${count(type.silos)} ${type.silos === 1 ? "silo runs" : "silos run"} it, from queue ${type.queue} unless a submit says otherwise.`,
    ...[h("a", { class: "button", href: listPath({ task: type.task }) }, "Its tasks"), newTask(type.task, context)].filter(Boolean)),
    card("Options", settings.length === 0 && type.tags.length === 0 ? h("p", { class: "muted" }, "It sets none: those of its queue and the grid count.")
      : h("dl", { class: "facts" }, type.tags.length > 0 ? [h("dt", {}, "tags"), h("dd", {}, type.tags.join(", "))] : null,
        settings.map(([key, value]) => [h("dt", {}, key), h("dd", {}, key === "maxAttempts" ? attemptsOf(type.settings) : typeof value === "object" ? JSON.stringify(value) : String(value))]))),
    h("div", { class: "halves" }, card("Arguments", type.argsSchema ? jsonTree(type.argsSchema) : h("p", { class: "muted" }, "Its silos do not say.")),
      card("Result", type.resultSchema ? jsonTree(type.resultSchema) : h("p", { class: "muted" }, "None, or its silos do not say."))));
}

const attemptsOf = (settings) => (settings.maxAttempts === null ? "–" : settings.maxAttempts > 1_000_000 ? "forever" : String(settings.maxAttempts));

function typeWord(schema) {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type ?? "any"]).filter((type) => type !== "null");
  return schema.enum ? schema.enum.map((value) => JSON.stringify(value)).join(" | ") : types.join(" | ");
}

function takes(schema) {
  if (!schema?.properties) return schema ? typeWord(schema) : "–";
  return Object.entries(schema.properties).map(([name, one]) => `${name}${(schema.required ?? []).includes(name) ? "" : "?"}: ${typeWord(one)}`).join(", ") || "nothing";
}
