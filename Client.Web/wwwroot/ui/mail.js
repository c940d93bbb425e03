// The development mailbox. Mails come from anywhere, so nothing of them is ever read as markup: only textContent is set.

const refreshInterval = 2000;
const byId = (id) => document.getElementById(id);
let mails = [];
let shown = "";
let reading = 0;

function element(name, text, className) {
  const created = document.createElement(name);
  created.textContent = text;
  if (className) created.className = className;
  return created;
}

function say(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = text === "";
}

async function get(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  return response.ok ? response.json() : Promise.reject(new Error(String(response.status)));
}

function selectedId() {
  return Number(location.hash.slice(1));
}

function clock(instant) {
  const at = new Date(instant);
  return at.toDateString() === new Date().toDateString() ? at.toLocaleTimeString() : at.toLocaleString();
}

function row(mail) {
  const link = document.createElement("a");
  link.href = `#${mail.id}`;
  const top = element("span", "", "apart");
  top.append(element("strong", mail.subject || "(no subject)"), element("span", clock(mail.receivedAt), "muted small"));
  link.append(top, element("span", mail.to.join(", "), "muted small"));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function markSelected() {
  for (const link of byId("list").querySelectorAll("a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// Rewritten only when something changed, so that focus and selection stay where they are.
function showList() {
  const now = JSON.stringify(mails);
  if (now === shown) return;
  shown = now;
  const focused = document.activeElement?.closest("#list a")?.hash;
  byId("list").replaceChildren(...mails.map(row));
  byId("list").querySelector(`a[href="${focused}"]`)?.focus();
  byId("empty").hidden = mails.length > 0;
  byId("mailbox").hidden = byId("clear").hidden = mails.length === 0;
  say("count", mails.length === 0 ? "" : String(mails.length));
  markSelected();
  showRepeats();
}

function showRepeats() {
  const messageId = byId("message-id").textContent;
  const times = mails.filter((m) => m.messageId !== "" && m.messageId === messageId).length;
  say("repeated", times > 1 ? `arrived ${times} times` : "");
}

function showMail(mail) {
  byId("subject").textContent = mail.subject || "(no subject)";
  byId("from").textContent = mail.from;
  byId("to").textContent = mail.to.join(", ");
  byId("received").textContent = `${new Date(mail.receivedAt).toLocaleString()}, ${mail.size.toLocaleString()} bytes, connection ${mail.session}`;
  byId("message-id").textContent = mail.messageId;
  byId("text").textContent = mail.text;
  byId("headers").replaceChildren(...mail.headers.flatMap((h) => [element("dt", h.name), element("dd", h.value)]));
  byId("hint").hidden = true;
  byId("content").hidden = false;
  showRepeats();
}

function showNone(hint) {
  say("hint", hint);
  byId("content").hidden = true;
}

async function read() {
  markSelected();
  const id = selectedId();
  const mine = ++reading;
  if (!id) {
    showNone("Choose a mail to read it.");
    return;
  }
  try {
    const mail = await get(`/dev/mail/${id}`);
    if (mine === reading) showMail(mail);
  } catch {
    if (mine === reading) showNone("This mail is not kept any more.");
  }
}

async function refresh() {
  try {
    const [server, list] = await Promise.all([get("/dev/mail/server"), get("/dev/mail")]);
    mails = list;
    say("problem", server.problem ?? "");
    byId("status").textContent = `SMTP on 127.0.0.1:${server.port}. The last ${server.capacity} mails, in memory until the process ends; none is sent on.`;
    showList();
  } catch (error) {
    say("problem", error.message === "404"
      ? "There is no development mailbox in this environment."
      : "The server does not answer. Trying again.");
  }
}

async function poll() {
  if (document.visibilityState === "visible") await refresh();
  setTimeout(poll, refreshInterval);
}

byId("clear").addEventListener("click", async () => {
  // When the server is away the refresh says so.
  await fetch("/dev/mail", { method: "DELETE" }).catch(() => {});
  history.replaceState(null, "", location.pathname);
  showNone("Choose a mail to read it.");
  await refresh();
});
addEventListener("hashchange", async () => {
  await read();
  // On a narrow screen the mail lies below the list.
  if (selectedId()) byId("mail").scrollIntoView({ block: "nearest" });
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());

byId("example").textContent = byId("example").textContent.replace("http://localhost:5000", location.origin);
await poll();
await read();
