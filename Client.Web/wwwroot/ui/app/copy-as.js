// A task once more, as a command and as a line of C#: with what it was asked for, as far as its snapshot has it.
import { submitCommand } from "./parts.js";

/** Whether some of its arguments are for its handler alone. */
export const isHidden = (task) => JSON.stringify(task.args)?.includes('"[hidden]"') === true;

// What a task was asked for, as far as its snapshot has it.
function optionsOf(task) {
  return Object.fromEntries(Object.entries({
    queue: task.queue, priority: task.priority, maxAttempts: task.maxAttempts > 1_000_000 ? "forever" : task.maxAttempts, tags: task.tags.length > 0 ? task.tags : undefined,
    concurrencyKey: task.concurrencyKey ?? undefined, headers: task.headers ?? undefined,
  }).filter(([, value]) => value !== undefined));
}

export const asCurl = (task) => submitCommand({ task: task.task, ...(task.args === null ? {} : { args: task.args }), ...optionsOf(task) });

// Line ends of C# that JSON leaves as they are.
const oneLine = (text) => text.replace(/[\u0085\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A raw string literal has more quotation marks around it than there are in it. */
function rawString(text) {
  const most = Math.max(2, ...[...text.matchAll(/"+/g)].map((m) => m[0].length));
  const marks = '"'.repeat(most + 1);
  return text.startsWith('"') || text.endsWith('"') ? `${marks}\n${text}\n${marks}` : `${marks}${text}${marks}`;
}

export function asCSharp(task) {
  const text = (value) => oneLine(JSON.stringify(value));
  const options = optionsOf(task);
  const members = [
    `Queue = ${text(options.queue)}`, `Priority = ${options.priority}`, `MaxAttempts = ${options.maxAttempts === "forever" ? "TaskSettings.Forever" : options.maxAttempts}`, options.tags && `Tags = [${options.tags.map(text).join(", ")}]`,
    options.concurrencyKey && `ConcurrencyKey = ${text(options.concurrencyKey)}`,
    options.headers && `Headers = new Dictionary<string, string> { ${Object.entries(options.headers).map(([k, v]) => `[${text(k)}] = ${text(v)}`).join(", ")} }`].filter(Boolean);
  const args = task.args === null ? "null" : `JsonSerializer.Deserialize<JsonElement>(${rawString(oneLine(JSON.stringify(task.args)))})`;
  return `var handle = await tasks.SubmitAsync(${text(task.task)}, ${args}, new() { ${members.join(", ")} });`;
}
