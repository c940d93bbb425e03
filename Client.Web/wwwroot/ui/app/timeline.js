// A task's life as bars on one line of time: when it waited, when it ran, and how each attempt came out.
import { h } from "./dom.js";
import { between, clock, exact, now, span } from "./format.js";
import { isFinal, signOf } from "./parts.js";

// Until the end of an attempt is stored: not worth a line.
const briefly = 0.1;
const outcomes = { succeeded: "Succeeded", failed: "Failed", cancelled: "Cancelled", running: "Running" };

/** The stretches of its life, one after the other: { kind, word, from, to }, `to` null while it goes on. Pure. */
function stretchesOf(task, attempts) {
  const stretches = [];
  let at = task.createdAt;
  for (const attempt of attempts) {
    const pause = between(at, attempt.startedAt);
    if (pause > 0) stretches.push({ kind: "wait", word: attempt.number > 1 && stretches.length > 0 ? "waited to be tried again" : "waited", from: at, to: attempt.startedAt });
    stretches.push({ kind: outcomes[attempt.outcome], word: `attempt ${attempt.number} ${attempt.outcome === "running" ? "runs" : attempt.outcome}`, from: attempt.startedAt, to: attempt.finishedAt, worker: attempt.worker });
    at = attempt.finishedAt;
    if (!at) return stretches;
  }
  if (!isFinal(task.state)) stretches.push({ kind: "wait", word: task.state === "Retrying" ? "waits to be tried again" : task.state === "Scheduled" ? "waits until it is due" : "waits for a slot", from: at, to: null });
  else if (task.state === "Cancelled" || between(at, task.finishedAt) > briefly) stretches.push({ kind: "wait", word: task.state === "Cancelled" ? "waited until it was cancelled" : "waited", from: at, to: task.finishedAt });
  return stretches;
}

/** The drawing, and the same as a list: it is the list that says it. */
export function timeline(task, attempts) {
  const stretches = stretchesOf(task, attempts);
  const begin = Date.parse(task.createdAt);
  const end = Math.max(begin + 1, isFinal(task.state) ? Date.parse(task.finishedAt) : now());
  const bar = h("div", { class: "lifeline", "aria-hidden": "true" });
  for (const stretch of stretches) {
    const [from, to] = [Date.parse(stretch.from), stretch.to ? Date.parse(stretch.to) : end];
    const piece = h("span", { class: "stretch", "data-kind": stretch.kind, title: `${stretch.word}, ${span((to - from) / 1000)}` });
    piece.style.flexGrow = String(Math.max(0.5, ((to - from) / (end - begin)) * 100));
    bar.append(piece);
  }
  const steps = [h("li", {}, h("span", { class: "sign", "aria-hidden": "true" }, "•"), h("span", {}, "accepted"), h("time", { title: exact(task.createdAt), datetime: task.createdAt }, clock(task.createdAt)), h("span"))];
  for (const stretch of stretches) {
    const length = between(stretch.from, stretch.to ?? new Date(now()).toISOString());
    steps.push(h("li", { "data-kind": stretch.kind }, h("span", { class: "sign", "aria-hidden": "true" }, stretch.kind === "wait" ? "·" : signOf(stretch.kind)),
      h("span", {}, stretch.word, stretch.worker ? h("span", { class: "muted small break" }, ` on ${stretch.worker}`) : null),
      h("time", { title: exact(stretch.from), datetime: stretch.from }, clock(stretch.from)), h("span", { class: "number" }, span(length), stretch.to ? "" : " so far")));
  }
  if (isFinal(task.state)) {
    steps.push(h("li", {}, h("span", { class: "sign", "aria-hidden": "true" }, signOf(task.state)), h("strong", {}, task.state.toLowerCase(), task.reason ? ` (${task.reason})` : ""),
      h("time", { title: exact(task.finishedAt), datetime: task.finishedAt }, clock(task.finishedAt)), h("span", { class: "number" }, `${span(between(task.createdAt, task.finishedAt))} in all`)));
  }
  return [bar, h("ol", { class: "steps" }, steps)];
}
