// Builds elements. What is shown comes from anywhere, so text is only ever text: nothing here reads markup.

/** An element with attributes (`on...` are listeners, true is an empty attribute, null and false are none) and children. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const svgNamespace = "http://www.w3.org/2000/svg";

/** Likewise for drawings. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(svgNamespace, name);
  setAttributes(element, attributes);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setAttributes(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
}

/** Sets a text only when it is another one: selections and screen readers are left alone. */
export function setText(element, text) {
  const words = String(text ?? "");
  if (element.textContent !== words) element.textContent = words;
}

/** Puts a child in the place of all others, unless it is the same. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Makes a parent's children those of `items`, by key: what stays is kept and brought up to date, so that focus, selection and open details stay.
 * `make` returns an element, `update` brings it up to date (at once, too).
 */
export function reconcile(parent, items, keyOf, make, update) {
  const known = new Map([...parent.children].filter((child) => child.dataset.key !== undefined).map((child) => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = known.get(key);
    known.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    update?.(child, item);
    const place = before ? before.nextElementSibling : parent.firstElementChild;
    if (child !== place) parent.insertBefore(child, place);
    before = child;
  }
  for (const gone of known.values()) gone.remove();
}

/** Calls a function again and again until a signal says stop; not while the page is hidden. The function may take its time. */
export async function every(milliseconds, signal, action) {
  while (!signal.aborted) {
    await new Promise((resume) => {
      const timer = setTimeout(resume, milliseconds);
      signal.addEventListener("abort", () => { clearTimeout(timer); resume(); }, { once: true });
    });
    if (!signal.aborted && document.visibilityState === "visible") await action();
  }
}
