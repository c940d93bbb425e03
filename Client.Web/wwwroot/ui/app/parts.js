// The small things that all pages are made of.
import { h, setText } from "./dom.js";
import { ago, exact, now } from "./format.js";
import { curlKey } from "./me.js";

export const states = ["Queued", "Scheduled", "Running", "Retrying", "Succeeded", "Failed", "Cancelled"];
export const isFinal = (state) => state === "Succeeded" || state === "Failed" || state === "Cancelled";

// Never the colour alone: each has a sign and its name.
const signs = { Queued: "◌", Scheduled: "◷", Running: "▶", Retrying: "↻", Succeeded: "✓", Failed: "✕", Cancelled: "⊘" };
export const signOf = (state) => signs[state] ?? "·";

export function badge(state, word = state) {
  const element = h("span", { class: "badge state" }, h("span", { "aria-hidden": "true", class: "sign" }), h("span", { class: "word" }));
  setBadge(element, state, word);
  return element;
}

export function setBadge(element, state, word = state) {
  element.dataset.state = state ?? "";
  setText(element.querySelector(".sign"), signOf(state));
  setText(element.querySelector(".word"), word ?? "");
}

/** An instant as people say it, brought up to date by itself; the exact one when it is pointed at. */
export function when(instant, nothing = "–") {
  const element = h("time", { class: "ago" });
  setWhen(element, instant, nothing);
  return element;
}

export function setWhen(element, instant, nothing = "–") {
  if (!instant) {
    element.removeAttribute("datetime");
    element.removeAttribute("title");
    setText(element, nothing);
    return;
  }
  element.setAttribute("datetime", instant);
  element.title = exact(instant);
  setText(element, ago(instant));
}

/** Keeps all instants up to date. */
export function tick() {
  const at = now();
  for (const element of document.querySelectorAll("time.ago[datetime]")) setText(element, ago(element.getAttribute("datetime"), at));
}

export const taskPath = (id) => `/ui/tasks/${encodeURIComponent(id)}`;
export const listPath = (filter) => `/ui/tasks?${new URLSearchParams(filter)}`;

/** The heading of a page with what can be done there. */
export function heading(title, about, ...actions) {
  return h("div", { class: "title" },
    h("div", {}, h("h1", { tabindex: "-1" }, title), about ? h("p", { class: "muted small" }, about) : null),
    actions.length > 0 ? h("div", { class: "row" }, actions) : null);
}

export function card(title, ...children) {
  const id = `h-${title.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  return h("section", { class: "card stack", "aria-labelledby": id }, h("h2", { id }, title), children);
}

/** A table with named columns; on a narrow screen each row is a card whose values have their column's name beside them. */
export function table(caption, columns, attributes = {}) {
  const body = h("tbody");
  const element = h("table", { class: "data", ...attributes }, h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.class }, column.head ?? column.name)))), body);
  return { element: h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption }, element), body };
}

export const cell = (column, ...children) => h("td", { class: column.class, "data-label": column.name }, children);

export function problem(error) {
  return h("p", { class: "notice bad", role: "alert" }, error.message);
}

/** Says something for a moment, also to who can't see. */
export function say(text, kind = "") {
  const toast = h("div", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), kind === "bad" ? 10_000 : 5_000);
}

export function copyButton(text, label = "Copy") {
  return h("button", {
    class: "quiet small", type: "button",
    onclick: async (event) => {
      const button = event.currentTarget;
      try {
        await navigator.clipboard.writeText(typeof text === "function" ? text() : text);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = label; }, 1500);
    },
  }, label);
}

/** A command that works when it is pasted. */
export function command(text) {
  return h("div", { class: "command" }, h("pre", { class: "wrap", tabindex: "0" }, h("code", {}, text)), copyButton(text));
}

/** Single quotes around whatever a shell would look into. */
const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`;

export const submitCommand = (body) => `curl${curlKey()} -H 'Content-Type: application/json' ${location.origin}/api/v1/tasks -d ${quoted(JSON.stringify(body))}`;

/** What there is to see when there is nothing, and how to change that. */
export function empty(title, about, example) {
  return h("div", { class: "empty stack" }, h("p", { class: "strong" }, title), about ? h("p", { class: "muted" }, about) : null, example ? command(example) : null);
}
