// What keys do, everywhere and on the page that is shown. Never while somebody types.
import { h } from "./dom.js";
import { showInfo } from "./dialog.js";
import { isPaused, setPaused } from "./live.js";

const places = { o: ["/ui", "overview"], t: ["/ui/tasks", "tasks"], q: ["/ui/queues", "queues"], w: ["/ui/workers", "workers"], y: ["/ui/types", "task types"] };
let page = new Map();
let goes = false;
let navigate = () => {};

/** The keys of the page that is shown: key -> { word, act }. */
export function setPageKeys(keys) {
  page = new Map(Object.entries(keys));
}

// A dialog that has just been closed may have the focus for a moment more.
function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog[open]") !== null;
}

function focusSearch() {
  document.querySelector("main input[type=search]")?.focus();
}

function showKeys() {
  const rows = [["/", "search"], ["p", isPaused() ? "resume live updates" : "pause live updates"], ["?", "this list"],
    ...Object.entries(places).map(([key, [, word]]) => [`g ${key}`, word]), ...[...page].map(([key, { word }]) => [key, word])];
  showInfo("Keyboard", h("dl", { class: "facts keys" }, rows.map(([key, word]) => [h("dt", {}, key.split(" ").map((one) => [h("kbd", {}, one), " "])), h("dd", {}, word)])));
}

export function bindKeys(go) {
  navigate = go;
  document.getElementById("help").addEventListener("click", showKeys);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (goes) {
      goes = false;
      if (places[event.key]) {
        event.preventDefault();
        navigate(places[event.key][0]);
        return;
      }
    }
    const common = { "/": focusSearch, "?": showKeys, p: () => setPaused(!isPaused()), g: () => { goes = true; } };
    const act = common[event.key] ?? page.get(event.key)?.act;
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Moves the focus to the row after or before the one that has it, by the link that leads to what it tells of. */
export function moveRow(body, by) {
  const rows = [...body.querySelectorAll(":scope > tr, :scope > li")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.querySelector("a.open")?.focus();
}
