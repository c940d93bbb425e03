// The development mailbox: what the grid has sent while somebody develops.
import { every, fill, h, reconcile, setText } from "./dom.js";
import { Problem } from "./api.js";
import { bytes, clock, exact } from "./format.js";
import { confirm } from "./dialog.js";
import { curlKey } from "./me.js";
import { empty, heading, problem } from "./parts.js";

const refreshEvery = 2000;

export async function show(root, { signal, query, navigate }) {
  const view = new Mailbox(signal, Number(query.get("id")) || null, navigate);
  root.append(...view.elements);
  await view.refresh();
  view.chooseNewest();
  await view.read();
  every(refreshEvery, signal, () => view.refresh());
}

async function fetchMail(path, options) {
  let response;
  try {
    response = await fetch(path, { headers: { accept: "application/json" }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  if (response.status === 404) throw new Problem(404, { detail: path === "/dev/mail" ? "There is no development mailbox in this environment." : "This mail is not kept any more." });
  if (!response.ok) throw new Problem(response.status);
  return response.status === 204 ? null : response.json();
}

class Mailbox {
  #signal; #id; #mails = [];

  constructor(signal, id, navigate) {
    this.#signal = signal;
    this.#id = id;
    this.status = h("p", { class: "muted small" });
    this.clear = h("button", {
      class: "danger", type: "button", hidden: true,
      onclick: async () => {
        if (await confirm({ title: "Delete all mails?", word: "Delete", about: [h("p", {}, "The mailbox is empty afterwards.")], act: () => fetchMail("/dev/mail", { method: "DELETE" }) })) navigate("/ui/mail");
      },
    }, "Delete all");
    this.trouble = h("div", { role: "alert" });
    this.none = h("section", { class: "card stack", hidden: true }, empty("No mail yet", "Send one from a terminal; it appears here by itself:", `curl${curlKey()} -d recipient=ada@example.com -d content=hello ${location.origin}/send_email`),
      h("p", { class: "muted" }, "To see how the grid deals with trouble, send to one of these:"),
      h("dl", { class: "facts small" }, Object.entries({
        "fail450@": "is busy: the task is retried", "fail421@": "hangs up: the task is retried on a new connection", "fail550@": "does not exist: the task fails at once",
        "drop-after-data@": "takes the mail but never says so: it is sent again under the same Message-ID",
      }).map(([name, what]) => [h("dt", { class: "mono" }, name), h("dd", {}, what)])));
    this.list = h("ul", { class: "list" });
    this.mail = h("article", { class: "card stack", "aria-live": "polite" }, h("p", { class: "muted" }, "Choose a mail to read it."));
    this.box = h("div", { class: "split", hidden: true }, h("nav", { class: "card flush", "aria-label": "Mails" }, this.list), this.mail);
    const title = heading("Mail", null, this.clear);
    title.firstElementChild.append(this.status);
    this.elements = [title, this.trouble, this.none, this.box];
  }

  async refresh() {
    try {
      const [server, mails] = await Promise.all([fetchMail("/dev/mail/server", { signal: this.#signal }), fetchMail("/dev/mail", { signal: this.#signal })]);
      this.#mails = mails;
      setText(this.status, `SMTP on 127.0.0.1:${server.port}. The last ${server.capacity} mails, in memory until the process ends; none is sent on.`);
      fill(this.trouble, server.problem ? h("p", { class: "notice bad" }, server.problem) : null);
      this.none.hidden = mails.length > 0;
      this.box.hidden = this.clear.hidden = mails.length === 0;
      reconcile(this.list, mails, (mail) => mail.id, (mail) => h("li", {}, h("a", { href: `/ui/mail?id=${mail.id}`, "aria-current": mail.id === this.#id ? "true" : null },
        h("span", { class: "apart-ends" }, h("strong", {}, mail.subject || "(no subject)"), h("span", { class: "muted small" }, clock(mail.receivedAt))), h("span", { class: "muted small" }, mail.to.join(", ")))));
    } catch (error) {
      if (error.name !== "AbortError") fill(this.trouble, problem(error));
    }
  }

  /** Whoever has chosen none sees the newest. */
  chooseNewest() {
    this.#id ??= this.#mails[0]?.id ?? null;
    if (this.#id === this.#mails[0]?.id) this.list.querySelector("a")?.setAttribute("aria-current", "true");
  }

  async read() {
    if (this.#id === null) return;
    try {
      this.#show(await fetchMail(`/dev/mail/${this.#id}`, { signal: this.#signal }));
    } catch (error) {
      if (error.name !== "AbortError") fill(this.mail, h("p", { class: "muted" }, error.message));
    }
  }

  #show(mail) {
    const times = this.#mails.filter((one) => mail.messageId !== "" && one.messageId === mail.messageId).length;
    fill(this.mail, h("h2", {}, mail.subject || "(no subject)"),
      h("dl", { class: "facts small" }, [["From", mail.from], ["To", mail.to.join(", ")], ["Received", `${exact(mail.receivedAt)}, ${bytes(mail.size)}, connection ${mail.session}`],
        ["Message-ID", [h("span", { class: "mono break" }, mail.messageId), times > 1 ? h("span", { class: "badge warn" }, `arrived ${times} times`) : null]]].map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      h("pre", { class: "wrap", tabindex: "0" }, mail.text),
      h("details", {}, h("summary", { class: "small" }, "All headers"), h("dl", { class: "facts small mono" }, mail.headers.map((header) => [h("dt", {}, header.name), h("dd", {}, header.value)]))));
  }
}
