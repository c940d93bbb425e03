// The form with a queue's settings: the limits in fields, what few need as JSON. All of it is set at once, as the API does.
import { h } from "./dom.js";
import { call, get, parse, part } from "./api.js";
import { openForm } from "./dialog.js";
import { say } from "./parts.js";

const forever = 2147483647;

/** What is not given is left out; what an answer writes as a number that stands for a word is that word. */
function given(value) {
  if (Array.isArray(value)) return value.map(given);
  if (value === null || typeof value !== "object" || JSON.isRawJSON?.(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null).map(([key, one]) => [key, key === "maxAttempts" && one === forever ? "forever" : given(one)]));
}

const field = (name, label, attributes) => h("div", { class: "field" }, h("label", { for: `q-${name}` }, label), h("input", { id: `q-${name}`, name, ...attributes }));

function limitsFrom(data, prefix) {
  const limits = given({ concurrency: data.get(`${prefix}concurrency`) ? Number(data.get(`${prefix}concurrency`)) : null, rate: data.get(`${prefix}rate`).trim() || null });
  return Object.keys(limits).length > 0 ? limits : undefined;
}

/** The settings that the form says. Throws what can't be read. Pure, but for the form. */
function settingsFrom(data) {
  const text = data.get("rest").trim();
  let rest = {};
  try {
    rest = text === "" ? {} : parse(text);
  } catch (error) {
    throw new Error(`The JSON can't be read: ${error.message}`);
  }
  return Object.fromEntries(Object.entries({
    limits: limitsFrom(data, ""), eachKeyLimits: limitsFrom(data, "each-"), fair: data.get("fair") !== null || undefined,
    ageingInterval: data.get("ageing") ? Number(data.get("ageing")) : undefined, ...rest,
  }).filter(([, value]) => value !== undefined));
}

// All is set at once: what somebody else has set since the form was opened would be gone without a word.
async function checkUnchanged(name, before) {
  const { revision, settings } = await get(`/queues/${part(name)}`);
  if (before === null && settings !== null) throw new Error(`${name} has settings already: open its limits in the list.`);
  if (before !== null && revision !== before) throw new Error("Somebody has changed this queue since: open its limits again.");
}

/** Opens the form; `queue` null asks for the name as well. */
export async function editQueue(queue, saved) {
  let [settings, revision] = [null, null];
  if (queue) {
    try {
      ({ settings, revision } = await get(`/queues/${part(queue)}`));
    } catch (error) {
      say(error.message, "bad");
      return;
    }
  }
  const { limits, eachKeyLimits, fair, ageingInterval, ...others } = given(settings ?? {});
  const rest = Object.keys(others).length > 0 ? JSON.stringify(others, null, 2) : "";
  openForm({
    title: queue ? `Limits of ${queue}` : "Configure a queue", word: "Save", wide: true,
    body: [
      queue ? null : field("name", "Name", { required: true, pattern: "[A-Za-z0-9_.\\-]+", title: "Letters, digits, _ . -" }),
      h("fieldset", {}, h("legend", {}, "All its tasks together"), h("div", { class: "pair" },
        field("concurrency", "Running at a time", { type: "number", min: 1, max: 100000, placeholder: "no limit", value: limits?.concurrency }),
        field("rate", "Starts, such as 100/m or 100/m burst 20", { placeholder: "no limit", value: limits?.rate }))),
      h("fieldset", {}, h("legend", {}, "Each concurrency key"), h("div", { class: "pair" },
        field("each-concurrency", "Running at a time", { type: "number", min: 1, max: 100000, placeholder: "no limit", value: eachKeyLimits?.concurrency }),
        field("each-rate", "Starts", { placeholder: "no limit", value: eachKeyLimits?.rate }))),
      h("div", { class: "pair" },
        h("label", { class: "check" }, h("input", { type: "checkbox", name: "fair", checked: fair === true }), " Fair: task names and keys take turns"),
        field("ageing", "Seconds of waiting that count as one priority", { type: "number", min: 1, step: "any", placeholder: "priorities are strict", value: ageingInterval })),
      h("details", { open: rest !== "" }, h("summary", {}, "Limits by name or key, and defaults of its tasks (JSON)"),
        h("div", { class: "field" }, h("label", { for: "q-rest", class: "small muted" }, "taskLimits, keyLimits and defaults, as PUT /api/v1/queues/{queue} takes them"),
          h("textarea", { id: "q-rest", name: "rest", rows: 8, class: "mono", spellcheck: "false", placeholder: '{"taskLimits": {"send_email": {"rate": "10/s"}}}' }, rest)))],
    submit: async (data) => {
      const name = queue ?? data.get("name");
      const wanted = settingsFrom(data);
      await checkUnchanged(name, revision);
      await call("PUT", `/queues/${part(name)}`, { body: wanted });
      say(`${name} has new settings.`);
      await saved();
    },
  });
}
