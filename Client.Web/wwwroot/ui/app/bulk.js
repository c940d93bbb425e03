// What is done to many tasks: to those that are ticked one by one, to all that match by one operation of the grid. Always counted first.
import { fill, h, setText } from "./dom.js";
import { call, get, post, part } from "./api.js";
import { confirm } from "./dialog.js";
import { count } from "./format.js";
import { me } from "./me.js";
import { isFinal, say } from "./parts.js";

const atOnce = 6;
const askEvery = 400;

export const actions = {
  Retry: { word: "Retry", done: "run again", danger: false, fits: (task) => task.state === "Failed" || task.state === "Cancelled", one: (id) => post(`/tasks/${part(id)}/retry`) },
  Cancel: { word: "Cancel", done: "cancelled", danger: true, fits: (task) => !isFinal(task.state), one: (id) => post(`/tasks/${part(id)}/cancel`) },
  Forget: { word: "Forget", done: "forgotten", danger: true, fits: (task) => isFinal(task.state), one: (id) => call("DELETE", `/tasks/${part(id)}`) },
};

// Of a queue as a whole.
const all = { ...actions, Purge: { word: "Purge", done: "cancelled", danger: true } };

const warnings = {
  Purge: "What waits is cancelled, what runs goes on.",
  Retry: "They run again with all their attempts.",
  Cancel: "What waits does not start any more; what runs is asked to stop.",
  Forget: "Their records, results and logs are gone for good.",
};

const tasks = (number) => `${count(number)} ${number === 1 ? "task" : "tasks"}`;

/** Does it to those that are ticked. */
export async function actOnSelection(name, selected, signal) {
  const action = actions[name];
  const meant = selected.filter(action.fits);
  if (meant.length === 0) {
    say(`None of the ${tasks(selected.length)} can be ${action.done}.`);
    return false;
  }
  const others = selected.length - meant.length;
  return confirm({
    title: `${action.word} ${tasks(meant.length)}?`, word: `${action.word} ${count(meant.length)}`, danger: action.danger,
    about: [h("p", {}, warnings[name]), others > 0 ? h("p", { class: "muted" }, `${tasks(others)} of the selection can't be ${action.done} and will be left alone.`) : null],
    act: async () => {
      const { done, failures } = await eachOf(meant, (task) => action.one(task.id), signal);
      if (failures.length > 0) say(`${tasks(failures.length)} had changed meanwhile and ${failures.length === 1 ? "was" : "were"} left alone: ${failures[0].message}`, "bad");
      say(`${tasks(done)} ${action.done}.`);
    },
  });
}

async function eachOf(items, act, signal) {
  const failures = [];
  let done = 0;
  const rest = [...items];
  async function work() {
    for (let item = rest.shift(); item && !signal.aborted; item = rest.shift()) {
      try {
        await act(item);
        done++;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return { done, failures };
}

/** Does it to all that match a filter; `place` shows how far it is. */
export async function actOnAll(name, filter, place, signal) {
  const action = all[name];
  // A key that is limited may mean no more than its limits, of which an operation takes one.
  const everything = me.queues.length === 1 ? { queue: me.queues[0] } : me.tasks.length === 1 ? { task: me.tasks[0] } : { queue: "*" };
  const request = { action: name, ...(Object.keys(filter).length === 0 ? everything : filter) };
  const impact = await post("/bulk/count", request, { signal });
  if (impact.count === 0 && impact.isComplete) {
    say(`None of what matches can be ${action.done}.`);
    return false;
  }
  const number = `${impact.isComplete ? "" : "at least "}${tasks(impact.count)}`;
  return confirm({
    title: `${action.word} ${number}?`, word: `${action.word} ${impact.isComplete ? count(impact.count) : "all that match"}`, danger: action.danger,
    about: [h("p", {}, `Everything that matches: ${describe(filter)}. ${warnings[name]}`), impact.isComplete ? null : h("p", { class: "muted" }, "There is more than was counted.")],
    act: async () => {
      const begun = await post("/bulk", request);
      follow(begun, impact, action, place, signal);
    },
  });
}

const describe = (filter) => Object.entries(filter).map(([key, value]) => `${key} ${value}`).join(", ") || "all tasks";

/** Shows an operation until it is through. It goes on in the grid whoever looks. */
async function follow(begun, impact, action, place, signal) {
  const bar = h("progress", { max: Math.max(1, impact.count), "aria-label": `${action.word} of many tasks` });
  const words = h("span", {});
  const box = h("div", { class: "notice row bulk", role: "status" }, words, bar);
  fill(place, box);
  let state = begun;
  for (;;) {
    setText(words, state.finishedAt ? `${tasks(state.done)} ${action.done}.` : `${count(state.done)} ${impact.isComplete ? `of ${count(impact.count)} ` : ""}${action.done}…`);
    bar.value = state.finishedAt ? bar.max : Math.min(state.done, bar.max);
    if (state.finishedAt || signal.aborted) break;
    await new Promise((resume) => setTimeout(resume, askEvery));
    try {
      state = await get(`/bulk/${part(state.id)}`);
    } catch (error) {
      if (error.status === 404 || error.status === 401) break;
      setText(words, `${count(state.done)} ${action.done}. ${error.message} Asking again.`);
    }
  }
  box.append(h("button", { class: "quiet", type: "button", "aria-label": "Close this notice", onclick: () => box.remove() }, "×"));
  place.dispatchEvent(new Event("through"));
}
