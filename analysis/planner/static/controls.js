// The controls: what they stand for in the state, what the base says, and the list of moves.

import { say } from "./ask.js";
import { openDialog, summary } from "./moves.js";
import { $, make, page, same, text } from "./page.js";
import { canStep, change, outcome, state } from "./state.js";

const NO_LIMIT = 60;
const percent = 100;
const FIELDS = [
  { group: "group_pupils", id: "births_shift", min: -20, max: 20, step: 0.5, scale: percent },
  { group: "group_pupils", id: "entry_factor", min: 50, max: 150, step: 1, scale: percent },
  { group: "group_pupils", id: "progression_primary", at: ["progression", "primary"], min: 90, max: 110, step: 0.5, scale: percent },
  { group: "group_pupils", id: "progression_junior", at: ["progression", "junior"], min: 90, max: 110, step: 0.5, scale: percent },
  { group: "group_migration", id: "migration_students", at: ["migration", "students"], min: -1000, max: 1000, step: 10 },
  { group: "group_migration", id: "migration_start", name: "start", at: ["migration", "start"], plain: true, step: 1 },
  { group: "group_migration", id: "migration_end", name: "end", at: ["migration", "end"], plain: true, step: 1 },
  { group: "group_classes", id: "class_primary", at: ["class_size", "primary"], min: 25, max: NO_LIMIT, step: 1 },
  { group: "group_classes", id: "class_junior", at: ["class_size", "junior"], min: 25, max: NO_LIMIT, step: 1 },
  { group: "group_plan", id: "plan_done", choices: ["yes", "no"], prefix: "plan" },
  { group: "group_plan", id: "plan_delay", at: ["plan", "delay"], min: 0, max: 5, step: 1 },
  { group: "group_plan", id: "plan_share", at: ["plan", "teaching_share"], min: 0, max: 100, step: 5, scale: percent },
  { group: "group_teachers", id: "recruit_primary", at: ["recruitment", "primary"], min: 0, max: 300, step: 5 },
  { group: "group_teachers", id: "recruit_junior", at: ["recruitment", "junior"], min: 0, max: 300, step: 5 },
  { group: "group_staff", id: "staff_kind", choices: ["keep", "attrition", "quota"], prefix: "staff" },
  { group: "group_staff", id: "staff_retire", min: 0, max: 20, step: 0.5, scale: percent },
  { group: "group_staff", id: "staff_leave", min: 0, max: 20, step: 0.5, scale: percent },
  { group: "group_staff", id: "staff_replaced", min: 0, max: 100, step: 5, scale: percent },
  { group: "group_staff", id: "staff_surplus", choices: ["leave", "go", "stay"], prefix: "surplus" },
  { group: "group_staff", id: "staff_transfer", choices: ["yes", "no"], prefix: "plan" },
  { group: "group_horizon", id: "until", plain: true, step: 1 },
];
/** What is assumed of teachers where somebody chooses another way than the base's. */
const STAFF = {
  keep: {},
  attrition: { retire: 0.025, leave: 0, replaced: 0 },
  quota: { surplus: "leave", retire: 0.025, leave: 0, transfer: true },
};
const PLAN_PARTS = ["projects", "equipment", "staffing", "moves"];

const firstYear = () => page.about.last + 1;
const lastYear = () => state.until ?? outcome?.base.until ?? page.about.last + 8;
const planOf = (where) => (where && PLAN_PARTS.some((part) => where[part]) ? "yes" : "no");

const staffBase = () => outcome?.base.staff ?? { kind: "keep" };
const staffNow = () => state.staff ?? staffBase();
const yes = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : value);

function basicStaff(field) {
  if (field.id === "staff_kind") return staffBase().kind;
  const { kind } = staffNow();
  const key = field.id.slice("staff_".length);
  return yes((staffBase().kind === kind ? staffBase() : STAFF[kind])[key]) ?? 0;
}

/** Which of the controls of teachers mean something now. */
function meansSomething(field) {
  const now = staffNow();
  const key = field.id.slice("staff_".length);
  if (key === "kind") return true;
  if (!(key in STAFF[now.kind])) return false;
  if (key === "retire" && Object.keys(now.ages ?? {}).length) return false;
  return now.kind !== "quota" || now.surplus === "leave" || !["retire", "leave"].includes(key);
}

/** What the base says: shown where nothing was changed. */
function basic(field) {
  if (field.id.startsWith("staff_")) return basicStaff(field);
  const base = outcome?.base;
  const known = {
    births_shift: base?.births_shift ?? 0,
    entry_factor: base?.entry_factor ?? 1,
    progression_primary: base?.progression.primary ?? 1,
    progression_junior: base?.progression.junior ?? 1,
    migration_students: 0,
    migration_start: firstYear(),
    migration_end: lastYear(),
    class_primary: NO_LIMIT,
    class_junior: NO_LIMIT,
    plan_done: planOf(base?.plan),
    plan_delay: base?.plan?.delay ?? 0,
    plan_share: base?.plan?.teaching_share ?? 0.7,
    recruit_primary: 0,
    recruit_junior: 0,
    until: base?.until ?? lastYear(),
  };
  return known[field.id];
}

function current(field) {
  if (field.id === "plan_done") return state.plan ? planOf(state.plan) : basic(field);
  if (field.id.startsWith("staff_")) return yes(staffNow()[field.id.slice("staff_".length)]) ?? basic(field);
  const [section, key] = field.at ?? [field.id];
  const value = key === undefined ? state[section] : state[section]?.[key];
  return value ?? basic(field);
}

/** Put a value of a control into the state; what equals the base is not kept. */
function put(target, field, value) {
  if (field.id.startsWith("plan_")) return putPlan(target, field, value);
  if (field.id.startsWith("staff_")) return putStaff(target, field, value);
  if (field.id.startsWith("migration_")) return putMigration(target, field, value);
  const [section, key] = field.at ?? [field.id];
  const plain = value === null || value === basic(field);
  if (key === undefined) {
    if (plain) delete target[section];
    else target[section] = value;
  } else {
    target[section] = { ...target[section], [key]: value };
    if (plain) delete target[section][key];
  }
}

function putMigration(target, field, value) {
  const now = { start: firstYear(), end: lastYear(), students: 0, ...target.migration };
  now[field.at[1]] = value ?? basic(field);
  if (now.students || field.id !== "migration_students") target.migration = now;
  else delete target.migration;
}

function putPlan(target, field, value) {
  const base = outcome?.base.plan;
  const now = { delay: basic({ id: "plan_delay" }), teaching_share: basic({ id: "plan_share" }), ...(target.plan ?? base ?? {}) };
  const was = target.plan ? planOf(target.plan) : planOf(base);
  const done = field.id === "plan_done" ? value : was;
  if (field.id !== "plan_done") now[field.at[1]] = value ?? basic(field);
  // one who carries the plan out carries out what the base does of it, or all
  for (const part of PLAN_PARTS) now[part] = done === "yes" && (was === "yes" ? now[part] ?? true : true);
  const asBase = base
    ? same([...PLAN_PARTS, "delay", "teaching_share"].map((k) => now[k]), [...PLAN_PARTS, "delay", "teaching_share"].map((k) => base[k]))
    : done === "no";
  if (asBase) delete target.plan;
  else target.plan = now;
}

function putStaff(target, field, value) {
  const base = staffBase();
  const key = field.id.slice("staff_".length);
  let now = { ...(target.staff ?? base) };
  if (key === "kind") now = value === base.kind ? { ...base } : { kind: value, ...STAFF[value] };
  else now[key] = key === "transfer" ? value === "yes" : value ?? basic(field);
  // whose numbers are changed is no longer the base's source
  for (const about of ["source", "confidence", "note", "year"]) delete now[about];
  const shown = ["kind", ...Object.keys(STAFF[now.kind])];
  if (same(shown.map((k) => now[k]), shown.map((k) => base[k]))) delete target.staff;
  else target.staff = now;
}

export function buildControls() {
  const groups = new Map();
  for (const field of FIELDS) {
    if (!groups.has(field.group)) {
      groups.set(field.group, make("fieldset", { id: field.group }, make("legend", {}, text(field.group))));
    }
    const label = text(field.name ?? field.id, { max: NO_LIMIT });
    const box = make("div", { class: field.plain || field.choices ? "field plain" : "field", id: `field_${field.id}` });
    box.append(make("label", { for: field.id }, label));
    if (field.choices) {
      const options = field.choices.map((each) => make("option", { value: each }, text(`${field.prefix}_${each}`)));
      const set = (event) => change((s) => put(s, field, event.target.value));
      box.append(make("select", { id: field.id, onchange: set }, ...options));
    } else {
      const read = (event) => {
        if (event.target.value === "") return null;
        const value = Number(event.target.value);
        return field.scale ? Math.round((value / field.scale) * 1e6) / 1e6 : value;
      };
      const input = (event) => event.target.checkValidity() && change((s) => put(s, field, read(event)), false);
      const done = (event) => {
        if (event.target.checkValidity()) change((s) => put(s, field, read(event)));
        else {
          event.target.reportValidity();
          showControls();
        }
      };
      const limits = field.plain ? { step: String(field.step) } : { min: String(field.min), max: String(field.max), step: String(field.step) };
      if (!field.plain) {
        const range = make("input", { type: "range", id: `${field.id}_range`, "aria-label": label, ...limits, oninput: input, onchange: done });
        box.append(range);
      }
      // figures typed need not be on the slider's steps
      box.append(make("input", { type: "number", id: field.id, ...limits, step: "any", onchange: done }));
    }
    if (field.id === "births_shift") box.append(make("p", { id: "births_hint", class: "help" }));
    groups.get(field.group).append(box);
  }
  $("fields").replaceChildren(...groups.values());
}

export function showControls() {
  for (const field of FIELDS) {
    const value = current(field);
    const shown = field.scale ? Math.round(value * field.scale * 1e4) / 1e4 : value;
    for (const input of [$(field.id), $(`${field.id}_range`)]) {
      if (input && input.value !== String(shown)) input.value = shown;
    }
    $(`field_${field.id}`).classList.toggle("changed", value !== basic(field));
    if (field.id.startsWith("staff_")) $(`field_${field.id}`).hidden = !meansSomething(field);
  }
  for (const id of ["migration_start", "migration_end", "until"]) {
    $(id).min = firstYear();
    $(id).max = id === "until" ? page.about.last + 40 : lastYear();
    $(id).step = 1;
  }
  const from = page.about.births_from;
  $("births_hint").textContent = from ? text("births_from", { year: Math.max(from, firstYear()) }) : text("births_none");
  const without = !page.about.plan;
  for (const id of ["plan_done", "plan_delay", "plan_share"]) {
    for (const input of [$(id), $(`${id}_range`)]) if (input) input.disabled = without || (id !== "plan_done" && current({ id: "plan_done" }) === "no");
  }
  let hint = $("no_plan");
  if (without && !hint) $("group_plan").append((hint = make("p", { id: "no_plan", class: "help" }, text("no_plan"))));
  if (!without && hint) hint.remove();

  const imported = state.file !== undefined;
  const bases = page.about.scenarios.map((each) => make("option", { value: each.id }, each.name));
  if (imported) bases.push(make("option", { value: "*" }, text("imported", { name: state.file.name[page.lang] })));
  $("base").replaceChildren(...bases);
  $("base").value = imported ? "*" : state.base ?? "baseline";
  const name = state.name ?? "";
  $("name").value = typeof name === "string" ? name : name[page.lang];
  $("county").value = state.county;
  $("undo").disabled = !canStep(-1);
  $("redo").disabled = !canStep(1);
  showMoves();
}

function showMoves() {
  const body = $("moves").tBodies[0];
  const focused = [...body.rows].indexOf(document.activeElement);
  const rows = [];
  for (const list of ["moves", "additions"]) {
    (state[list] ?? []).forEach((row, index) => {
      const { what, when } = summary(row);
      const edit = () => openDialog(list, index, state);
      const remove = () => {
        change((s) => s[list].splice(index, 1));
        say("removed");
        const left = $("moves").tBodies[0].rows;
        (left[Math.min(index, left.length - 1)] ?? $("add")).focus();
      };
      const key = (event) => {
        if (event.target !== event.currentTarget) return;
        if (event.key === "Enter") edit();
        else if (event.key === "Delete") remove();
        else return;
        event.preventDefault();
      };
      rows.push(make("tr", { tabindex: "0", onkeydown: key },
        make("td", {}, what), make("td", {}, when),
        make("td", {},
          make("button", { type: "button", onclick: edit, "aria-label": `${text("edit")}: ${what}` }, "✎"), " ",
          make("button", { type: "button", onclick: remove, "aria-label": `${text("remove")}: ${what}` }, "✕"))));
    });
  }
  body.replaceChildren(...rows);
  if (focused >= 0) rows[focused]?.focus();
  $("moves").hidden = $("moves_help").hidden = rows.length === 0;
  const based = outcome?.base.moves ?? 0;
  $("moves_note").textContent = based ? text("moves_base", { n: based }) : rows.length ? "" : text("moves_none");
}
