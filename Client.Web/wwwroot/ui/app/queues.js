// The queues: how much waits in them, for how long, what may be started from them.
import { h, reconcile, setText } from "./dom.js";
import { get, part, post } from "./api.js";
import { actOnAll } from "./bulk.js";
import { confirm } from "./dialog.js";
import { count, rate, span } from "./format.js";
import { keepFresh } from "./fresh.js";
import { can, me } from "./me.js";
import { cell, empty, heading, listPath, problem, say, setWhen, submitCommand, table, when } from "./parts.js";
import { editQueue } from "./queue-settings.js";

export async function show(root, { signal }) {
  if (!can("read")) {
    root.append(heading("Queues"), h("p", { class: "notice" }, "This key may hand in tasks and no more: sign in with one that may read."));
    return;
  }
  const view = new QueueList(signal);
  root.append(...view.elements);
  await keepFresh(() => view.refresh(), signal);
}

class QueueList {
  #signal;
  #columns = [{ name: "Queue" }, { name: "Ready", class: "number" }, { name: "Oldest", class: "number" }, { name: "Not due", class: "number" }, { name: "Running", class: "number" },
    { name: "In/s", class: "number" }, { name: "Out/s", class: "number" }, { name: "Failed/s", class: "number" }, { name: "Limits" }, ...(operates() ? [{ name: "Actions" }] : [])];
  #queues = new Map();

  constructor(signal) {
    this.#signal = signal;
    const { element, body } = table("Queues", this.#columns);
    this.table = element;
    this.body = body;
    this.trouble = h("div", { role: "alert" });
    this.through = h("div", { onthrough: () => this.refresh() });
    this.none = empty("No queue yet", "A queue need not be made. The first task that names it makes it:", submitCommand({ task: "add", args: { x: 2, y: 3 }, queue: "mail" }));
    this.none.hidden = true;
    this.elements = [
      heading("Queues", "Rates are those of the last full minute.", operates() ? h("button", { type: "button", onclick: () => this.#edit(null) }, "Configure a queue") : null),
      this.through, this.trouble, this.none, h("section", { class: "card flush" }, element)];
  }

  async refresh() {
    try {
      const { items } = await get("/queues", { signal: this.#signal });
      this.#queues = new Map(items.map((queue) => [queue.queue, queue]));
      this.table.hidden = items.length === 0;
      this.none.hidden = items.length > 0;
      reconcile(this.body, items, (queue) => queue.queue, (queue) => this.#make(queue), (row, queue) => this.#update(row, queue));
      this.trouble.replaceChildren();
    } catch (error) {
      if (error.name !== "AbortError") this.trouble.replaceChildren(problem(error));
    }
  }

  #make({ queue }) {
    const [name, ...rest] = this.#columns;
    const numbers = rest.slice(0, 7);
    const [limits, actions] = rest.slice(7);
    return h("tr", {}, cell(name, h("a", { class: "open", href: listPath({ queue }) }, queue), " ", h("span", { class: "badge warn", hidden: true }, "paused")),
      numbers.map((column) => (column.name === "Oldest" ? cell(column, when(null)) : cell(column))), cell(limits),
      actions ? cell(actions, h("div", { class: "row tight" },
        h("button", { type: "button", class: "small", onclick: (event) => this.#turn(queue, event.currentTarget) }, "Pause"),
        h("button", { type: "button", class: "small", "aria-label": `Limits of ${queue}`, onclick: () => this.#edit(queue) }, "Limits"),
        h("button", { type: "button", class: "small danger", "aria-label": `Purge ${queue}`, onclick: () => this.#purge(queue) }, "Purge"))) : null);
  }

  #update(row, q) {
    row.cells[0].querySelector(".badge").hidden = !q.isPaused;
    setText(row.cells[1], count(q.ready));
    setWhen(row.cells[2].firstChild, q.oldestReadyAt);
    setText(row.cells[3], count(q.notDue));
    setText(row.cells[4], count(q.running));
    setText(row.cells[5], rate(q.acceptedPerSecond));
    setText(row.cells[6], rate(q.succeededPerSecond));
    setText(row.cells[7], rate(q.failedPerSecond));
    setText(row.cells[8], limitsOf(q));
    if (operates()) {
      const turn = row.cells[9].querySelector("button");
      setText(turn, q.isPaused ? "Resume" : "Pause");
      turn.setAttribute("aria-label", `${q.isPaused ? "Resume" : "Pause"} ${q.queue}`);
    }
  }

  async #turn(queue, button) {
    const isPausedNow = this.#queues.get(queue).isPaused;
    try {
      if (isPausedNow) await post(`/queues/${part(queue)}/resume`);
      else if (!await confirm({ title: `Pause ${queue}?`, word: "Pause", danger: false, about: [h("p", {}, "Nothing more is started from it; what runs goes on, and what comes in waits.")], act: () => post(`/queues/${part(queue)}/pause`) })) return;
      say(`${queue} ${isPausedNow ? "goes on" : "is paused"}.`);
    } catch (error) {
      say(error.message, "bad");
    }
    await this.refresh();
    button.focus();
  }

  async #purge(queue) {
    try {
      await actOnAll("Purge", { queue }, this.through, this.#signal);
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, "bad");
    }
  }

  #edit(queue) {
    editQueue(queue, () => this.refresh());
  }
}

// A queue is everybody's whose tasks lie in it.
const operates = () => can("operate") && me.tasks.length === 0;

function limitsOf({ settings, shutLanes }) {
  const written = (limits) => [limits?.concurrency && `${count(limits.concurrency)} at a time`, limits?.rate].filter(Boolean).join(", ");
  const words = [written(settings?.limits), written(settings?.eachKeyLimits) && `each key ${written(settings.eachKeyLimits)}`,
    ...Object.entries(settings?.taskLimits ?? {}).map(([name, limits]) => `${name} ${written(limits)}`), ...Object.entries(settings?.keyLimits ?? {}).map(([name, limits]) => `key ${name} ${written(limits)}`),
    settings?.fair && "fair", settings?.defaults && "defaults", settings?.ageingInterval && `ages every ${span(settings.ageingInterval)}`, shutLanes > 0 && `${count(shutLanes)} lanes wait for a limit`].filter(Boolean);
  return words.join(" · ") || "none";
}
