// How the grid does: what there is, what has happened in the last hour, what is wrong, and where to look next.
import { fill, h, reconcile, setText } from "./dom.js";
import { get } from "./api.js";
import { chart } from "./charts.js";
import { ago, count, rate, shortCount, shortVersion, span } from "./format.js";
import { keepFresh } from "./fresh.js";
import { can, me, seesAll } from "./me.js";
import { badge, card, cell, empty, heading, listPath, setWhen, states, submitCommand, table, taskPath, when } from "./parts.js";

const shownQueues = 8;
const shownErrors = 8;

export async function show(root, { signal }) {
  if (!can("read") || !seesAll()) {
    root.append(heading("Overview"), limited());
    return;
  }
  const view = build(signal);
  root.append(...view.elements);
  await keepFresh(() => view.refresh(), signal);
}

function limited() {
  return h("p", { class: "notice" }, can("read")
    ? `This key is limited to ${[...me.queues.map((q) => `queue ${q}`), ...me.tasks.map((t) => `task ${t}`)].join(", ")}: figures of the whole grid are not for it. Its tasks are under Tasks.`
    : "This key may hand in tasks and no more: sign in with one that may read.");
}

function build(signal) {
  const banners = h("div", { class: "stack", hidden: true });
  const tiles = new Map(states.map((state) => [state, h("span", { class: "figure" }, "–")]));
  const tileRow = h("div", { class: "tiles states" }, states.map((state) =>
    h("a", { class: "tile", href: listPath({ state }) }, badge(state), tiles.get(state))));
  const perSecond = chart({
    title: "Tasks per second", signal, format: rate,
    series: [{ name: "accepted", colour: "accent", dash: true }, { name: "succeeded", colour: "ok" }, { name: "failed", colour: "bad" }, { name: "retried", colour: "warn" }],
  });
  const latency = chart({
    title: "How long they waited and ran", signal, format: span,
    series: [{ name: "wait p50", colour: "accent", dash: true }, { name: "wait p95", colour: "accent" }, { name: "run p50", colour: "ok", dash: true }, { name: "run p95", colour: "ok" }],
  });
  const teach = h("section", { class: "card", hidden: true }, empty("No task yet", "Hand one in from a terminal; it appears here by itself:", submitCommand({ task: "add", args: { x: 2, y: 3 } })));
  const [queues, errors, silos] = [queueTable(), errorTable(), siloTable()];
  const view = {
    elements: [heading("Overview", "The last hour, and what there is now."), banners, tileRow, teach,
      h("div", { class: "halves" }, h("section", { class: "card" }, perSecond.element), h("section", { class: "card" }, latency.element)),
      h("div", { class: "halves" }, queues.element, silos.element), errors.element],
    async refresh() {
      const [health, figures] = await Promise.allSettled([
        get("/health", { signal, alsoTake: 503 }),
        Promise.all([get("/stats", { signal }), get("/queues", { signal }), get(`/stats/errors?limit=${shownErrors}`, { signal }), get("/workers", { signal })])]);
      if (signal.aborted) return;
      showTrouble(banners, [...(health.value ? wrongOf(health.value) : []), ...(figures.reason ? [["", figures.reason.message]] : [])]);
      if (!figures.value) return;
      const [stats, queueList, errorList, workerList] = figures.value;
      for (const state of states) setText(tiles.get(state), shortCount(stats[state.toLowerCase()]));
      teach.hidden = stats.total.accepted > 0;
      showHistory(perSecond, latency, stats);
      queues.update(queueList.items);
      errors.update(errorList.items);
      silos.update(workerList.items);
    },
  };
  return view;
}

/** What is not well, as what and why. A grid that does not answer at all has no parts. */
function wrongOf(health) {
  if (!health.checks) return [["The grid is unavailable", health.detail ?? ""]];
  return Object.entries(health.checks).filter(([, check]) => check.status !== "Healthy")
    .map(([name, check]) => [`${name === "store" ? "The store" : "The grid"} is ${check.status.toLowerCase()}`, check.description ?? ""]);
}

// Said once, not with every look.
function showTrouble(banners, wrong) {
  const text = JSON.stringify(wrong);
  if (banners.dataset.shown === text) return;
  banners.dataset.shown = text;
  banners.hidden = wrong.length === 0;
  fill(banners, wrong.map(([what, why]) => h("p", { class: "notice bad", role: "alert" }, what ? h("strong", {}, `${what}. `) : null, why)));
}

function showHistory(perSecond, latency, stats) {
  // The last slot is not over.
  const slots = stats.history.slice(0, -1);
  const times = slots.map((slot) => Date.parse(slot.at) / 1000);
  const of = (name) => slots.map((slot) => slot.happenings[name] / stats.slotLength);
  const sum = (name) => slots.reduce((total, slot) => total + slot.happenings[name], 0);
  perSecond.update(times, [of("accepted"), of("succeeded"), of("failed"), of("retried")],
    `In the last hour ${count(sum("accepted"))} were accepted, ${count(sum("succeeded"))} succeeded, ${count(sum("failed"))} failed.`);
  const spans = (which, figure) => slots.map((slot) => slot[which]?.[figure] ?? null);
  const last = slots.findLast((slot) => slot.run);
  latency.update(times, [spans("wait", "p50"), spans("wait", "p95"), spans("run", "p50"), spans("run", "p95")],
    last ? `Last, ${ago(last.at)}: half waited at most ${span(last.wait?.p50)} and ran at most ${span(last.run.p50)}.` : "Nothing has ended in the last hour.");
}

function queueTable() {
  const columns = [{ name: "Queue" }, { name: "Ready", class: "number" }, { name: "Oldest", class: "number" }, { name: "Running", class: "number" }, { name: "Done/s", class: "number" }];
  const { element, body } = table("Queues", columns);
  const none = empty("No queue yet", "A queue need not be made: the first task makes it.");
  return {
    element: card("Queues", element, none, h("p", { class: "small" }, h("a", { href: "/ui/queues" }, "All queues"))),
    update(items) {
      const some = items.toSorted((a, b) => b.ready + b.running - a.ready - a.running || (a.queue < b.queue ? -1 : 1)).slice(0, shownQueues);
      none.hidden = items.length > 0;
      element.hidden = items.length === 0;
      reconcile(body, some, (q) => q.queue,
        (q) => h("tr", {}, cell(columns[0], h("a", { href: listPath({ queue: q.queue }) }, q.queue), " ", h("span", { class: "badge warn", hidden: true }, "paused")),
          cell(columns[1]), cell(columns[2], when(null)), cell(columns[3]), cell(columns[4])),
        (row, q) => {
          row.cells[0].querySelector(".badge").hidden = !q.isPaused;
          setText(row.cells[1], count(q.ready));
          setWhen(row.cells[2].firstChild, q.oldestReadyAt);
          setText(row.cells[3], count(q.running));
          setText(row.cells[4], rate(q.succeededPerSecond + q.failedPerSecond));
        });
    },
  };
}

function errorTable() {
  const columns = [{ name: "Task" }, { name: "Error" }, { name: "Times", class: "number" }, { name: "Last" }, { name: "With" }];
  const { element, body } = table("Failures by kind", columns);
  const none = h("p", { class: "muted" }, "None that is remembered.");
  return {
    element: card("Failures", element, none),
    update(items) {
      none.hidden = items.length > 0;
      element.hidden = items.length === 0;
      reconcile(body, items, (e) => `${e.task} ${e.type}`,
        (e) => h("tr", {}, cell(columns[0], h("a", { href: listPath({ task: e.task, state: "Failed" }) }, e.task)), cell(columns[1], h("code", { class: "break" }, e.type)), cell(columns[2]), cell(columns[3], when(null)),
          cell(columns[4], h("a", { class: "mono" }))),
        (row, e) => {
          setText(row.cells[2], count(e.count));
          setWhen(row.cells[3].firstChild, e.lastAt);
          const link = row.cells[4].firstChild;
          link.setAttribute("href", taskPath(e.lastTaskId));
          setText(link, e.lastTaskId);
        });
    },
  };
}

function siloTable() {
  const columns = [{ name: "Silo" }, { name: "Slots", class: "number" }, { name: "Running" }, { name: "Version" }];
  const { element, body } = table("Silos", columns);
  const none = h("p", { class: "notice bad", hidden: true }, "No silo answers: nothing runs.");
  return {
    element: card("Silos", element, none, h("p", { class: "small" }, h("a", { href: "/ui/workers" }, "All workers"))),
    update(items) {
      none.hidden = items.length > 0;
      element.hidden = items.length === 0;
      reconcile(body, items, (w) => w.worker,
        (w) => h("tr", {}, cell(columns[0], h("a", { class: "break", href: listPath({ worker: w.worker }) }, w.worker), " ", h("span", { class: "badge warn", hidden: true }, "draining")), cell(columns[1]),
          cell(columns[2], h("meter", { min: 0, "aria-label": `Taken slots of ${w.worker}` })), cell(columns[3])),
        (row, w) => {
          row.cells[0].querySelector(".badge").hidden = w.queues.length > 0;
          setText(row.cells[1], `${w.running} of ${w.slots}`);
          row.cells[2].firstChild.max = w.slots;
          row.cells[2].firstChild.value = w.running;
          setText(row.cells[3], shortVersion(w.version));
        });
    },
  };
}
