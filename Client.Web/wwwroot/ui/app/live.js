// The page's one stream of events. What it says is a hint that something has changed: what is true is asked for. Browsers keep few connections to one
// server, for all tabs together: so there is one stream for a page, and none while it is hidden or paused.

import { get, query } from "./api.js";

const gatherFor = 500;
const retryAfter = 10_000;
const patience = 1000;
// The server says something at least every 15 seconds.
const silence = 35_000;
let wanted = null;
let stream = null;
let waiting = 0;
let reopen = 0;
let heard = 0;
let paused = remembered() === "paused";

function remembered() {
  try {
    return localStorage.getItem("taskgrid.live");
  } catch {
    return null;
  }
}

export const isPaused = () => paused;

export function setPaused(value) {
  paused = value;
  try {
    localStorage.setItem("taskgrid.live", value ? "paused" : "on");
  } catch {
    // It counts until the page is left.
  }
  settle();
  if (!paused) wanted?.catchUp();
  show();
}

/**
 * Follows a stream of the API instead of the one before. `handlers` are called with the data and the id of the events of their names, `catchUp` when
 * something may have been missed.
 */
export function follow(path, handlers, catchUp, signal) {
  if (signal.aborted) return;
  close();
  // What has happened since whoever follows has read it is missed as well.
  const mine = { path, handlers, catchUp, missed: true };
  wanted = mine;
  signal.addEventListener("abort", () => {
    if (wanted !== mine) return;
    wanted = null;
    settle();
  }, { once: true });
  settle();
}

/**
 * Follows all tasks, or those of a filter: a listener gets the latest event of each that has changed, at most twice a second, and `true` when something may have been missed.
 */
export function listen(listener, signal, filter = {}) {
  let gathered = new Map();
  let timer = 0;
  const flush = () => {
    timer = 0;
    const changes = gathered;
    gathered = new Map();
    // What was gathered before a pause is among what is caught up with after it.
    if (!signal.aborted && !paused) listener(changes, false);
  };
  follow(`/events${query(filter)}`, {
    task: (what) => {
      gathered.set(what.id, what);
      timer ||= setTimeout(flush, gatherFor);
    },
  }, () => listener(new Map(), true), signal);
}

function open() {
  const { path, handlers } = wanted;
  const mine = wanted;
  stream = new EventSource(`/api/v1${path}`);
  for (const [name, handler] of Object.entries({ ping: () => {}, ...handlers })) {
    stream.addEventListener(name, (event) => {
      watch();
      if (wanted === mine && !paused) handler(JSON.parse(event.data), event.lastEventId);
    });
  }
  stream.addEventListener("open", () => {
    watch();
    if (mine.missed) mine.catchUp();
    mine.missed = false;
    show();
  });
  stream.addEventListener("error", () => {
    mine.missed = true;
    // A browser comes back by itself after a lost connection, but not after a refusal.
    if (stream?.readyState === EventSource.CLOSED) {
      close();
      reopen = setTimeout(settle, retryAfter);
      // Perhaps nobody is signed in any more, which this finds out.
      get("/me").catch(() => {});
    }
    show();
  });
  watch();
  // A stream that opens at once is not worth a word.
  waiting = setTimeout(show, patience);
}

/** A connection can be dead without anybody saying so. */
function watch() {
  clearTimeout(heard);
  heard = setTimeout(() => {
    close();
    if (wanted) wanted.missed = true;
    settle();
    show();
  }, silence);
}

function close() {
  stream?.close();
  stream = null;
  clearTimeout(reopen);
  clearTimeout(waiting);
  clearTimeout(heard);
}

/** Follows nothing any more: there is nothing to come. */
export function unfollow() {
  wanted = null;
  settle();
  show();
}

function settle() {
  const isWanted = wanted !== null && !paused && document.visibilityState === "visible";
  if (isWanted && !stream) open();
  if (!isWanted && stream) {
    close();
    if (wanted) wanted.missed = true;
  }
}

function show() {
  const button = document.getElementById("live");
  const word = paused ? "Paused" : wanted && stream?.readyState !== EventSource.OPEN ? "Connecting" : "Live";
  button.setAttribute("aria-pressed", String(!paused));
  button.dataset.state = word.toLowerCase();
  document.getElementById("live-word").textContent = word;
}

/** Makes the button in the page's head work. */
export function bindLive() {
  document.getElementById("live").addEventListener("click", () => setPaused(!paused));
  document.addEventListener("visibilitychange", settle);
  show();
}
