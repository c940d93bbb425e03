// The filter of a list of tasks: in the address, so that it can be sent to somebody; as chips to take off one by one; and as words in the search box.
import { fill, h } from "./dom.js";
import { get } from "./api.js";
import { exact, now } from "./format.js";
import { can, seesAll } from "./me.js";
import { signOf, states } from "./parts.js";

const names = ["state", "queue", "task", "tag", "worker", "parent", "since", "until", "text"];
const units = { s: 1, m: 60, h: 3600, d: 86_400 };
const shortcuts = ["5m", "1h", "1d", "7d"];

/** What the address asks for. */
export const read = (query) => Object.fromEntries(names.flatMap((name) => (query.get(name) ? [[name, valueOf(name, query.get(name))]] : [])));

/** Words such as `state:Failed queue:mail-* since:1h no disk`: what has no name is looked for as text. */
function parseWords(words) {
  const filter = {};
  const rest = [];
  // One of each: nothing has two states, and what comes last counts.
  for (const word of words.trim().split(/\s+/).filter((one) => one !== "")) {
    const [, name, value] = word.match(/^(\w+):(.+)$/) ?? [];
    if (name === "text") rest.push(value);
    else if (!names.includes(name)) rest.push(word);
    else filter[name] = valueOf(name, value);
  }
  if (rest.length > 0) filter.text = rest.join(" ");
  return filter;
}

function valueOf(name, value) {
  if (name === "state") return states.find((state) => state.toLowerCase() === value.toLowerCase()) ?? value;
  const [, number, unit] = name === "since" || name === "until" ? value.match(/^(\d{1,6})([smhd])$/) ?? [] : [];
  return unit ? new Date(now() - number * units[unit] * 1000).toISOString() : value;
}

const shownValue = (name, value) => ((name === "since" || name === "until") && !Number.isNaN(Date.parse(value)) ? exact(value).slice(0, -4) : value);

/** The search box, the states and the chips. `apply` is called with the filter that is wanted. */
export function filterBar(filter, apply, signal) {
  const list = h("datalist", { id: "words" });
  const box = h("input", {
    type: "search", name: "q", id: "search", autocomplete: "off", spellcheck: "false", list: "words", "aria-label": "Search tasks",
    placeholder: "id, text, or state:Failed queue:mail-* tag:nightly since:1h",
  });
  const form = h("form", {
    class: "search", role: "search",
    onsubmit: (event) => {
      event.preventDefault();
      apply({ ...filter, ...parseWords(box.value) });
    },
  }, box, list, h("button", { type: "submit" }, "Search"));
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "State" },
    [null, ...states].map((state) => h("button", {
      type: "button", class: "chip", "aria-pressed": String((filter.state ?? null) === state), "data-state": state ?? "",
      onclick: () => apply({ ...filter, state: state ?? undefined }),
    }, state ? [h("span", { "aria-hidden": "true", class: "sign" }, signOf(state)), ` ${state}`] : "All")));
  const chips = h("div", { class: "chips" }, Object.entries(filter).filter(([name]) => name !== "state").map(([name, value]) => h("span", { class: "chip set" },
    h("span", {}, h("span", { class: "muted" }, `${name} `), shownValue(name, value)),
    h("button", { type: "button", class: "quiet", "aria-label": `Remove ${name} ${value}`, onclick: () => apply({ ...filter, [name]: undefined }) }, "×"))));
  box.addEventListener("focus", () => suggest(list, signal), { once: true });
  return { element: h("div", { class: "stack filters" }, form, h("div", { class: "row" }, tabs), Object.keys(filter).some((name) => name !== "state") ? chips : null), box };
}

/** What can be asked for by name, once somebody is about to type. */
async function suggest(list, signal) {
  const found = await Promise.allSettled([get("/queues", { signal }), get("/task-types", { signal }), can("read") && seesAll() ? get("/workers", { signal }) : { items: [] }]);
  const [queues, types, workers] = found.map((one) => one.value?.items ?? []);
  fill(list, [...states.map((s) => `state:${s}`), ...queues.map((q) => `queue:${q.queue}`), ...types.map((t) => `task:${t.task}`), ...workers.map((w) => `worker:${w.worker}`),
    ...shortcuts.map((s) => `since:${s}`)].map((value) => h("option", { value })));
}
