// The frame: who looks, which page, and what they share. Each page is a module that is loaded when it is first shown.
import { fill, h } from "./dom.js";
import { Problem } from "./api.js";
import { can, loadMe, me, seesAll } from "./me.js";
import { bindLive } from "./live.js";
import { bindKeys, setPageKeys } from "./keyboard.js";
import { heading, problem, tick } from "./parts.js";

const pages = [
  [/^\/ui\/?$/, () => import("./overview.js"), "Overview"],
  [/^\/ui\/tasks\/?$/, () => import("./tasks.js"), "Tasks"],
  [/^\/ui\/tasks\/([^/]+)$/, () => import("./task.js"), "Task"],
  [/^\/ui\/queues\/?$/, () => import("./queues.js"), "Queues"],
  [/^\/ui\/workers\/?$/, () => import("./workers.js"), "Workers"],
  [/^\/ui\/types\/?$/, () => import("./types.js"), "Task types"],
  [/^\/ui\/types\/([^/]+)$/, () => import("./types.js"), "Task type"],
  [/^\/ui\/audit\/?$/, () => import("./audit.js"), "Audit"],
  [/^\/ui\/mail\/?$/, () => import("./mail.js"), "Mail"],
  [/^\/ui\/example\/?$/, () => import("./example.js"), "Example"],
];

const main = document.getElementById("main");
const slow = 300;
const askAgainAfter = 3000;
// Where each step of the history was scrolled to, by its number.
const place = new Map();
let shown = null;
let address = "";

/** Shows what the address says. The page before is told to stop all it does. */
async function show({ focus, back = false }) {
  shown?.abort();
  const control = new AbortController();
  shown = control;
  address = location.pathname + location.search;
  setPageKeys({});
  markNavigation();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const waiting = setTimeout(() => { if (!control.signal.aborted) main.setAttribute("aria-busy", "true"); }, slow);
  control.signal.addEventListener("abort", () => clearTimeout(waiting), { once: true });
  const [pattern, load, title] = pages.find(([path]) => path.test(location.pathname)) ?? [null, null, "Not found"];
  document.title = `${title} · TaskGrid`;
  try {
    const params = pattern ? location.pathname.match(pattern).slice(1).map(decodeURIComponent) : [];
    if (!load) throw new Problem(404, { detail: "There is no such page." });
    const page = await load();
    if (control.signal.aborted) return;
    const root = h("div", { class: "page" });
    const context = { params, query: new URLSearchParams(location.search), signal: control.signal, navigate, setTitle: (text) => { document.title = `${text} · TaskGrid`; } };
    // The page before stays until this one has something to show, which it may say earlier.
    context.reveal = () => {
      if (control.signal.aborted || root.parentElement === main) return;
      main.removeAttribute("aria-busy");
      fill(main, root);
    };
    await page.show(root, context);
    if (control.signal.aborted) return;
    context.reveal();
  } catch (error) {
    if (error.name === "AbortError" || control.signal.aborted) return;
    fill(main, h("div", { class: "page" }, heading(title), problem(error)));
  }
  clearTimeout(waiting);
  main.removeAttribute("aria-busy");
  if (focus) {
    scrollTo(0, back ? place.get(history.state?.place ?? 0) ?? 0 : 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
}

function markNavigation() {
  for (const link of document.querySelectorAll(".bar nav a")) {
    const path = link.getAttribute("href");
    const isHere = path === "/ui" ? location.pathname.replace(/\/$/, "") === "/ui" : location.pathname.startsWith(path);
    if (isHere) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else link.removeAttribute("aria-current");
  }
}

/** Goes to another page, or to another state of this one. `replace` leaves no step to go back to. */
function navigate(path, { replace = false, state = null } = {}) {
  const step = history.state?.place ?? 0;
  if (replace) history.replaceState({ ...state, place: step }, "", path);
  else history.pushState({ ...state, place: step + 1 }, "", path);
  show({ focus: !replace });
}

function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.hasAttribute("target") || link.hasAttribute("download")) return;
    // A link in a drawing has no plain href.
    const to = new URL(link.getAttribute("href"), location.href);
    if (to.origin !== location.origin || !pages.some(([path]) => path.test(to.pathname)) || to.hash) return;
    event.preventDefault();
    navigate(to.pathname + to.search);
  });
  addEventListener("popstate", () => {
    // A step within the page, to its content for instance, is no other page.
    if (location.pathname + location.search !== address) show({ focus: true, back: true });
  });
  addEventListener("scroll", () => { place.set(history.state?.place ?? 0, scrollY); }, { passive: true });
}

function bindTheme() {
  const button = document.getElementById("theme");
  const order = ["system", "light", "dark"];
  const root = document.documentElement;
  const name = () => root.dataset.theme ?? "system";
  const tell = () => {
    button.textContent = { system: "Auto", light: "Light", dark: "Dark" }[name()];
    button.setAttribute("aria-label", `${button.textContent} theme`);
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(name()) + 1) % order.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("taskgrid.theme", next);
    } catch {
      // It counts until the page is left.
    }
    tell();
    dispatchEvent(new Event("themechange"));
  });
  tell();
}

/** Shows of the navigation what there is for whoever looks. */
function showPlaces() {
  for (const element of document.querySelectorAll("[data-needs]")) element.hidden = !can(element.dataset.needs);
  for (const element of document.querySelectorAll("[data-link]")) element.hidden = !me.links[element.dataset.link];
  if (!seesAll()) document.querySelector(".bar nav a[href='/ui/workers']").hidden = true;
  const out = document.getElementById("signout");
  out.hidden = !me.signedIn;
  out.querySelector("button").title = `Signed in with the key ${me.name} (${me.roles.join(", ")})`;
}

bindTheme();
bindLive();
bindKeys(navigate);
followLinks();
setInterval(tick, 1000);
history.scrollRestoration = "manual";
// A page that the browser has kept may be of somebody who has signed out since.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
for (;;) {
  try {
    await loadMe();
    break;
  } catch (error) {
    fill(main, h("div", { class: "page" }, heading("TaskGrid"), problem(error), h("p", { class: "muted" }, "Asking again.")));
    await new Promise((resume) => setTimeout(resume, askAgainAfter));
  }
}
showPlaces();
await show({ focus: false });
