// The table of moves: what a row says, and the dialog in which it is made or changed.

import { $, STAGES, make, page, text } from "./page.js";
import { change } from "./state.js";

const AREAS = ["urban", "town", "rural"];

const NAME = { key: "name", label: "move_name", type: "text" };
const COST = { key: "cost_cny", type: "number", min: 0 };
const START = { key: "start", type: "year", required: true };
const CONFIDENCE = { key: "confidence", type: "choice", options: ["low", "medium", "high"], prefix: "confidence_", initial: "low" };
const STAGE = { key: "stage", type: "choice", options: STAGES, names: () => page.words.stages };
const DIVERSION = [
  STAGE,
  { key: "share", type: "number", min: 0, max: 100, scale: 100, initial: 0.2 },
  { key: "origin", type: "schools", staged: true },
  { key: "target", type: "schools", staged: true },
  START,
  { key: "end", type: "year" },
  { key: "mode", type: "choice", options: ["intake", "all"], prefix: "mode_" },
  NAME,
  CONFIDENCE,
];
const SITE = ["teaching_area_m2", "indoor_sports_area_m2", "outdoor_sports_area_m2", "equipment_value_cny", "multimedia_rooms", "classrooms"];
const HANDED = [
  { key: "origin", type: "schools" },
  { key: "keep_premises", type: "check" },
  START,
];
const MERGER = [...HANDED, { key: "target", type: "school" }, COST, NAME, CONFIDENCE];

/** Fields of every kind of row; `key` is its place in the scenario. */
const SHAPES = {
  diversion: DIVERSION,
  boundary: DIVERSION,
  stage_relocation: DIVERSION.filter((field) => field.key !== "mode").map((field) => (field.key === "share" ? { ...field, initial: 1 } : field)),
  closure: [...HANDED, { key: "target", type: "schools" }, NAME, CONFIDENCE],
  merger: MERGER,
  acquisition: MERGER,
  opening: [
    { key: "school.name", label: "new_name", type: "text", required: true },
    { key: "school.type", label: "new_type", type: "choice", options: ["primary", "junior", "nine_year"], names: () => page.choices },
    { key: "school.area", label: "new_area", type: "choice", options: AREAS, names: () => page.choices },
    { key: "school.ownership", label: "new_ownership", type: "choice", options: ["public", "private"], names: () => page.choices },
    { key: "intake.primary", label: "intake_primary", type: "number", min: 0 },
    { key: "intake.junior", label: "intake_junior", type: "number", min: 0 },
    START,
    { key: "origin", type: "schools", optional: true },
    ...SITE.map((key) => ({ key: `school.${key}`, label: key, type: "number", min: 0 })),
    COST,
    CONFIDENCE,
  ],
  premises: [
    { key: "origin", type: "school" },
    { key: "target", type: "school" },
    START,
    ...SITE.filter((key) => key !== "equipment_value_cny").map((key) => ({ key, type: "number", min: 0 })),
    NAME,
    CONFIDENCE,
  ],
  addition: [
    { key: "schools", type: "schools" },
    { key: "year", type: "year", required: true },
    ...SITE.map((key) => ({ key, type: "number" })),
    COST,
    NAME,
    CONFIDENCE,
  ],
};

const get = (row, key) => key.split(".").reduce((found, part) => found?.[part], row);

function set(row, key, value) {
  const parts = key.split(".");
  const last = parts.pop();
  const where = parts.reduce((found, part) => (found[part] ??= {}), row);
  if (value === null || value === "") delete where[last];
  else where[last] = value;
}

/** The name of a school of the roster by what a scenario calls it. */
const named = (id) => page.about.schools.find((school) => school.id === id)?.name ?? id;
const listed = (value) => (value === undefined || value === null ? [] : [value].flat()).map(named).join(page.lang === "zh" ? "、" : ", ");

const kindName = (kind) => page.words.moves[kind] ?? text("addition");

/** A row in words: what happens, and when. */
export function summary(row) {
  const addition = row.kind === undefined;
  const kind = kindName(row.kind);
  const parts = [row.name ? `${kind} “${row.name}”` : kind];
  if (addition) {
    parts.push(listed(row.schools));
    parts.push(SITE.filter((key) => row[key]).map((key) => `${text(key)}: ${row[key].toLocaleString(page.lang)}`).join("; "));
  } else {
    const target = row.school ? row.school.name : listed(row.target);
    parts.push(`${listed(row.origin) || text("all_schools")} → ${target}`);
    if (row.stage) parts.push(page.words.stages[row.stage]);
    if (row.share !== undefined && row.share !== 1) parts.push(`${Math.round(row.share * 1000) / 10}%`);
  }
  const when = addition ? row.year : row.end && row.end !== row.start ? `${row.start}–${row.end}` : row.start;
  return { what: parts.filter(Boolean).join(" · "), when: String(when) };
}

function options(pairs, chosen, none) {
  const found = pairs.map(([value, shown]) => make("option", { value }, shown));
  if (none) found.unshift(make("option", { value: "" }, none));
  const select = make("select", {}, ...found);
  select.value = chosen ?? (none ? "" : pairs[0]?.[0]);
  return select;
}

/** A drop-down of schools; one that the roster does not have (any more) is kept. */
function schoolSelect(chosen, stage, none) {
  const able = page.about.schools.filter((school) => !stage || school.stages.includes(stage));
  const pairs = able.map((school) => [school.id, school.name]);
  if (chosen && !able.some((school) => school.id === chosen)) pairs.push([chosen, named(chosen)]);
  return options(pairs, chosen, none);
}

let row = {}; // what the dialog shows
let where = null; // list and index of the row that is changed
let around = []; // the other moves of the state
let readers = [];

/** Open the dialog for a row of a list, or for a new one (`index` null). */
export function openDialog(list, index, state) {
  where = index === null ? null : { list, index };
  around = state.moves ?? [];
  row = index === null ? { kind: "diversion" } : structuredClone(state[list][index]);
  if (list === "additions") row.kind = "addition";
  $("dialog_title").textContent = text(index === null ? "dialog_add" : "dialog_edit");
  build();
  $("dialog").showModal();
}

function build() {
  readers = [];
  const kinds = Object.keys(SHAPES).map((kind) => [kind, kindName(kind)]);
  const kind = options(kinds, row.kind);
  kind.id = "dialog_kind";
  kind.addEventListener("change", () => {
    read();
    // a whole stage moves unless somebody says otherwise, a diversion takes a part
    if ([row.kind, kind.value].includes("stage_relocation")) delete row.share;
    row.kind = kind.value;
    build();
    $("dialog_kind").focus();
  });
  const fields = SHAPES[row.kind].map(control);
  $("dialog_fields").replaceChildren(make("div", { class: "wide" }, make("label", { for: "dialog_kind" }, text("kind")), kind), ...fields);
}

/** Take what stands in the dialog over into `row`. */
function read() {
  for (const reader of readers) reader();
}

function control(field) {
  const id = `dialog_${field.key.replaceAll(".", "_")}`;
  const label = make("label", { for: id }, text(field.label ?? field.key));
  const value = get(row, field.key);
  if (field.type === "schools") return schoolList(field, id);
  let input;
  if (field.type === "choice") {
    const names = field.names ? field.names() : null;
    input = options(field.options.map((each) => [each, names ? names[each] : text(field.prefix + each)]), value ?? field.initial);
    if (field.key === "stage") input.addEventListener("change", () => { read(); build(); $(id).focus(); });
    readers.push(() => set(row, field.key, input.value));
  } else if (field.type === "school") {
    input = schoolSelect([value].flat()[0], null, text("choose"));
    input.required = true;
    readers.push(() => set(row, field.key, input.value));
  } else if (field.type === "check") {
    input = make("input", { type: "checkbox" });
    input.checked = value ?? false;
    readers.push(() => set(row, field.key, input.checked));
  } else if (field.type === "text") {
    input = make("input", { type: "text", maxlength: "120" });
    input.value = value ?? "";
    readers.push(() => set(row, field.key, input.value.trim()));
  } else {
    input = make("input", { type: "number", step: field.type === "year" ? "1" : "any" });
    if (field.type === "year") [input.min, input.max] = [page.about.last + 1, page.about.last + 40];
    if (field.min !== undefined) input.min = field.min;
    if (field.max !== undefined) input.max = field.max;
    const first = field.required && field.type === "year" ? page.about.last + 1 : null;
    const shown = value ?? field.initial ?? first;
    input.value = shown === null || shown === undefined ? "" : field.scale ? Math.round(shown * field.scale * 1e4) / 1e4 : shown;
    readers.push(() => set(row, field.key, input.value === "" ? null : Number(input.value) / (field.scale ?? 1)));
  }
  input.id = id;
  if (field.required) input.required = true;
  return make("div", {}, label, input);
}

/** One drop-down per school, and a button for one more. */
function schoolList(field, id) {
  const lines = make("div", {});
  const stage = field.staged ? row.stage ?? "primary" : null;
  const add = (chosen) => {
    const select = schoolSelect(chosen, stage, text(field.optional ? "all_schools" : "choose"));
    select.required = !field.optional;
    select.setAttribute("aria-label", `${text(field.label ?? field.key)} ${lines.children.length + 1}`);
    const line = make("div", { class: "line" }, select);
    if (lines.children.length) {
      const remove = make("button", { type: "button", "aria-label": `${text("remove")}: ${lines.children.length + 1}` }, "✕");
      remove.addEventListener("click", () => { line.remove(); more.focus(); });
      line.append(remove);
    } else select.id = id;
    lines.append(line);
    return select;
  };
  const more = make("button", { type: "button" }, `+ ${text("another")}`);
  more.addEventListener("click", () => add(null).focus());
  const chosen = [get(row, field.key) ?? []].flat();
  for (const each of chosen.length ? chosen : [null]) add(each);
  readers.push(() => {
    const found = [...new Set([...lines.querySelectorAll("select")].map((select) => select.value).filter(Boolean))];
    set(row, field.key, found.length ? found : null);
  });
  return make("fieldset", {}, make("legend", {}, text(field.label ?? field.key)), lines, more);
}

/** The row as the scenario writes it: only what its kind has. */
function finished() {
  const own = new Set(SHAPES[row.kind].map((field) => field.key.split(".")[0]));
  const shared = ["kind", "source", "note", "staff_follow", "ramp", "music_rooms_m2", "art_rooms_m2"];
    const found = Object.fromEntries(Object.entries(row).filter(([key]) => own.has(key) || shared.includes(key)));
  if (row.kind === "merger" || row.kind === "acquisition") found.target = [row.target].flat()[0];
  if (row.kind === "opening") {
    found.school.school_id ??= freshId();
    found.intake = Object.fromEntries(Object.entries(found.intake ?? {}).filter(([, value]) => value > 0));
  }
  if (row.kind === "addition") {
    delete found.kind;
    delete found.staff_follow;
    delete found.ramp;
  }
  return found;
}

/** A school that the row takes from and gives to; undefined if there is none. */
function giverAndTaker() {
  const own = new Set(SHAPES[row.kind].map((field) => field.key));
  if (!own.has("target")) return undefined;
  const targets = [row.target ?? []].flat();
  return [row.origin ?? []].flat().find((id) => targets.includes(id));
}

function freshId() {
  const codes = new Set(around.map((each) => each.school?.school_id));
  let number = 1;
  while (codes.has(`new-${number}`)) number += 1;
  return `new-${number}`;
}

export function listenDialog() {
  const dialog = $("dialog");
  $("dialog_cancel").addEventListener("click", () => dialog.close());
  const form = dialog.querySelector("form");
  // what was refused is asked again at the next try
  form.addEventListener("click", () => form.elements.dialog_target?.setCustomValidity(""));
  form.addEventListener("submit", (event) => {
    read();
    const both = giverAndTaker();
    if (both) {
      event.preventDefault();
      const { dialog_target: target } = form.elements;
      target.setCustomValidity(text("itself", { name: named(both) }));
      target.reportValidity();
      return;
    }
    const list = row.kind === "addition" ? "additions" : "moves";
    const done = finished();
    change((state) => {
      if (where && where.list === list) state[list][where.index] = done;
      else {
        if (where) state[where.list].splice(where.index, 1);
        state[list] = [...(state[list] ?? []), done];
      }
    });
    const rows = $("moves").tBodies[0].rows;
    (rows[where?.list === list ? where.index : rows.length - 1] ?? $("add")).focus();
  });
}
