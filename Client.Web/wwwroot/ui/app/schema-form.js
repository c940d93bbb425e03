// A form of a JSON Schema: a field for what people can fill in, JSON for the rest. What is left empty is not sent.
import { h } from "./dom.js";
import { parse } from "./api.js";

const deepest = 2;
let made = 0;

const typesOf = (schema) => (Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : []);
const kindOf = (schema) => typesOf(schema).find((type) => type !== "null") ?? "any";
const allowsNull = (schema) => typesOf(schema).includes("null") || schema.enum?.includes(null) === true || (schema.anyOf ?? schema.oneOf ?? []).some(allowsNull);

/** A number as it was typed, also where JavaScript has none such. */
function numberOf(name, text) {
  const written = text.replace(/^(-?)0+(?=\d)/, "$1");
  if (!Number.isFinite(Number(written))) throw new Error(`${name} is larger than any number.`);
  return parse(written);
}

function labelled(name, isRequired, schema, control, id) {
  const hint = [schema.description, schema.default !== undefined && `default ${JSON.stringify(schema.default)}`, schema.writeOnly && "kept from view once it is sent"].filter(Boolean).join(" · ");
  return h("div", { class: "field" }, h("label", { for: id }, name, isRequired ? null : h("span", { class: "muted small" }, " optional")), control, hint ? h("span", { class: "muted small" }, hint) : null);
}

function choice(name, schema, isRequired, id) {
  const values = schema.enum ?? [true, false];
  const select = h("select", { id, required: isRequired }, isRequired && schema.enum ? null : h("option", { value: "" }, ""), values.filter((value) => value !== null).map((value, i) => h("option", { value: i }, String(value))));
  return { element: labelled(name, isRequired, schema, select, id), read: () => (select.value === "" ? undefined : values.filter((value) => value !== null)[Number(select.value)]) };
}

function numeric(name, schema, isRequired, id) {
  const isWhole = kindOf(schema) === "integer";
  const input = h("input", { id, type: "text", inputmode: isWhole ? "numeric" : "decimal", required: isRequired, pattern: isWhole ? "-?\\d+" : "-?\\d+(\\.\\d+)?([eE][+\\-]?\\d+)?", title: isWhole ? "A whole number" : "A number" });
  return { element: labelled(name, isRequired, schema, input, id), read: () => (input.value.trim() === "" ? undefined : numberOf(name, input.value.trim())) };
}

function words(name, schema, isRequired, id) {
  const input = schema.writeOnly ? h("input", { id, type: "password", autocomplete: "off", required: isRequired })
    : schema.format ? h("input", { id, required: isRequired, placeholder: schema.format }) : h("textarea", { id, rows: 1, class: "growing" });
  // A text may be empty, unless it has to be something.
  return { element: labelled(name, isRequired, schema, input, id), read: () => (input.value === "" && !isRequired ? undefined : input.value) };
}

function json(name, schema, isRequired, id) {
  const input = h("textarea", { id, required: isRequired, rows: 3, class: "mono", spellcheck: "false", placeholder: "JSON" });
  return {
    element: labelled(name, isRequired, schema, input, id),
    read: () => {
      if (input.value.trim() === "") return undefined;
      try {
        return parse(input.value);
      } catch (error) {
        throw new Error(`${name} is no JSON: ${error.message}`);
      }
    },
  };
}

// What need not be there at all asks for none of its fields: what is missing in one that was begun, the server says.
function object(name, schema, isRequired, depth) {
  const inner = Object.entries(schema.properties).map(([key, one]) => [key, field(key, one, isRequired && (schema.required ?? []).includes(key), depth + 1)]);
  return {
    element: h("fieldset", {}, h("legend", {}, name, isRequired ? null : h("span", { class: "muted small" }, " optional")), inner.map(([, one]) => one.element)),
    read: () => {
      const value = readAll(inner);
      return Object.keys(value).length > 0 || isRequired ? value : undefined;
    },
  };
}

/** What may be null need not be filled in, though it has to be sent. */
function field(name, schema, isRequired, depth) {
  if (!isRequired || !allowsNull(schema)) return fieldOf(name, schema, isRequired, depth);
  const inner = fieldOf(name, schema, false, depth);
  return { element: inner.element, read: () => inner.read() ?? null };
}

function fieldOf(name, schema, isRequired, depth) {
  const id = `field-${++made}`;
  const kind = kindOf(schema);
  if (schema.enum || kind === "boolean") return choice(name, schema, isRequired, id);
  if (kind === "integer" || kind === "number") return numeric(name, schema, isRequired, id);
  if (kind === "string") return words(name, schema, isRequired, id);
  if (kind === "object" && schema.properties && depth < deepest) return object(name, schema, isRequired, depth);
  return json(name, schema, isRequired, id);
}

function readAll(fields) {
  return Object.fromEntries(fields.map(([key, one]) => [key, one.read()]).filter(([, value]) => value !== undefined));
}

/** @returns the form's `elements`, and `read()`: the arguments that it says, null for none. Throws what can't be read. */
export function schemaForm(schema) {
  if (!schema) {
    const all = json("args", {}, false, `field-${++made}`);
    return { elements: [all.element], read: () => all.read() ?? null };
  }
  if (kindOf(schema) !== "object" || !schema.properties) {
    const all = json("args", schema, false, `field-${++made}`);
    return { elements: [all.element], read: () => all.read() ?? null };
  }
  const fields = Object.entries(schema.properties).map(([key, one]) => [key, field(key, one, (schema.required ?? []).includes(key), 0)]);
  return { elements: fields.length > 0 ? fields.map(([, one]) => one.element) : [h("p", { class: "muted" }, "It takes no arguments.")], read: () => (fields.length > 0 ? readAll(fields) : null) };
}
