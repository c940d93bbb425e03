// Views that show how things stand: asked for again when something has changed, and now and then.
import { every } from "./dom.js";
import { isPaused, listen } from "./live.js";

const soonest = 1000;
const latest = 2000;

/** Shows a view and keeps it fresh: at most once a second however much happens, every two seconds if nothing does. Never twice at a time. */
export async function keepFresh(refresh, signal) {
  let [at, timer, busy] = [0, 0, false];
  async function once() {
    if (busy || signal.aborted) return;
    busy = true;
    at = performance.now();
    try {
      await refresh();
    } finally {
      busy = false;
    }
  }
  function soon() {
    timer ||= setTimeout(() => { timer = 0; if (!isPaused()) once(); }, Math.max(0, soonest - (performance.now() - at)));
  }
  await once();
  if (signal.aborted) return;
  listen(soon, signal);
  every(latest, signal, () => (isPaused() ? null : once()));
}
