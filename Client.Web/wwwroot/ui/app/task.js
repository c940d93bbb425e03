// One task: how it is, live until it is final, and what can be done with it.
import { every, fill, h, reconcile, setText } from "./dom.js";
import { call, get, part, post } from "./api.js";
import { asCSharp, asCurl, isHidden } from "./copy-as.js";
import { confirm, openForm, showInfo } from "./dialog.js";
import { family } from "./family.js";
import { between, count, exact, now, span } from "./format.js";
import { jsonTree } from "./json-tree.js";
import { setPageKeys } from "./keyboard.js";
import { follow, isPaused, listen, unfollow } from "./live.js";
import { can, me } from "./me.js";
import { badge, card, cell, command, copyButton, heading, isFinal, listPath, problem, say, setBadge, table, taskPath, when } from "./parts.js";
import { timeline } from "./timeline.js";

export async function show(root, context) {
  const [id] = context.params;
  if (!can("read")) {
    root.append(heading("Task"), h("p", { class: "notice" }, "This key may hand in tasks and no more: sign in with one that may read."));
    return;
  }
  const view = new TaskView(id, context);
  root.append(...view.elements);
  await view.start();
}

class TaskView {
  #id; #context;
  #task = null;
  #attempts = [];
  #lines = [];
  #lastLine = 0;
  #busy = false;
  #stale = false;
  #forgotten = false;

  constructor(id, context) {
    this.#id = id;
    this.#context = context;
    this.state = badge(null, "");
    this.title = h("h1", { tabindex: "-1" }, id);
    this.actions = h("div", { class: "row" });
    this.trouble = h("div", { role: "alert" });
    this.progress = h("div", { class: "card progress", hidden: true });
    this.life = h("div", { class: "stack" });
    this.args = h("div", {});
    this.outcome = card("Result", h("div", {}));
    this.attempts = h("div", { class: "stack" });
    this.log = h("pre", { class: "log", tabindex: "0", role: "log", "aria-label": "Log" });
    this.logCard = card("Log", this.log);
    this.facts = h("dl", { class: "facts" });
    this.family = h("div", {});
    this.elements = [
      h("nav", { class: "small", "aria-label": "Where this is" }, h("a", { href: "/ui/tasks" }, "Tasks"), " / ", h("span", { class: "mono break" }, id)),
      h("div", { class: "title" }, h("div", { class: "row" }, this.title, this.state), this.actions),
      this.trouble, this.progress, card("Timeline", this.life),
      h("div", { class: "halves" }, card("Arguments", this.args), this.outcome),
      card("Attempts", this.attempts), this.logCard, this.family, card("Details", this.facts)];
  }

  async start() {
    const { signal } = this.#context;
    await this.#read();
    if (signal.aborted) return;
    if (isFinal(this.#task.state)) this.#readLog();
    this.#showLog();
    this.#watch();
    // What lies still between events: spans that grow.
    every(1000, signal, () => (isFinal(this.#task.state) || isPaused() || this.#forgotten ? null : this.#showLife()));
    this.family = family(this.#task, signal, this.family);
    const back = { u: { word: "back to the list", act: () => history.back() } };
    setPageKeys(can("operate") ? { r: { word: "retry", act: () => this.#act("Retry") }, c: { word: "cancel", act: () => this.#act("Cancel") }, ...back } : back);
  }

  async #read() {
    const { signal } = this.#context;
    // The attempts last: they know of the end that the task says.
    const task = await get(`/tasks/${part(this.#id)}`, { signal });
    const attempts = await get(`/tasks/${part(this.#id)}/attempts`, { signal });
    this.#attempts = attempts.items;
    this.#show(task);
  }

  /** Reads it once more; one at a time, so that nothing older is shown last. */
  async #again() {
    this.#stale = true;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#stale && !this.#context.signal.aborted) {
      this.#stale = false;
      await this.#readOnce();
    }
    this.#busy = false;
  }

  async #readOnce() {
    try {
      const wasFinal = isFinal(this.#task.state);
      await this.#read();
      this.trouble.replaceChildren();
      if (isFinal(this.#task.state)) this.#readLog();
      if (isFinal(this.#task.state) !== wasFinal) this.#watch();
      this.family.again?.(this.#task);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    if (error.status === 404) this.#gone();
    else if (error.name !== "AbortError") this.trouble.replaceChildren(problem(error));
  }

  #gone() {
    unfollow();
    this.trouble.replaceChildren(h("p", { class: "notice" }, "This task has been forgotten since."));
    this.actions.replaceChildren();
    setBadge(this.state, null, "Forgotten");
    this.#forgotten = true;
  }

  async #readLog() {
    try {
      this.#lines = (await get(`/tasks/${part(this.#id)}/log`, { signal: this.#context.signal })).lines;
      this.#showLog();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Its own stream, with progress and log, until it is final; then that of all tasks, since somebody may let it run again. */
  #watch() {
    const { signal } = this.#context;
    const again = () => this.#again();
    if (isFinal(this.#task.state)) {
      const { task, queue } = this.#task;
      listen((changes, everything) => (everything || changes.has(this.#id) ? again() : null), signal, { task, queue });
      return;
    }
    // It tells all lines there are, again.
    [this.#lines, this.#lastLine] = [[], 0];
    follow(`/tasks/${part(this.#id)}/events`, {
      log: ({ lines }, eventId) => this.#addLines(lines, eventId),
      progress: ({ progress }) => this.#showProgress(progress),
      state: ({ version }) => (version !== this.#task.version ? again() : null),
      forgotten: () => this.#gone(),
    }, again, signal);
  }

  // An event's id ends with the number of the last line: a stream that begins anew tells lines again.
  #addLines(lines, eventId) {
    const last = Number(eventId.split(".")[1]);
    const fresh = Math.min(lines.length, last - this.#lastLine);
    if (fresh <= 0) return;
    this.#lastLine = last;
    this.#lines = [...this.#lines, ...lines.slice(-fresh)].slice(-200);
    this.#showLog();
  }

  #show(task) {
    const before = this.#task;
    this.#task = task;
    this.#context.setTitle(`${task.task} ${task.state}`);
    setText(this.title, task.task);
    setBadge(this.state, task.state, task.cancelRequested && !isFinal(task.state) ? "Cancelling" : task.state);
    this.#showProgress(task.progress);
    this.#showLife();
    this.#showActions();
    if (before === null) fill(this.args, task.args === null ? h("p", { class: "muted" }, "None.") : jsonTree(task.args));
    if (before?.version !== task.version) {
      this.#showOutcome(task);
      this.#showAttempts();
      this.#showFacts(task);
    }
  }

  #showLife() {
    fill(this.life, ...timeline(this.#task, this.#attempts));
  }

  #showProgress(value) {
    const isShown = value !== null && value !== undefined && !(isFinal(this.#task.state) && this.#task.state === "Succeeded");
    this.progress.hidden = !isShown;
    if (!isShown) return;
    const [now, most] = typeof value?.current === "number" && typeof value?.total === "number" ? [value.current, value.total] : typeof value === "number" && value <= 1 ? [value, 1] : typeof value?.done === "number" && value.done <= 1 ? [value.done, 1] : [null, null];
    let bar = this.progress.querySelector("progress");
    if (!bar) {
      bar = h("progress", { "aria-label": "Progress" });
      fill(this.progress, h("div", { class: "row" }, bar, h("span", { class: "mono words" })));
    }
    bar.hidden = now === null;
    if (now !== null) {
      bar.max = most;
      bar.value = now;
    }
    const words = now === null ? JSON.stringify(value) : value.total !== undefined ? `${count(now)} of ${count(most)} (${Math.floor((100 * now) / Math.max(1, most) + 1e-9)} %)` : `${Math.floor(100 * now + 1e-9)} %`;
    setText(this.progress.querySelector(".words"), [words, typeof value?.message === "string" ? value.message : ""].filter(Boolean).join(" · "));
  }

  #showOutcome(task) {
    // What is the same stays, opened and selected as it is.
    const content = JSON.stringify([task.state, task.result, task.error, task.reason]);
    if (content === this.shownOutcome) return;
    this.shownOutcome = content;
    const [title, inside] = task.state === "Succeeded" ? ["Result", task.result === null ? h("p", { class: "muted" }, "It returned nothing, or its result is not kept.") : jsonTree(task.result)]
      : task.error ? [task.state === "Failed" ? "Error" : "Last error", errorBox(task.error)]
      : task.state === "Cancelled" ? ["Result", h("p", {}, `Cancelled: ${task.reason}.`)]
      : ["Result", h("p", { class: "muted" }, "Not there yet.")];
    setText(this.outcome.querySelector("h2"), title);
    fill(this.outcome.lastElementChild, inside);
  }

  #showAttempts() {
    const columns = [{ name: "Attempt", class: "number" }, { name: "Outcome" }, { name: "Started" }, { name: "Took", class: "number" }, { name: "Worker" }, { name: "Error", class: "break" }];
    if (this.#attempts.length === 0) {
      this.attemptBody = null;
      const { interruptions } = this.#task;
      fill(this.attempts, h("p", { class: "muted" }, interruptions > 0 ? `Interrupted ${times(interruptions)} by the death of its silo: it runs again.` : "It has not started yet."));
      return;
    }
    if (!this.attemptBody) {
      const { element, body } = table("Attempts", columns);
      this.attemptBody = body;
      this.attemptWords = h("p", { class: "muted small" });
      fill(this.attempts, element, this.attemptWords);
    }
    const names = { failed: "Failed", succeeded: "Succeeded", cancelled: "Cancelled", running: "Running" };
    // An attempt that is over stays as it is, with what somebody has opened of it.
    reconcile(this.attemptBody, this.#attempts.toReversed(), (a) => `${a.number} ${a.outcome} ${a.startedAt}`, (a) => h("tr", {}, cell(columns[0], String(a.number)), cell(columns[1], badge(names[a.outcome])),
      cell(columns[2], when(a.startedAt)), cell(columns[3], span(between(a.startedAt, a.finishedAt))), cell(columns[4], h("a", { class: "break", href: listPath({ worker: a.worker }) }, a.worker)),
      cell(columns[5], a.error ? h("details", {}, h("summary", { class: "break" }, `${a.error.type}: ${a.error.message.slice(0, 120)}`), errorBox(a.error)) : "–")));
    const { interruptions, attempt, maxAttempts } = this.#task;
    fill(this.attemptWords, `${attempt} of ${maxAttempts > 1_000_000 ? "any number" : maxAttempts} begun. `,
      interruptions > 0 ? `Interrupted ${times(interruptions)} by the death of its silo; that does not count.` : "", attempt > 20 ? " The last 20 that failed are kept." : "");
  }

  #showLog() {
    this.logCard.hidden = this.#lines.length === 0;
    const atEnd = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 8;
    setText(this.log, this.#lines.join("\n"));
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  #showFacts(task) {
    const link = (path, text) => h("a", { class: "mono break", href: path }, text);
    const trace = me.links.traces && task.traceId ? me.links.traces.replace("{traceId}", task.traceId) : null;
    const facts = [
      ["Id", h("span", { class: "row" }, h("span", { class: "mono break" }, task.id), copyButton(task.id))],
      ["Task", h("a", { href: `/ui/types/${part(task.task)}` }, task.task)],
      ["Queue", h("a", { href: listPath({ queue: task.queue }) }, task.queue)], ["Priority", String(task.priority)],
      ["Created", exact(task.createdAt)], ["Due", task.dueAt && exact(task.dueAt)], ["Expires", task.expiresAt && exact(task.expiresAt)], ["Deadline", task.deadlineAt && exact(task.deadlineAt)],
      ["Concurrency key", task.concurrencyKey], ["Tags", task.tags.length > 0 && h("span", { class: "row" }, task.tags.map((tag) => h("a", { class: "chip set", href: listPath({ tag }) }, tag)))],
      ["Headers", task.headers && h("dl", { class: "facts mono small" }, Object.entries(task.headers).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))],
      ["Submitted by", task.parentId && link(taskPath(task.parentId), task.parentId)], ["First of the line", task.rootId && link(taskPath(task.rootId), task.rootId)],
      ["Children", h("a", { href: listPath({ parent: task.id }) }, "List them")],
      ["Trace", task.traceId && (trace ? h("a", { class: "mono break", href: trace, target: "_blank", rel: "noreferrer" }, task.traceId) : h("span", { class: "mono break" }, task.traceId))],
      ["Version", String(task.version)]];
    fill(this.facts, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  }

  #actions() {
    const task = this.#task;
    const path = `/tasks/${part(task.id)}`;
    const operate = can("operate");
    const direct = (word, act, done) => ({ word, act: () => this.#do(act, done) });
    return [
      operate && (task.state === "Failed" || task.state === "Cancelled") && { ...direct("Retry", () => post(`${path}/retry`), "It runs again."), primary: true },
      operate && (task.state === "Scheduled" || task.state === "Retrying") && { ...direct("Run now", () => call("PATCH", path, { body: { dueAt: new Date(now() - 2000).toISOString() } }), "It is due now."), primary: true },
      operate && !isFinal(task.state) && !task.cancelRequested && {
        word: "Cancel", danger: true,
        act: () => this.#ask({
          title: `Cancel ${task.task}?`, word: "Cancel the task", about: [h("p", {}, task.state === "Running" ? "It runs: its handler is asked to stop, and it is cancelled when that has." : "It will not start.")],
          act: () => post(`${path}/cancel`),
        }),
      },
      operate && (task.state === "Queued" || task.state === "Scheduled" || task.state === "Retrying") && { word: "Move", act: () => this.#move(path) },
      operate && isFinal(task.state) && {
        word: "Forget", danger: true,
        act: async () => {
          const isDone = await confirm({ title: `Forget ${task.task}?`, word: "Forget the task", about: [h("p", {}, "Its record, result and log are gone for good.")], act: () => call("DELETE", path) });
          if (!isDone) return;
          say("Forgotten.");
          this.#context.navigate("/ui/tasks");
        },
      },
      { word: "Copy as…", act: () => showInfo("Submit one like this", isHidden(task) ? h("p", { class: "notice" }, "Some of its arguments are hidden: put in what stands for [hidden].") : null, h("h3", {}, "curl"), command(asCurl(task)), h("h3", {}, "C#"), command(asCSharp(task))) },
    ].filter(Boolean);
  }

  #act(word) {
    this.#actions().find((action) => action.word === word)?.act();
  }

  #showActions() {
    reconcile(this.actions, this.#actions(), (action) => action.word,
      (action) => h("button", { type: "button", class: action.danger ? "danger" : action.primary ? "primary" : null, onclick: () => this.#act(action.word) }, action.word));
  }

  async #do(act, done) {
    try {
      await act();
      say(done);
    } catch (error) {
      say(error.message, "bad");
    }
    await this.#again();
  }

  async #ask(question) {
    if (await confirm(question)) await this.#again();
  }

  #move(path) {
    const task = this.#task;
    openForm({
      title: "Move the task", word: "Move",
      body: [
        h("div", { class: "field" }, h("label", { for: "move-queue" }, "Queue"), h("input", { id: "move-queue", name: "queue", value: task.queue, required: true })),
        h("div", { class: "field" }, h("label", { for: "move-priority" }, "Priority (0 to 9, 9 is taken first)"), h("input", { id: "move-priority", name: "priority", type: "number", min: 0, max: 9, value: task.priority, required: true }))],
      submit: async (data) => {
        await call("PATCH", path, { body: { queue: data.get("queue"), priority: Number(data.get("priority")) } });
        await this.#again();
      },
    });
  }
}

function errorBox(error) {
  const text = `${error.type}: ${error.message}${error.stack ? `\n${error.stack}` : ""}`;
  return h("div", { class: "stack error" }, h("p", {}, h("code", { class: "break" }, error.type)), h("p", { class: "message" }, error.message),
    error.stack ? h("pre", { class: "stack-trace", tabindex: "0" }, error.stack) : null, h("div", {}, copyButton(text, "Copy the error")));
}

const times = (number) => (number === 1 ? "1 time" : `${number} times`);
