// The planner's page: a state that the controls change, an outcome that the server works out of it.
// Everything that comes from outside is set as text, never as markup.

import { lineChart, sample } from "./charts.js";
import { listenDialog, openDialog, summary } from "./moves.js";

const $ = (id) => document.getElementById(id);
const STAGES = ["primary", "junior"];
const NO_LIMIT = 60;
const WAIT = 60; // milliseconds without a change before the server is asked

export const page = { texts: {}, words: {}, choices: {}, counties: [], about: null, lang: "zh" };
let state = {};
let outcome = null;
let past = [];
let place = -1;

// --- small things ------------------------------------------------------------------------------

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function text(key, values = {}) {
  return (page.texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function number(value, decimals = 0) {
  if (value === null || value === undefined) return "—";
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(page.lang, options).format(value);
}

/** Numbers on axes: no more decimals than they need. */
const short = (value) => new Intl.NumberFormat(page.lang, { maximumFractionDigits: 3 }).format(value);

const copy = structuredClone;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// --- asking the server -----------------------------------------------------------------------------

class Refused extends Error {
  constructor(sentences) {
    super(sentences.join("\n"));
    this.sentences = sentences;
  }
}

async function ask(path, body) {
  const query = `${path.includes("?") ? "&" : "?"}lang=${page.lang}`;
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(path + query, options);
  } catch {
    throw new Refused([text("lost")]);
  }
  if (!answer.ok) throw new Refused((await answer.json()).errors);
  return answer;
}

const askJson = async (path, body) => (await ask(path, body)).json();

function complain(error) {
  const sentences = error instanceof Refused ? error.sentences : [String(error)];
  $("problems").replaceChildren(...sentences.map((each) => make("p", {}, each)));
}

function say(key, values) {
  $("message").textContent = key ? text(key, values) : "";
}

// --- the state and its address ------------------------------------------------------------------

async function packed(thing) {
  const stream = new Blob([JSON.stringify(thing)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpacked(code) {
  const binary = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let found = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    found += decoder.decode(value, { stream: true });
    if (found.length > 1e6) throw new Error("too large");
  }
  const thing = JSON.parse(found + decoder.decode());
  if (typeof thing !== "object" || thing === null || !page.counties.includes(thing.county)) throw new Error("no state");
  return thing;
}

let address = "";
async function writeAddress() {
  const now = JSON.stringify(state);
  const code = `#${await packed(state)}`;
  if (now !== JSON.stringify(state)) return; // changed meanwhile
  address = code;
  history.replaceState(null, "", `${location.pathname}?lang=${page.lang}${code}`);
}

/** Keep the state as a step that can be undone. */
function keep() {
  if (place >= 0 && same(past[place], state)) return;
  past = [...past.slice(0, place + 1), copy(state)].slice(-200);
  place = past.length - 1;
  writeAddress();
}

function step(by) {
  if (past[place + by] === undefined) return;
  place += by;
  enter(copy(past[place]));
}

/** Take over a whole state: from the address, a file, undo. */
async function enter(next) {
  state = next;
  await showCounty();
  writeAddress();
  work();
}

/** Change the state; `done` says whether this is a step of its own. */
export function change(mutate, done = true) {
  say(null);
  mutate(state);
  for (const [key, value] of Object.entries(state)) {
    const empty = value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
    if (empty) delete state[key];
  }
  if (done) keep();
  showControls();
  work();
}

// --- working out: the last state asked for wins ---------------------------------------------------

let timer = 0;
let busy = false;
let again = false;

function work() {
  $("outcome").setAttribute("aria-busy", "true");
  clearTimeout(timer);
  timer = setTimeout(run, WAIT);
}

async function run() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  $("outcome").setAttribute("aria-busy", "true");
  do {
    again = false;
    const asked = copy(state);
    try {
      const found = await askJson("/outcome", asked);
      if (!again && same(asked, state)) {
        outcome = found;
        $("problems").replaceChildren();
        $("outcome").classList.remove("stale");
        show();
        const more = await askJson("/details", asked);
        if (!again && same(asked, state)) showDetails(more);
      }
    } catch (error) {
      if (!again && same(asked, state)) {
        $("outcome").classList.add("stale");
        complain(error);
      }
    }
  } while (again);
  busy = false;
  $("outcome").setAttribute("aria-busy", "false");
}

// --- controls -------------------------------------------------------------------------------------

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
  { group: "group_plan", id: "plan_done", choices: ["yes", "no"] },
  { group: "group_plan", id: "plan_delay", at: ["plan", "delay"], min: 0, max: 5, step: 1 },
  { group: "group_plan", id: "plan_share", at: ["plan", "teaching_share"], min: 0, max: 100, step: 5, scale: percent },
  { group: "group_teachers", id: "recruit_primary", at: ["recruitment", "primary"], min: 0, max: 300, step: 5 },
  { group: "group_teachers", id: "recruit_junior", at: ["recruitment", "junior"], min: 0, max: 300, step: 5 },
  { group: "group_horizon", id: "until", plain: true, step: 1 },
];
const PLAN_PARTS = ["projects", "equipment", "staffing", "moves"];

const firstYear = () => page.about.last + 1;
const lastYear = () => state.until ?? outcome?.base.until ?? page.about.last + 8;
const planOf = (where) => (where && PLAN_PARTS.some((part) => where[part]) ? "yes" : "no");

/** What the base says: shown where nothing was changed. */
function basic(field) {
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
  const [section, key] = field.at ?? [field.id];
  const value = key === undefined ? state[section] : state[section]?.[key];
  return value ?? basic(field);
}

/** Put a value of a control into the state; what equals the base is not kept. */
function put(target, field, value) {
  if (field.id.startsWith("plan_")) return putPlan(target, field, value);
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

function buildControls() {
  const groups = new Map();
  for (const field of FIELDS) {
    if (!groups.has(field.group)) {
      groups.set(field.group, make("fieldset", { id: field.group }, make("legend", {}, text(field.group))));
    }
    const label = text(field.name ?? field.id, { max: NO_LIMIT });
    const box = make("div", { class: field.plain || field.choices ? "field plain" : "field", id: `field_${field.id}` });
    box.append(make("label", { for: field.id }, label));
    if (field.choices) {
      const options = field.choices.map((each) => make("option", { value: each }, text(`plan_${each}`)));
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

function showControls() {
  for (const field of FIELDS) {
    const value = current(field);
    const shown = field.scale ? Math.round(value * field.scale * 1e4) / 1e4 : value;
    for (const input of [$(field.id), $(`${field.id}_range`)]) {
      if (input && input.value !== String(shown)) input.value = shown;
    }
    $(`field_${field.id}`).classList.toggle("changed", value !== basic(field));
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
  $("undo").disabled = place <= 0;
  $("redo").disabled = place >= past.length - 1;
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

// --- what comes out ------------------------------------------------------------------------------

const bodies = {};

function buildPanels() {
  const section = (id, title, level = "h2") => {
    bodies[id] = make("div", {});
    bodies[`${id}_title`] = make(level, {}, title);
    return make("section", { id: `panel_${id}` }, bodies[`${id}_title`], bodies[id]);
  };
  const folded = (id, title) => {
    bodies[id] = make("div", { class: "scroll" });
    return make("details", { id: `panel_${id}` }, make("summary", {}, make("strong", {}, title)), bodies[id]);
  };
  const legend = make("ul", { class: "legend" });
  for (const [kind, key] of [["observed", "observed"], ["projected", "legend_own"], ["trend", "legend_trend"], ["limit", "legend_limit"]]) {
    legend.append(make("li", {}, sample(kind), text(key)));
  }
  $("panels").replaceChildren(
    section("hollow", text("hollow")),
    make("div", { class: "pair" }, section("key", text("key")), section("failing", text("failing"))),
    section("strip", text("strip")),
    legend,
    section("enrolment", text("enrolment")),
    section("cv", text("cv_head")),
    ...STAGES.map((stage) => section(`ratios_${stage}`, text("ratios", { stage: page.words.stages[stage] }))),
    section("small", text("small")),
    folded("by_year", text("by_year")),
    folded("notes", text("notes")),
  );
}

function table(head, rows, attributes = {}) {
  const cell = (value, index, tag) => {
    const element = value instanceof Node ? value : null;
    const numeric = typeof value === "object" && value !== null && "n" in value;
    const shown = make(tag, numeric ? { class: "n" } : {}, element ?? (numeric ? value.n : value));
    if (tag === "th") shown.scope = index === null ? "row" : "col";
    return shown;
  };
  return make("table", attributes,
    make("thead", {}, make("tr", {}, ...head.map((each, i) => cell(each, i, "th")))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((each, i) => cell(each, null, i ? "td" : "th"))))));
}

const n = (shown) => ({ n: shown });

function show() {
  const { own, trend, target, last } = outcome;
  const at = own.years.indexOf(target);
  const whole = own.verdicts.recognised[at];
  if ($("sentence").textContent !== outcome.sentence) $("sentence").textContent = outcome.sentence;
  $("sentence").className = whole;
  showControls();
  showKey(last, target);
  showStrip(own, last, target);
  showEnrolment(own, trend, at);
  showBalance(own, trend, at);
  for (const stage of STAGES) showRatios(stage, own, trend, at);
  showByYear(own, last);
}

function showKey(last, target) {
  const head = [text("fact"), n(text("key_observed", { year: last })), n(text("key_trend", { year: target })), n(text("key_own", { year: target }))];
  bodies.key.replaceChildren(table(head, outcome.key.map((row) => [row.label, ...row.values.map(n)])));
  bodies.failing_title.textContent = text("failing", { year: target });
  const rows = outcome.failing.map((row) => [
    row.new ? make("span", {}, row.title, " ", make("span", { class: "new" }, `▲ ${text("new")}`)) : row.title, n(row.value), n(row.requirement)]);
  const content = rows.length ? [table([text("fact"), n(text("value")), n(text("required"))], rows)] : [make("p", {}, text("failing_none"))];
  if (outcome.mended.length) {
    content.push(make("h3", {}, `✓ ${text("mended")}`), make("ul", {}, ...outcome.mended.map((each) => make("li", {}, each))));
  }
  bodies.failing.replaceChildren(...content);
}

const SIGNS = { met: "✓", not_met: "✗", not_assessed: "?", not_applicable: "–" };

function showStrip(own, last, target) {
  const now = own.years.indexOf(last) + 1;
  const lines = Object.entries(own.verdicts).map(([part, statuses]) => make("tr", part === "recognised" ? { class: "whole" } : {},
    make("th", { scope: "row" }, part === "recognised" ? text("whole") : page.words.parts[part]),
    ...statuses.map((status, i) => make("td", { class: `${status} ${i < now ? "observed" : "projected"}` },
      make("span", { "aria-hidden": "true" }, SIGNS[status]), make("span", { class: "hidden" }, page.words.statuses[status])))));
  const heads = own.years.map((year) => make("th", year === target ? { scope: "col", class: "goal" } : { scope: "col" }, String(year)));
  const signs = Object.entries(SIGNS).map(([status, sign]) => `${sign} ${page.words.statuses[status]}`).join("   ");
  bodies.strip.replaceChildren(
    make("div", { class: "scroll" }, make("table", { class: "strip" },
      make("thead", {},
        make("tr", {}, make("td", {}), make("th", { colspan: String(now), scope: "colgroup" }, `● ${text("observed")}`),
          make("th", { colspan: String(own.years.length - now), scope: "colgroup" }, `○ ${text("projected")}`)),
        make("tr", {}, make("th", {}), ...heads)),
      make("tbody", {}, ...lines))),
    make("p", { class: "help" }, signs));
}

function chart(own, values, other, limit, width, height, title, note, decimals = 0) {
  const { years } = own;
  const at = years.indexOf(outcome.target);
  const now = years.indexOf(outcome.last);
  const label = `${title}. ${years[now]} (${text("observed")}): ${number(values[now], decimals)}; ${years[at]} (${text("projected")}): ${number(values[at], decimals)}; ${text("legend_trend")}: ${number(other[at], decimals)}`
    + (limit && limit[at] !== null ? `; ${text("legend_limit")}: ${short(limit[at])}` : "");
  const figure = lineChart({ width, height, years, last: outcome.last, target: outcome.target, own: values, trend: other, limit, label, format: short });
  return make("figure", {}, make("figcaption", {}, title, make("small", {}, ...note)), figure);
}

/** Width of one chart of a grid, so that its letters are as large as those around. */
function widthOf(smallest, gap = 24) {
  const room = $("panels").clientWidth || 900;
  const columns = Math.max(1, Math.floor((room + gap) / (smallest + gap)));
  return Math.floor((room - gap * (columns - 1)) / columns);
}

function showEnrolment(own, trend, at) {
  const width = widthOf(306);
  const figures = [];
  for (const [key, title] of [["students", "pupils"], ["largest_class", "class_size"], ["classes_missing", "missing"], ["seats_missing", "seats"]]) {
    for (const [stage, found] of Object.entries(own.stages)) {
      const other = trend.stages[stage];
      const limit = key === "largest_class" && found.class_limit.some((v) => v !== null) ? found.class_limit : null;
      const note = `${own.years[at]}: ${number(found[key][at])} · ${text("legend_trend")}: ${number(other[key][at])}`;
      figures.push(chart(own, found[key], other[key], limit, width, 190, text(title, { stage: page.words.stages[stage] }), [note]));
    }
  }
  bodies.enrolment.replaceChildren(make("div", { class: "charts" }, ...figures));
}

function mark(status) {
  return make("span", { class: `mark ${status}` }, `${SIGNS[status]} `, make("span", { class: "hidden" }, page.words.statuses[status]));
}

function showBalance(own, trend, at) {
  const width = widthOf(306);
  const figures = Object.entries(own.stages).map(([stage, found]) => {
    const name = found.cv_max_indicator[at];
    const value = found.cv_max[at];
    const over = value !== null && found.cv_over[at] > 0;
    return chart(own, found.cv_max, trend.stages[stage].cv_max, found.cv_limit, width, 190, text("cv", { stage: page.words.stages[stage] }),
      value === null ? ["—"] : [`${own.years[at]}: ${number(value, 3)} ${name ? `(${page.words.indicators[name].short})` : ""} `, mark(over ? "not_met" : "met")], 3);
  });
  bodies.cv.replaceChildren(make("div", { class: "charts" }, ...figures));
}

function showRatios(stage, own, trend, at) {
  $(`panel_ratios_${stage}`).hidden = !(stage in own.stages);
  if (!(stage in own.stages)) return;
  const width = widthOf(263);
  const figures = Object.entries(own.indicators).map(([name, stages]) => {
    const found = stages[stage];
    const about = page.words.indicators[name];
    const value = found.mean[at];
    const enough = value === null || found.threshold[at] === null ? "not_assessed" : value >= found.threshold[at] * (1 - 1e-12) ? "met" : "not_met";
    return chart(own, found.mean, trend.indicators[name][stage].mean, found.threshold, width, 150, about.short, [
      `${about.unit} · ${own.years[at]}: ${number(value, about.decimals)} `, mark(enough),
      make("span", {}, ` · ${text("cv_short")} ${number(found.cv[at], 3)} `), mark(found.status[at]),
    ], about.decimals);
  });
  bodies[`ratios_${stage}`].replaceChildren(make("div", { class: "charts small" }, ...figures));
}

function showDetails(more) {
  $("panel_hollow").hidden = more.hollow.length === 0;
  bodies.hollow.replaceChildren(make("ul", {}, ...more.hollow.map((each) => make("li", {}, each))));
  const year = (value) => (value === null ? "" : String(value));
  const head = [text("school"), text("type"), n(text("pupils_now")), n(text("pupils_until")), n(text("below_floor")), n(text("below_point")), n(text("leaves"))];
  const rows = more.small.map((row) => [row.school, row.type, n(row.students), n(row.until), n(year(row.below_floor)), n(year(row.below_point)),
    n(row.leaves === null ? "" : `${row.leaves} (${row.reason})`)]);
  bodies.small.replaceChildren(rows.length ? make("div", { class: "scroll" }, table(head, rows)) : make("p", {}, text("small_none")));
  const notes = [];
  for (const kind of ["applied", "not_applied", "assumed"]) {
    const found = more.notes[kind];
    if (!found.length) continue;
    notes.push(make("h3", {}, `${text(kind)} (${found.length})`), make("ul", {}, ...found.map((note) => make("li", {}, note))));
  }
  if (more.cost) notes.push(make("p", {}, `${text("cost")}: ${more.cost}`));
  bodies.notes.replaceChildren(...notes);
}

function showByYear(own, last) {
  const head = [text("school_year"), text("basis"), page.texts.stage, ...["students", "mean_class", "largest", "classes_missing", "seats_missing",
    "passing", "teachers_missing", "cv_max"].map((key) => n(text(key)))];
  const rows = [];
  own.years.forEach((year, i) => {
    for (const [stage, found] of Object.entries(own.stages)) {
      rows.push([String(year), year > last ? `○ ${text("projected")}` : `● ${text("observed")}`, page.words.stages[stage],
        n(number(found.students[i])), n(number(found.class_size[i], 1)), n(number(found.largest_class[i])), n(number(found.classes_missing[i])),
        n(number(found.seats_missing[i])), n(`${number(found.passing[i])} / ${number(found.schools[i])}`), n(number(found.teachers_missing[i])),
        n(`${number(found.cv_max[i], 3)} / ${found.cv_limit[i] === null ? "—" : short(found.cv_limit[i])}`)]);
    }
  });
  bodies.by_year.replaceChildren(table(head, rows), make("p", { class: "help" }, text("rounded")));
}

// --- files ------------------------------------------------------------------------------------------

async function save(path, ending) {
  try {
    const blob = await (await ask(path, state)).blob();
    const url = URL.createObjectURL(blob);
    const anchor = make("a", { href: url, download: `${state.county}-scenario.${ending}` });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    $("problems").replaceChildren();
  } catch (error) {
    complain(error);
  }
}

async function open(file) {
  try {
    if (file.size > 300000) throw new Refused([text("large_file")]);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const found = await askJson("/import", { county: state.county, text: new TextDecoder("utf-8").decode(bytes) });
    state = found.state;
    keep();
    await enter(state);
  } catch (error) {
    complain(error);
  }
}

async function copyLink() {
  await writeAddress();
  try {
    await navigator.clipboard.writeText(location.href);
    say("link_done");
  } catch {
    say("link_here");
  }
}

// --- start --------------------------------------------------------------------------------------------

async function showCounty() {
  if (page.about?.id !== state.county) {
    outcome = null;
    const found = await askJson(`/county?county=${encodeURIComponent(state.county)}`);
    page.about = { id: state.county, ...found };
    $("synthetic").hidden = !found.synthetic;
    $("unusable").replaceChildren(...found.unusable.map((each) => make("p", {}, each)));
  }
  showControls();
}

async function speak(lang) {
  page.lang = lang;
  Object.assign(page, await askJson("/texts"));
  document.documentElement.lang = lang;
  document.title = `${text("title")} · Junheng 均衡`;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", text(element.dataset.label));
  const names = page.counties.map((each) => make("option", { value: each.id }, each.name));
  $("county").replaceChildren(...names);
  page.counties = page.counties.map((each) => each.id);
  $("lang").value = lang;
  page.about = null;
  buildControls();
  buildPanels();
}

async function fromAddress() {
  address = location.hash;
  let next = { county: page.counties[0] };
  if (location.hash.length > 1) {
    try {
      next = await unpacked(location.hash.slice(1));
    } catch {
      say("bad_link");
    }
  }
  state = next;
  keep();
  await enter(state);
}

function listen() {
  $("county").addEventListener("change", (event) => {
    state = { county: event.target.value };
    keep();
    enter(state);
  });
  $("base").addEventListener("change", (event) => change((s) => {
    if (event.target.value === "*") return;
    delete s.file;
    if (event.target.value === "baseline") delete s.base;
    else s.base = event.target.value;
  }));
  $("name").addEventListener("change", (event) => change((s) => { s.name = event.target.value; }));
  $("lang").addEventListener("change", async (event) => {
    try {
      await speak(event.target.value);
      await enter(state);
    } catch (error) {
      complain(error);
    }
  });
  $("undo").addEventListener("click", () => step(-1));
  $("redo").addEventListener("click", () => step(1));
  $("reset").addEventListener("click", () => {
    state = { county: state.county };
    keep();
    enter(state);
  });
  $("import").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", (event) => {
    if (event.target.files[0]) open(event.target.files[0]);
    event.target.value = "";
  });
  $("export_yaml").addEventListener("click", () => save("/scenario", "yaml"));
  $("export_xlsx").addEventListener("click", () => save("/workbook", "xlsx"));
  $("link").addEventListener("click", copyLink);
  $("add").addEventListener("click", () => openDialog("moves", null, state));
  listenDialog();
  document.addEventListener("keydown", (event) => {
    // in a field being typed into, the browser's own undo is meant
    const typing = event.target.matches?.("input:not([type=range]):not([type=checkbox]), textarea");
    if (!(event.ctrlKey || event.metaKey) || typing || $("dialog").open) return;
    const key = event.key.toLowerCase();
    if (key === "z") step(event.shiftKey ? 1 : -1);
    else if (key === "y") step(1);
    else return;
    event.preventDefault();
  });
  window.addEventListener("hashchange", () => { if (location.hash !== address) fromAddress(); });
  let width = 0;
  new ResizeObserver(() => {
    if (outcome && $("panels").clientWidth !== width) show();
    width = $("panels").clientWidth;
  }).observe($("panels"));
}

async function start() {
  const asked = new URLSearchParams(location.search).get("lang");
  try {
    await speak(asked === "en" ? "en" : "zh");
    listen();
    await fromAddress();
  } catch (error) {
    complain(error);
  }
}

start();
