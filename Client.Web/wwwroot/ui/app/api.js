// The public HTTP API, as any other program would use it.
import { noteServerTime } from "./format.js";

/** What a request was answered with when it was not done. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || (status ? `The server answered with ${status}.` : "The server does not answer."));
    this.status = status;
    this.code = body?.code ?? "";
    this.field = body?.field ?? null;
  }
}

/** Numbers that JavaScript would change stay as they were written. */
export function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === "number" && context?.source && String(value) !== context.source && JSON.rawJSON ? JSON.rawJSON(context.source) : value);
}

const patience = 20_000;

/** @returns the body of the answer, null when it has none. @throws Problem */
export async function call(method, path, { body, signal, headers, alsoTake } = {}) {
  let response, text;
  try {
    const late = AbortSignal.timeout(patience);
    response = await fetch(`/api/v1${path}`, {
      method,
      signal: signal ? AbortSignal.any([signal, late]) : late,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
    noteServerTime(response.headers.get("date"));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  // What somebody has typed into a form stays: it says so there.
  if (response.status === 401 && !document.querySelector("dialog[open]")) {
    location.assign(`/signin?return=${encodeURIComponent(location.pathname + location.search)}`);
  }
  let read = null;
  try {
    read = text === "" ? null : parse(text);
  } catch {
    // Something between has answered, and not in JSON.
  }
  if (!response.ok && response.status !== alsoTake) throw new Problem(response.status, read);
  return read;
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });

/** A query string of what is given; '' when nothing is. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** A part of a path. */
export const part = encodeURIComponent;
