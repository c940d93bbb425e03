// Dialogs: the browser's own, which keep the keyboard inside and give the focus back.
import { h, fill } from "./dom.js";

/**
 * Asks before something is done that can't be undone. `act` does it; while it fails the dialog stays and says why.
 * @returns whether it was done
 */
export function confirm({ title, about, word, danger = true, act }) {
  return new Promise((resolve) => {
    let done = false;
    const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
    const go = h("button", { class: danger ? "danger solid" : "primary", type: "submit" }, word);
    const form = h("form", { method: "dialog", class: "stack" },
      h("h2", { id: "dialog-title" }, title), h("div", { class: "stack" }, about), trouble,
      h("div", { class: "row end" }, h("button", { type: "button", onclick: () => dialog.close() }, "Back"), go));
    const dialog = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => { dialog.remove(); resolve(done); } }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      try {
        await act?.();
        done = true;
        dialog.close();
      } catch (error) {
        trouble.textContent = error.message;
        trouble.hidden = false;
        go.disabled = false;
      }
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A dialog with a form of one's own. `submit` is called with its data; what it throws is shown beside the field that it names. */
export function openForm({ title, body, word, submit, wide = false }) {
  const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  const go = h("button", { class: "primary", type: "submit" }, word);
  const form = h("form", { class: "stack", novalidate: false },
    h("h2", { id: "dialog-title" }, title), body, trouble,
    h("div", { class: "row end" }, h("button", { type: "button", onclick: () => dialog.close() }, "Back"), go));
  const dialog = h("dialog", { class: wide ? "wide" : null, "aria-labelledby": "dialog-title", onclose: () => dialog.remove() }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await submit(new FormData(form), form);
      dialog.close();
    } catch (error) {
      trouble.textContent = error.field ? `${error.field}: ${error.message}` : error.message;
      trouble.hidden = false;
    } finally {
      go.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Shows something that is only looked at. */
export function showInfo(title, ...children) {
  const dialog = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => dialog.remove() },
    h("form", { method: "dialog", class: "stack" }, h("h2", { id: "dialog-title" }, title), fill(h("div", { class: "stack" }), ...children),
      h("div", { class: "row end" }, h("button", { class: "primary" }, "Close"))));
  document.body.append(dialog);
  dialog.showModal();
}
