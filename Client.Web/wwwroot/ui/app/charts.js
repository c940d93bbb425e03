// Lines over the last hour, drawn by uPlot. Beside each drawing its figures are there as text, for who can't see it.
import { h, fill, setText } from "./dom.js";
import { hourAndMinute } from "./format.js";

let library = null;

function load() {
  library ??= new Promise((resolve, reject) => {
    document.head.append(h("link", { rel: "stylesheet", href: "/ui/vendor/uplot/uPlot.min.css" }),
      h("script", { src: "/ui/vendor/uplot/uPlot.iife.min.js", onload: () => resolve(globalThis.uPlot), onerror: () => { library = null; reject(new Error("The script that draws did not load.")); } }));
  });
  return library;
}

// Canvas knows no light-dark(): the colour is what an element with it has.
function colour(name) {
  const probe = h("span", { class: "unseen" });
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** The places of values with none beside them: no line leads to them. Pure. */
function lonely(values) {
  const isThere = (i) => values[i] !== null && values[i] !== undefined;
  return values.flatMap((_, i) => (isThere(i) && !isThere(i - 1) && !isThere(i + 1) ? [i] : []));
}

/**
 * A chart. `series` are { name, colour, dash, format }. The answer has `element` and `update(times, columns)`: seconds since 1970, and for each series
 * its values, null where there is none.
 */
export function chart({ title, series, format, signal }) {
  const canvas = h("div", { class: "canvas", role: "img", "aria-label": title });
  const values = series.map(() => h("span", { class: "mono" }, "–"));
  const legend = h("ul", { class: "legend" }, series.map((s, i) =>
    h("li", {}, h("span", { class: `swatch ${s.dash ? "dashed" : ""}`, "data-colour": s.colour, "aria-hidden": "true" }), `${s.name} `, values[i])));
  const element = h("figure", { class: "chart" }, h("figcaption", {}, title), canvas, legend);
  let plot = null;
  let data = null;
  let at = null;

  function tell() {
    if (!data) return;
    const index = at ?? data[0].length - 1;
    series.forEach((_, i) => setText(values[i], data[i + 1][index] === null || data[i + 1][index] === undefined ? "–" : format(data[i + 1][index])));
  }

  async function draw() {
    let UPlot;
    try {
      UPlot = await load();
    } catch (error) {
      fill(canvas, h("p", { class: "muted" }, error.message));
      return;
    }
    if (signal.aborted || !data) return;
    plot?.destroy();
    const [text, line] = [colour("muted"), colour("line")];
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    plot = new UPlot({
      width: Math.max(200, canvas.clientWidth), height: 180, legend: { show: false }, cursor: { y: false, points: { size: 6 } },
      scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
      axes: [{ ...axis, space: 70, values: (_, ticks) => ticks.map(hourAndMinute) }, { ...axis, size: 58, values: (_, ticks) => ticks.map((tick) => format(tick)) }],
      series: [{}, ...series.map((s) => ({ label: s.name, stroke: colour(s.colour), width: 1.75, dash: s.dash ? [5, 4] : undefined, points: { show: true, size: 5, filter: (u, index) => lonely(u.data[index]) }, spanGaps: false }))],
      hooks: { setCursor: [(u) => { at = u.cursor.idx ?? null; tell(); }] },
    }, data, fill(canvas));
  }

  const observer = new ResizeObserver(() => {
    if (plot && Math.abs(plot.width - canvas.clientWidth) > 1) plot.setSize({ width: Math.max(200, canvas.clientWidth), height: 180 });
    else if (!plot && data && canvas.clientWidth > 0) draw();
  });
  observer.observe(canvas);
  addEventListener("themechange", () => plot && draw(), { signal });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot && draw(), { signal });
  signal.addEventListener("abort", () => { observer.disconnect(); plot?.destroy(); }, { once: true });

  return {
    element,
    update(times, columns, summary) {
      const first = data === null;
      data = [times, ...columns];
      canvas.setAttribute("aria-label", `${title}. ${summary}`);
      tell();
      if (plot) plot.setData(data);
      else if (first && canvas.clientWidth > 0) draw();
    },
  };
}
