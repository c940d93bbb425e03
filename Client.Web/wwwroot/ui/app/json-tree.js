// JSON to look into: objects and arrays open and close, and what is in them is made when they are first opened.
import { h } from "./dom.js";
import { bytes, count } from "./format.js";
import { copyButton } from "./parts.js";

const openedAtFirst = 2;
const shownAtOnce = 100;

const isRaw = (value) => JSON.isRawJSON?.(value) === true;
const isNested = (value) => value !== null && typeof value === "object" && !isRaw(value);

function kindOf(value) {
  if (value === null) return "null";
  return isRaw(value) ? "number" : typeof value;
}

function leaf(value) {
  return h("span", { class: `json-${kindOf(value)}` }, JSON.stringify(value));
}

function entry(key, value, depth) {
  const name = key === null ? null : h("span", { class: "json-key" }, `${key}: `);
  if (!isNested(value)) return h("li", {}, name, leaf(value));
  const entries = Array.isArray(value) ? value.map((item, i) => [i, item]) : Object.entries(value);
  const [opening, closing] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return h("li", {}, name, opening + closing);
  const list = h("ul");
  const details = h("details", { ontoggle: () => { if (details.open && list.children.length === 0) grow(list, entries, 0, depth + 1); } },
    h("summary", {}, name, h("span", { class: "muted" }, `${opening} ${count(entries.length)} ${closing}`)), list);
  if (depth < openedAtFirst && entries.length <= shownAtOnce) details.open = true;
  return h("li", {}, details);
}

function grow(list, entries, from, depth) {
  list.append(...entries.slice(from, from + shownAtOnce).map(([key, value]) => entry(key, value, depth)));
  const rest = entries.length - from - shownAtOnce;
  if (rest <= 0) return;
  const more = h("button", { class: "quiet small", type: "button", onclick: () => { item.remove(); grow(list, entries, from + shownAtOnce, depth); } }, `${count(rest)} more`);
  const item = h("li", {}, more);
  list.append(item);
}

/** A tree with its size and a button that copies it. */
export function jsonTree(value) {
  const text = JSON.stringify(value, null, 2);
  return h("div", { class: "json" }, h("ul", { class: "tree mono" }, entry(null, value, 0)),
    h("div", { class: "row small muted" }, bytes(new TextEncoder().encode(JSON.stringify(value)).length), copyButton(text)));
}
