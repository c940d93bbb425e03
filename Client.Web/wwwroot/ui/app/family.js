// The tasks around one: who submitted it, and what it has submitted, as a drawing and as a list.
import { fill, h, svg } from "./dom.js";
import { get, part, query } from "./api.js";
import { isPaused } from "./live.js";
import { badge, card, isFinal, signOf, taskPath } from "./parts.js";

// Who looks for children looks at many records.
const restFor = 5000;
const mostNodes = 60;
const mostDepth = 4;
const [width, height] = [190, 44];

/** Those above it up to the first, and those below it, so many at most. */
async function gather(task, signal) {
  const nodes = new Map([[task.id, task]]);
  const edges = [];
  let child = task;
  for (let depth = 0; child.parentId && depth < mostDepth; depth++) {
    try {
      const parent = await get(`/tasks/${part(child.parentId)}`, { signal });
      nodes.set(parent.id, parent);
      edges.push([parent.id, child.id]);
      child = parent;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      break;
    }
  }
  let more = false;
  let row = [task.id];
  for (let depth = 0; row.length > 0 && depth < mostDepth; depth++) {
    const below = [];
    for (const id of row) {
      const room = mostNodes - nodes.size;
      if (room <= 0) return { nodes, edges, more: true };
      // None is older than its parent: so the list has an end, however many tasks there are.
      const page = await get(`/tasks${query({ parent: id, since: nodes.get(id).createdAt, limit: Math.min(room, 50) })}`, { signal });
      more ||= page.next !== null && page.items.length > 0;
      for (const item of page.items) {
        nodes.set(item.id, item);
        edges.push([id, item.id]);
        below.push(item.id);
      }
    }
    // What a task without children has costs a look at all records: one level more than there is, and no further.
    row = depth === 0 || below.length <= 5 ? below : [];
  }
  return { nodes, edges, more };
}

async function draw({ nodes, edges }, own) {
  const { Graph, layout } = await import("../vendor/dagre/dagre.esm.js");
  const graph = new Graph().setGraph({ rankdir: "LR", nodesep: 12, ranksep: 44, marginx: 2, marginy: 2 }).setDefaultEdgeLabel(() => ({}));
  for (const id of nodes.keys()) graph.setNode(id, { width, height });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const size = graph.graph();
  const lines = edges.map(([from, to]) => svg("polyline", { class: "edge", points: graph.edge(from, to).points.map((p) => `${p.x},${p.y}`).join(" ") }));
  const boxes = [...nodes.values()].map((task) => {
    const { x, y } = graph.node(task.id);
    return svg("a", { href: taskPath(task.id), class: `node ${task.id === own ? "own" : ""}`, "data-state": task.state, transform: `translate(${x - width / 2} ${y - height / 2})`, tabindex: "-1" },
      svg("rect", { width, height, rx: 8 }), svg("text", { x: 10, y: 18, class: "name" }, `${signOf(task.state)} ${cut(task.task, 20)}`), svg("text", { x: 10, y: 34, class: "id" }, cut(task.id, 24)));
  });
  const drawing = svg("svg", { viewBox: `0 0 ${Math.ceil(size.width)} ${Math.ceil(size.height)}`, width: Math.ceil(size.width), height: Math.ceil(size.height), "aria-hidden": "true" }, lines, boxes);
  return h("div", { class: "scroll graph", tabindex: "0", role: "group", "aria-label": "Drawing of the tasks around this one; the list below says the same" }, drawing);
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

function list(nodes, edges, id, own) {
  const children = edges.filter(([from]) => from === id).map(([, to]) => to);
  const task = nodes.get(id);
  return h("li", {}, badge(task.state), " ", task.id === own ? h("strong", {}, `${task.task} (this one)`) : h("a", { href: taskPath(task.id) }, `${task.task} ${task.id}`),
    children.length > 0 ? h("ul", {}, children.map((child) => list(nodes, edges, child, own))) : null);
}

/** A card that fills itself, in the place of an element; it stays away while the task is alone. `again` draws it anew, some seconds after the last time. */
export function family(task, signal, place) {
  const inside = h("div", { class: "stack" });
  const element = card("Family", inside);
  element.hidden = true;
  place.replaceWith(element);
  let [timer, at, shown] = [0, 0, ""];

  async function show(found, content) {
    shown = content;
    const isOpen = inside.querySelector("details")?.open === true;
    const first = [...found.nodes.keys()].find((id) => !found.edges.some(([, to]) => to === id));
    fill(inside, await draw(found, task.id),
      h("details", { open: isOpen }, h("summary", { class: "small" }, `As a list: ${found.nodes.size} tasks${found.more ? ", and perhaps more" : ""}`), h("ul", { class: "plain" }, list(found.nodes, found.edges, first, task.id))),
      h("p", { class: "small" }, h("a", { href: `/ui/tasks${query({ parent: task.id })}` }, "List its children")));
    element.hidden = false;
  }

  async function look(now) {
    at = performance.now();
    try {
      const found = await gather(now, signal);
      const content = JSON.stringify([...found.nodes.values()].map((one) => [one.id, one.state]));
      if (found.nodes.size > 1 && content !== shown) await show(found, content);
      // They go on though nothing happens to the task itself.
      if ([...found.nodes.values()].some((one) => one.id !== task.id && !isFinal(one.state)) && !isPaused()) element.again(now);
    } catch (error) {
      if (error.name !== "AbortError") fill(inside, h("p", { class: "muted" }, error.message));
    }
  }

  element.again = (now) => {
    timer ||= setTimeout(() => {
      timer = 0;
      if (!signal.aborted) look(now);
    }, Math.max(0, restFor - (performance.now() - at)));
  };
  look(task);
  return element;
}
