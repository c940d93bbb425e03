// Who did what by hand, newest first.
import { fill, h } from "./dom.js";
import { get, query } from "./api.js";
import { can } from "./me.js";
import { cell, empty, heading, problem, table, when } from "./parts.js";

export async function show(root, { signal, query: asked }) {
  if (!can("admin")) {
    root.append(heading("Audit"), h("p", { class: "notice" }, "The audit log is for admins."));
    return;
  }
  const columns = [{ name: "When" }, { name: "Who" }, { name: "Action" }, { name: "Target" }, { name: "Status", class: "number" }, { name: "Details" }];
  const { element, body } = table("Audit log", columns);
  const foot = h("nav", { class: "row paging", "aria-label": "Pages of the log" });
  const place = h("section", { class: "card flush" }, element);
  root.append(heading("Audit", "What was done by hand. The last 10,000 entries are kept; the web process's log has them too."), place, foot);
  try {
    const cursor = asked.get("cursor");
    const page = await get(`/audit${query({ cursor, limit: 100 })}`, { signal });
    body.append(...page.items.map((entry) => h("tr", {}, cell(columns[0], when(entry.at)), cell(columns[1], h("div", {}, entry.who), h("div", { class: "muted small" }, [entry.key, entry.from].filter(Boolean).join(" · "))),
      cell(columns[2], entry.action), cell(columns[3], h("code", { class: "break" }, entry.target)),
      cell(columns[4], entry.status === null ? h("span", { class: "muted", title: "It is being done, or its web process died over it" }, "?") : h("span", { class: entry.status < 400 ? "badge ok" : "badge bad" }, String(entry.status))),
      cell(columns[5], entry.details ? h("code", { class: "break" }, entry.details) : "–"))));
    if (page.items.length === 0) fill(place, empty("Nothing was done by hand yet", "Whoever cancels, retries, pauses or drains is found here."));
    const link = (word, path, rel) => h("a", { class: "button", href: path, rel }, word);
    fill(foot, cursor ? link("First", "/ui/audit", "first") : null, page.next ? link("Next", `/ui/audit?cursor=${page.next}`, "next") : null);
  } catch (error) {
    if (error.name !== "AbortError") fill(place, problem(error));
  }
}
