// The form that hands a task in: which, with what, and how.
import { fill, h } from "./dom.js";
import { get, post } from "./api.js";
import { openForm } from "./dialog.js";
import { can, me } from "./me.js";
import { say, submitCommand, taskPath } from "./parts.js";
import { schemaForm } from "./schema-form.js";

const field = (name, label, attributes) => h("div", { class: "field" }, h("label", { for: `new-${name}` }, label), h("input", { id: `new-${name}`, name, ...attributes }));

/** Opens it, with a task type or with the choice of one. */
export async function openNewTask(task, context) {
  let types;
  try {
    types = (await get("/task-types", { signal: context.signal })).items;
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, "bad");
    return;
  }
  if (types.length === 0) {
    say("No silo runs any task: nothing can be handed in.", "bad");
    return;
  }
  const args = h("div", { class: "stack" });
  // A key that is limited to some queues has to say which.
  const queue = h("input", { id: "new-queue", name: "queue", required: me.queues.length > 0, list: "new-queues" });
  let form = null;
  const choose = (name) => {
    const type = types.find((one) => one.task === name);
    form = schemaForm(type.argsSchema);
    fill(args, form.elements);
    queue.placeholder = type.queue;
    if (details.open) showCurl();
  };
  const select = h("select", { id: "new-task", name: "task", onchange: () => choose(select.value) }, types.map((type) => h("option", { value: type.task, selected: type.task === task }, type.task)));
  const curl = h("pre", { class: "wrap", tabindex: "0" });
  const details = h("details", { ontoggle: () => { if (details.open) showCurl(); } }, h("summary", {}, "As curl"), curl);
  const readBody = (data) => bodyOf(select.value, form.read(), data);
  function showCurl() {
    try {
      curl.textContent = submitCommand(readBody(new FormData(select.form)));
    } catch (error) {
      curl.textContent = error.message;
    }
  }
  choose(select.value);
  const dialog = openForm({
    title: "New task", word: "Submit", wide: true,
    body: [
      h("div", { class: "field" }, h("label", { for: "new-task" }, "Task"), select), args,
      h("fieldset", {}, h("legend", {}, "How"), h("div", { class: "pair" },
        h("div", { class: "field" }, h("label", { for: "new-queue" }, "Queue"), queue, h("datalist", { id: "new-queues" }, me.queues.filter((q) => !q.endsWith("*")).map((value) => h("option", { value })))),
        field("priority", "Priority (9 first)", { type: "number", min: 0, max: 9, placeholder: "the task's own" }),
        field("delay", "Delay in seconds", { type: "number", min: 0, step: "any", placeholder: "none" }), field("maxAttempts", "Attempts", { type: "number", min: 1, placeholder: "the task's own" }),
        field("tags", "Tags, with spaces between", {}), field("id", "Id", { placeholder: "made by the grid" }))),
      details],
    submit: async (data) => {
      const snapshot = await post("/tasks", readBody(data));
      say(`${snapshot.task} is handed in: ${snapshot.id}`);
      if (can("read")) context.navigate(taskPath(snapshot.id));
    },
  });
  dialog.addEventListener("input", () => details.open && showCurl());
}

/** The body of the request; what is empty is not in it. Pure. */
function bodyOf(task, args, data) {
  const text = (name) => data.get(name)?.trim() || undefined;
  const number = (name) => (text(name) === undefined ? undefined : Number(text(name)));
  return Object.fromEntries(Object.entries({
    task, args: args ?? undefined, id: text("id"), queue: text("queue"), priority: number("priority"), delay: number("delay"), maxAttempts: number("maxAttempts"), tags: text("tags")?.split(/\s+/),
  }).filter(([, value]) => value !== undefined));
}
