// The list of tasks: filtered by the address, a page at a time. Rows are brought up to date where they stand; what is new waits to be asked for,
// so that nothing moves under the pointer.
import { h, reconcile, setText } from "./dom.js";
import { get, part, query as queryOf } from "./api.js";
import { actOnAll, actOnSelection, actions } from "./bulk.js";
import { filterBar, read } from "./filters.js";
import { between, count, shortId, shortWorker, span } from "./format.js";
import { moveRow, setPageKeys } from "./keyboard.js";
import { isPaused, listen } from "./live.js";
import { can, me } from "./me.js";
import { badge, cell, empty, heading, isFinal, problem, setBadge, setWhen, submitCommand, table, taskPath, when } from "./parts.js";
import { openNewTask } from "./new-task.js";

const sizes = [50, 100, 200];
const lookedAtAtOnce = 10;

export async function show(root, context) {
  const { query, signal } = context;
  if (!can("read")) {
    root.append(heading("Tasks"), h("p", { class: "notice" }, "This key may hand in tasks and no more: sign in with one that may read."));
    return;
  }
  const filter = read(query);
  const limit = sizes.find((size) => size === Number(query.get("limit"))) ?? sizes[0];
  const list = new TaskList(filter, limit, query.get("cursor"), context);
  root.append(...list.elements);
  await list.load();
  if (signal.aborted) return;
  listen((changes, everything) => list.hear(changes, everything), signal);
  setPageKeys(list.keys());
}

class TaskList {
  #filter; #limit; #cursor; #context;
  #rows = new Map();
  #selected = new Set();
  #next = null;
  #busy = false;
  #again = false;
  #changed = new Set();

  constructor(filter, limit, cursor, context) {
    this.#filter = filter;
    this.#limit = limit;
    this.#cursor = cursor;
    this.#context = context;
    const bar = filterBar(filter, (wanted) => this.#go({ filter: wanted }), context.signal);
    this.columns = [...(can("operate") ? [{ name: "Select", class: "pick", head: this.#pickAll() }] : []),
      { name: "State", class: "state" }, { name: "Task", class: "name" }, { name: "Id", class: "id" }, { name: "Queue", class: "queue" }, { name: "Pri", class: "number aside" },
      { name: "Attempt", class: "number aside" }, { name: this.#instantName(), class: "instant" }, { name: "Ran", class: "number ran" }, { name: "Worker", class: "aside" }];
    const { element, body } = table("Tasks", this.columns, { class: "data tasks" });
    this.table = element;
    this.body = body;
    this.news = h("button", { class: "news", type: "button", onclick: () => this.load() }, "");
    this.selection = this.#makeSelection();
    this.through = h("div", { onthrough: () => this.load() });
    this.none = h("div", {});
    this.trouble = h("div", {});
    this.foot = h("nav", { class: "row paging", "aria-label": "Pages of the list" });
    const actionsRow = [can("submit") ? h("button", { class: "primary", type: "button", onclick: () => openNewTask(null, context) }, "New task") : null];
    this.elements = [heading("Tasks", null, ...actionsRow), bar.element, this.through, this.trouble,
      h("div", { class: "list-head row" }, this.selection, this.#allThatMatch(), h("div", { class: "row end" }, this.news, this.#sizePicker())),
      this.none, this.table, this.foot];
  }

  // By what the list is sorted.
  #instantName() {
    return { Scheduled: "Due", Retrying: "Due", Running: "Started", Succeeded: "Finished", Failed: "Finished", Cancelled: "Finished" }[this.#filter.state] ?? "Created";
  }

  #instantOf(task) {
    return { Created: task.createdAt, Due: task.dueAt, Started: task.startedAt, Finished: task.finishedAt }[this.#instantName()];
  }

  #path(cursor) {
    return `/ui/tasks${queryOf({ ...this.#filter, limit: this.#limit === sizes[0] ? "" : this.#limit, cursor })}`;
  }

  #go({ filter = this.#filter, limit = this.#limit }) {
    this.#context.navigate(`/ui/tasks${queryOf({ ...filter, limit: limit === sizes[0] ? "" : limit })}`);
  }

  async load() {
    try {
      const page = await this.#read();
      this.trouble.replaceChildren();
      this.#show(page);
    } catch (error) {
      if (error.name !== "AbortError") this.trouble.replaceChildren(problem(error));
    }
  }

  // What no index helps to find is looked for piece by piece: a piece may have nothing in it though there is more.
  async #read() {
    let page = await get(`/tasks${queryOf({ ...this.#filter, limit: this.#limit, cursor: this.#cursor })}`, { signal: this.#context.signal });
    let scanned = page.scanned;
    while (page.items.length === 0 && page.next) {
      this.none.replaceChildren(h("p", { class: "muted", role: "status" }, `Looking: ${count(scanned)} records so far…`));
      this.#context.reveal();
      page = await get(`/tasks${queryOf({ ...this.#filter, limit: this.#limit, cursor: page.next })}`, { signal: this.#context.signal });
      scanned += page.scanned;
    }
    return page;
  }

  #show(page) {
    this.#next = page.next;
    this.#rows = new Map(page.items.map((task) => [task.id, task]));
    for (const id of this.#selected) if (!this.#rows.has(id)) this.#selected.delete(id);
    reconcile(this.body, page.items, (task) => task.id, (task) => this.#make(task), (row, task) => this.#update(row, task));
    this.table.hidden = page.items.length === 0;
    this.news.textContent = "";
    this.none.replaceChildren(...(page.items.length > 0 ? [] : [this.#nothing()]));
    this.#showFoot();
    this.#showSelection();
  }

  #nothing() {
    if (this.#cursor) return empty("Nothing more", "No further task matches.");
    if (Object.keys(this.#filter).length > 0) return empty("No task matches", "Take a chip off, or look for something else.");
    return empty("No task yet", "Hand one in from a terminal; it appears here:", submitCommand({ task: "add", args: { x: 2, y: 3 } }));
  }

  #make(task) {
    const [state, name, id, queue, priority, attempt, instant, ran, worker] = this.columns.slice(this.columns.length - 9);
    const pick = can("operate") ? h("td", { class: "pick", "data-label": "Select" }, h("input", {
      type: "checkbox", "aria-label": `Select ${task.id}`, onchange: (event) => this.#pick(task.id, event.target.checked),
    })) : null;
    return h("tr", {}, pick, cell(state, badge(task.state)), cell(name, h("a", { class: "open", href: taskPath(task.id) }, task.task), h("div", { class: "error-line" })),
      cell(id, h("span", { class: "mono nowrap", title: task.id }, shortId(task.id))), cell(queue), cell(priority), cell(attempt), cell(instant, when(null)), cell(ran), cell(worker));
  }

  #update(row, task) {
    const cells = [...row.cells].slice(row.cells.length - 9);
    setBadge(cells[0].firstChild, task.state, task.cancelRequested && !isFinal(task.state) ? "Cancelling" : task.state);
    const line = cells[1].querySelector(".error-line");
    setText(line, task.error ? `${task.error.type}: ${task.error.message}` : task.reason ?? "");
    line.hidden = line.textContent === "";
    setText(cells[3], task.queue);
    setText(cells[4], task.priority);
    setText(cells[5], `${task.attempt}/${task.maxAttempts > 1_000_000 ? "∞" : task.maxAttempts}`);
    setWhen(cells[6].firstChild, this.#instantOf(task));
    setText(cells[7], task.startedAt && task.finishedAt ? span(between(task.startedAt, task.finishedAt)) : "–");
    setText(cells[8], task.worker ? shortWorker(task.worker) : "–");
    cells[8].title = task.worker ?? "";
    row.classList.toggle("apart", Boolean(this.#filter.state) && task.state !== this.#filter.state);
    const box = row.querySelector("input[type=checkbox]");
    if (box) box.checked = this.#selected.has(task.id);
  }

  /** Something has changed: rows that are here are brought up to date, what is new is counted. */
  async hear(changes, everything) {
    for (const id of changes.keys()) this.#changed.add(id);
    if (everything) for (const id of this.#rows.keys()) this.#changed.add(id);
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    do {
      this.#again = false;
      const changed = this.#changed;
      this.#changed = new Set();
      const begun = performance.now();
      await this.#catchUp(changed);
      // A list that is hard to find is asked for less often: at most a fifth of the time goes into it.
      await new Promise((resume) => setTimeout(resume, (performance.now() - begun) * 4));
    } while (this.#again && !isPaused() && !this.#context.signal.aborted);
    this.#busy = false;
  }

  async #catchUp(changed) {
    try {
      const page = await get(`/tasks${queryOf({ ...this.#filter, limit: this.#limit, cursor: this.#cursor })}`, { signal: this.#context.signal });
      if (isPaused()) return;
      if (this.#rows.size === 0) {
        this.#show(page);
        return;
      }
      const fresh = new Map(page.items.map((task) => [task.id, task]));
      for (const task of fresh.values()) if (this.#rows.has(task.id)) this.#replace(task);
      const left = [...changed].filter((id) => this.#rows.has(id) && !fresh.has(id));
      for (let i = 0; i < left.length && !this.#context.signal.aborted; i += lookedAtAtOnce) await Promise.all(left.slice(i, i + lookedAtAtOnce).map((id) => this.#look(id)));
      this.trouble.replaceChildren();
      this.#countNews([...fresh.keys()].filter((id) => !this.#rows.has(id)).length);
    } catch (error) {
      if (error.name !== "AbortError") this.trouble.replaceChildren(problem(error));
    }
  }

  async #look(id) {
    try {
      this.#replace(await get(`/tasks/${part(id)}`, { signal: this.#context.signal }));
    } catch (error) {
      if (error.status === 404) this.body.querySelector(`tr[data-key="${CSS.escape(id)}"]`)?.classList.add("apart", "gone");
    }
  }

  #replace(task) {
    this.#rows.set(task.id, task);
    const row = this.body.querySelector(`tr[data-key="${CSS.escape(task.id)}"]`);
    if (row) this.#update(row, task);
    this.#showSelection();
  }

  #countNews(number) {
    setText(this.news, number === 0 ? "" : `${number}${number >= this.#limit ? " or more" : ""} new: show`);
  }

  #pick(id, isPicked) {
    if (isPicked) this.#selected.add(id);
    else this.#selected.delete(id);
    this.#showSelection();
  }

  #pickAll() {
    this.allBox = h("input", {
      type: "checkbox", "aria-label": "Select all on this page",
      onchange: (event) => {
        this.#selected = new Set(event.target.checked ? this.#rows.keys() : []);
        for (const box of this.body.querySelectorAll("input[type=checkbox]")) box.checked = event.target.checked;
        this.#showSelection();
      },
    });
    return this.allBox;
  }

  #showSelection() {
    if (!can("operate")) return;
    const picked = [...this.#selected].map((id) => this.#rows.get(id)).filter(Boolean);
    this.allBox.checked = picked.length > 0 && picked.length === this.#rows.size;
    this.allBox.indeterminate = picked.length > 0 && picked.length < this.#rows.size;
    this.selection.hidden = picked.length === 0;
    this.many.hidden = picked.length > 0;
    setText(this.selection.firstChild, `${count(picked.length)} selected`);
    Object.values(actions).forEach((action, i) => { this.selection.children[i + 1].disabled = !picked.some(action.fits); });
  }

  // Made once: a row that changes meanwhile takes no button from under a finger.
  #makeSelection() {
    if (!can("operate")) return h("div", { hidden: true });
    return h("div", { class: "row selection", hidden: true }, h("strong"), Object.entries(actions).map(([name, action]) => h("button", {
      type: "button", class: action.danger ? "danger" : null,
      onclick: async () => {
        const picked = [...this.#selected].map((id) => this.#rows.get(id)).filter(Boolean);
        if (await actOnSelection(name, picked, this.#context.signal)) {
          this.#selected.clear();
          await this.load();
        }
      },
    }, action.word)));
  }

  #allThatMatch() {
    this.many = h("details", { class: "menu" }, h("summary", { class: "button" }, "All that match"),
      h("div", { class: "menu-items" }, Object.entries(actions).map(([name, action]) => h("button", {
        type: "button", class: action.danger ? "danger" : null,
        onclick: async () => {
          this.many.open = false;
          try {
            await actOnAll(name, this.#filter, this.through, this.#context.signal);
          } catch (error) {
            if (error.name !== "AbortError") this.trouble.replaceChildren(problem(error));
          }
        },
      }, `${action.word} all that match…`))));
    const close = (focus) => {
      if (!this.many.open) return;
      this.many.open = false;
      if (focus) this.many.firstChild.focus();
    };
    this.many.addEventListener("keydown", (event) => { if (event.key === "Escape") close(true); });
    document.addEventListener("click", (event) => { if (!this.many.contains(event.target)) close(false); }, { signal: this.#context.signal });
    return can("operate") ? this.many : h("span");
  }

  #sizePicker() {
    return h("label", { class: "inline small" }, "Rows ", h("select", { onchange: (event) => this.#go({ limit: Number(event.target.value) }) },
      sizes.map((size) => h("option", { value: size, selected: size === this.#limit }, size))));
  }

  // The way back is the list of cursors that led here; it goes along in the browser's history.
  #showFoot() {
    const trail = history.state?.trail ?? [];
    const turn = (word, path, state, rel) => h("a", {
      class: "button", href: path, rel,
      onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        this.#context.navigate(path, { state });
      },
    }, word);
    this.foot.replaceChildren(...[
      this.#cursor ? turn("First", this.#path(""), null, "first") : null,
      this.#cursor && trail.length > 0 ? turn("Back", this.#path(trail.at(-1)), { trail: trail.slice(0, -1) }, "prev") : null,
      this.#next ? turn("Next", this.#path(this.#next), { trail: [...trail, this.#cursor ?? ""] }, "next") : null,
      me.queues.length + me.tasks.length > 0 ? h("span", { class: "muted small" }, "This key sees the tasks that it is limited to.") : null].filter(Boolean));
  }

  keys() {
    const row = () => document.activeElement?.closest("tr[data-key]");
    const act = (name) => async () => {
      const task = this.#rows.get(row()?.dataset.key);
      if (task && can("operate") && await actOnSelection(name, [task], this.#context.signal)) await this.#look(task.id);
    };
    const operate = can("operate") ? {
      x: { word: "select the row", act: () => row()?.querySelector("input[type=checkbox]")?.click() },
      r: { word: "retry the row's task", act: act("Retry") },
      c: { word: "cancel the row's task", act: act("Cancel") },
    } : {};
    return {
      j: { word: "next row", act: () => moveRow(this.body, 1) },
      k: { word: "row before", act: () => moveRow(this.body, -1) },
      n: { word: "show what is new", act: () => this.load() },
      ...operate,
    };
  }
}

