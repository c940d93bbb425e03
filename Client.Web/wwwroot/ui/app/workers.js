// The silos' workers: their slots, what they run, whether they are heard of; drained and resumed here.
import { h, reconcile, setText } from "./dom.js";
import { get, part, post } from "./api.js";
import { confirm } from "./dialog.js";
import { count, shortVersion, since, span } from "./format.js";
import { keepFresh } from "./fresh.js";
import { can, me, seesAll } from "./me.js";
import { cell, command, empty, heading, listPath, problem, say, setWhen, table, taskPath, when } from "./parts.js";

const lateAfter = 4;
const shownTasks = 50;

export async function show(root, { signal }) {
  if (!can("read") || !seesAll()) {
    root.append(heading("Workers"), h("p", { class: "notice" }, "Workers are for keys that may read and are not limited to some queues or tasks."));
    return;
  }
  const view = new WorkerList(signal);
  root.append(...view.elements);
  await keepFresh(() => view.refresh(), signal);
}

class WorkerList {
  #signal;
  #names = null;

  constructor(signal) {
    this.#signal = signal;
    this.list = h("div", { class: "stack" });
    this.trouble = h("div", { role: "alert" });
    this.none = empty("No silo answers", "Nothing runs until one does. A further one joins with:", "dotnet run --project Silo");
    this.none.hidden = true;
    this.elements = [heading("Workers", "One in each silo.", me.links.orleans ? h("a", { class: "button", href: me.links.orleans }, "Orleans dashboard") : null), this.trouble, this.none, this.list,
      h("details", { class: "small" }, h("summary", {}, "Scale out"), h("p", {}, "Each further process takes work as it has free slots:"), command("dotnet run --project Silo"))];
  }

  async refresh() {
    try {
      const { items } = await get("/workers", { signal: this.#signal });
      this.#tellChanges(items);
      this.none.hidden = items.length > 0;
      reconcile(this.list, items, (worker) => worker.worker, (worker) => this.#make(worker), (element, worker) => this.#update(element, worker));
      this.trouble.replaceChildren();
    } catch (error) {
      if (error.name !== "AbortError") this.trouble.replaceChildren(problem(error));
    }
  }

  #tellChanges(items) {
    const names = new Set(items.map((worker) => worker.worker));
    if (this.#names) {
      for (const name of this.#names) if (!names.has(name)) say(`${name} does not answer any more.`, "bad");
      for (const name of names) if (!this.#names.has(name)) say(`${name} has joined.`);
    }
    this.#names = names;
  }

  #make({ worker }) {
    const columns = [{ name: "Task" }, { name: "Id" }, { name: "Queue" }, { name: "Attempt", class: "number" }, { name: "Running for", class: "number" }];
    const { element, body } = table(`Tasks of ${worker}`, columns);
    const card = h("section", { class: "card stack worker", "aria-label": worker },
      h("div", { class: "title" }, h("h2", { class: "break" }, h("a", { href: listPath({ worker }) }, worker)), h("div", { class: "row" }, h("span", { class: "badge state-word" }, ""),
        can("operate") ? h("button", { type: "button", class: "turn", onclick: (event) => this.#turn(worker, event.currentTarget) }, "Drain") : null)),
      h("div", { class: "row slots" }, h("meter", { min: 0, "aria-label": "Taken slots" }), h("span", { class: "words" }), h("span", { class: "badge bad leaked", hidden: true })),
      h("dl", { class: "facts across" }, ["Process", "Version", "Up since", "Heartbeat", "Queues"].map((name) => h("div", { "data-fact": name }, h("dt", {}, name), h("dd", {}, name === "Up since" || name === "Heartbeat" ? when(null) : "")))),
      element, h("p", { class: "muted small more" }));
    card.columns = columns;
    card.body = body;
    card.scroll = element;
    return card;
  }

  #update(card, w) {
    const isDrained = w.queues.length === 0;
    const silence = since(w.heartbeatAt);
    const word = card.querySelector(".state-word");
    word.className = `badge state-word ${isDrained ? "warn" : silence > lateAfter ? "bad" : "ok"}`;
    setText(word, isDrained ? (w.running > 0 ? "draining" : "drained") : silence > lateAfter ? "late" : "working");
    card.dataset.drained = String(isDrained);
    const turn = card.querySelector(".turn");
    if (turn) {
      setText(turn, isDrained ? "Resume" : "Drain");
      turn.setAttribute("aria-label", `${isDrained ? "Resume" : "Drain"} ${w.worker}`);
    }
    const meter = card.querySelector("meter");
    meter.max = w.slots;
    meter.value = w.running;
    setText(card.querySelector(".words"), `${count(w.running)} of ${count(w.slots)} slots taken`);
    const leaked = card.querySelector(".leaked");
    leaked.hidden = w.leaked === 0;
    setText(leaked, `${w.leaked} leaked: code that did not end`);
    const fact = (name) => card.querySelector(`[data-fact="${name}"] dd`);
    setText(fact("Process"), w.process);
    setText(fact("Version"), shortVersion(w.version));
    fact("Version").title = w.version;
    setWhen(fact("Up since").firstChild, w.startedAt);
    setWhen(fact("Heartbeat").firstChild, w.heartbeatAt);
    setText(fact("Queues"), isDrained ? "none" : w.queues.join(", "));
    card.scroll.hidden = w.tasks.length === 0;
    setText(card.querySelector(".more"), w.tasks.length > shownTasks ? `and ${count(w.tasks.length - shownTasks)} more` : "");
    const [task, id, queue, attempt, length] = card.columns;
    reconcile(card.body, w.tasks.slice(0, shownTasks), (t) => t.id,
      (t) => h("tr", {}, cell(task, t.task), cell(id, h("a", { class: "open mono break", href: taskPath(t.id) }, t.id)), cell(queue, t.queue), cell(attempt), cell(length)),
      (row, t) => {
        setText(row.cells[3], t.attempt);
        setText(row.cells[4], span(since(t.startedAt)));
      });
  }

  async #turn(worker, button) {
    const isDrained = button.closest(".worker").dataset.drained === "true";
    try {
      if (isDrained) await post(`/workers/${part(worker)}/resume`);
      else if (!await confirm({ title: `Drain ${worker}?`, word: "Drain", danger: false, about: [h("p", {}, "It takes nothing more; what it runs goes on. Then its silo can be stopped without anybody waiting.")], act: () => post(`/workers/${part(worker)}/drain`) })) return;
      say(isDrained ? "It takes tasks again." : "It takes nothing more.");
    } catch (error) {
      say(error.message, "bad");
    }
    await this.refresh();
    button.focus();
  }
}
