// Instants, spans and numbers as people read them.

// How far the reader's clock is from the server's, where that is worth a word: a header tells whole seconds.
const worth = 2000;
let skew = 0;

export function noteServerTime(header) {
  const difference = Date.parse(header) - Date.now();
  skew = Math.abs(difference) > worth ? difference : 0;
}

/** Now, by the server's clock. */
export const now = () => Date.now() + skew;

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

export const count = (value) => number.format(value ?? 0);

/** Short for tiles: 12,345 stays, a million is 1M. */
export const shortCount = (value) => (value < 100_000 ? number.format(value ?? 0) : compact.format(value));

export function rate(perSecond) {
  if (!perSecond) return "0";
  return perSecond < 10 ? perSecond.toFixed(perSecond < 1 ? 2 : 1) : number.format(perSecond);
}

/** A span of seconds. */
export function span(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  const s = Math.max(0, seconds);
  if (s < 0.001) return "<1 ms";
  if (s < 0.9995) return `${Math.round(s * 1000)} ms`;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** Seconds between two instants; null when one is missing. */
export const between = (from, to) => (from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null);

/** Seconds from an instant until now. */
export const since = (instant) => (instant ? (now() - Date.parse(instant)) / 1000 : null);

/** How long ago, or in how long, in whole words: it changes at most once a second. */
export function ago(instant, at = now()) {
  const seconds = (at - Date.parse(instant)) / 1000;
  const far = Math.abs(seconds);
  const words = far < 1 ? "now" : far < 60 ? `${Math.floor(far)} s` : far < 3600 ? `${Math.floor(far / 60)} min` : far < 86_400 ? `${Math.floor(far / 3600)} h` : `${Math.floor(far / 86_400)} d`;
  return words === "now" ? words : seconds < 0 ? `in ${words}` : `${words} ago`;
}

/** The instant itself, in the reader's time zone, with milliseconds. */
export function exact(instant) {
  const at = new Date(instant);
  return `${at.toLocaleDateString(undefined, { year: "numeric", month: "short", day: "2-digit" })} ${at.toLocaleTimeString(undefined, { hour12: false })}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** The clock alone for today, with the date for other days. */
export function clock(instant) {
  const at = new Date(instant);
  return at.toDateString() === new Date().toDateString() ? at.toLocaleTimeString(undefined, { hour12: false }) : at.toLocaleString(undefined, { hour12: false });
}

export function bytes(size) {
  return size < 1000 ? `${size} B` : size < 1_000_000 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

/** The hour and minute, for an axis of time. */
export const hourAndMinute = (seconds) => new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });

/** A version without most of its commit. */
export const shortVersion = (version) => version.replace(/(\+[0-9a-f]{7})[0-9a-f]+$/, "$1");

/** A worker's address, without what tells it from those that had it before. */
export const shortWorker = (worker) => worker.split("@")[0];

/** The end of an id is its random part. */
export const shortId = (id) => (id.length > 18 ? `…${id.slice(-12)}` : id);
