// What comes out: figures, verdicts, charts and lists of the last state that was worked out.

import { lineChart, sample } from "./charts.js";
import { $, STAGES, make, number, page, short, text } from "./page.js";
import { outcome } from "./state.js";

const bodies = {};

export function buildPanels() {
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
    make("p", { class: "help" }, text("single_marks")),
    section("enrolment", text("enrolment")),
    section("staff", text("staff_head")),
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

export function show() {
  const { own, trend, target, last } = outcome;
  const at = own.years.indexOf(target);
  showSentence(outcome.sentence, outcome.chance, at);
  showKey(last, target);
  showFailing(target, outcome.chance);
  showStrip(own, last, target, outcome.chance);
  showEnrolment(own, trend, at);
  showStaff(own, trend, at, last);
  showBalance(own, trend, at);
  for (const stage of STAGES) showRatios(stage, own, trend, at);
  showByYear(own, last);
}

function showSentence(sentence, chance, at) {
  if ($("sentence").textContent !== sentence) $("sentence").textContent = sentence;
  $("sentence").className = chance.standing[at];
  $("condition").textContent = chance.condition;
}

/** How likely it is, which takes longer than the figures. */
export function showChance(found) {
  const { own, target, last } = outcome;
  showSentence(found.sentence, found, own.years.indexOf(target));
  showFailing(target, found);
  showStrip(own, last, target, found);
}

function showKey(last, target) {
  const head = [text("fact"), n(text("key_observed", { year: last })), n(text("key_trend", { year: target })), n(text("key_own", { year: target }))];
  bodies.key.replaceChildren(table(head, outcome.key.map((row) => [row.label, ...row.values.map(n)])));
}

/** The share of the simulated courses that meet a requirement; what is not drawn is the single course's. */
function likely(item, chance) {
  const drawn = chance.condition !== "";
  return chance.items[item] ?? (drawn || !item.startsWith("cv.") ? text("single_short") : "…");
}

function showFailing(target, chance) {
  bodies.failing_title.textContent = text("failing", { year: target });
  const rows = outcome.failing.map((row) => [
    row.new ? make("span", {}, row.title, " ", make("span", { class: "new" }, `▲ ${text("new")}`)) : row.title,
    n(row.value), n(row.requirement), n(likely(row.item, chance))]);
  const head = [text("fact"), n(text("value")), n(text("required")), n(text("item_chance"))];
  const content = rows.length
    ? [make("div", { class: "scroll" }, table(head, rows, { class: "wrapped" }))] : [make("p", {}, text("failing_none"))];
  if (outcome.mended.length) {
    content.push(make("h3", {}, `✓ ${text("mended")}`), make("ul", {}, ...outcome.mended.map((each) => make("li", {}, each))));
  }
  content.push(make("p", { class: "help" }, text("single_items")));
  bodies.failing.replaceChildren(...content);
}

const SIGNS = { met: "✓", not_met: "✗", not_assessed: "?", not_applicable: "–" };

function showStrip(own, last, target, chance) {
  const now = own.years.indexOf(last) + 1;
  const lines = Object.entries(own.verdicts).map(([part, statuses]) => make("tr", part === "recognised" ? { class: "whole" } : {},
    make("th", { scope: "row" }, part === "recognised" ? text("whole") : page.words.parts[part]),
    ...statuses.map((status, i) => make("td", { class: `${chance.parts[part]?.standing[i] ?? status} ${i < now ? "observed" : "projected"}` },
      make("span", { "aria-hidden": "true" }, SIGNS[status]), make("span", { class: "hidden" }, page.words.statuses[status])))));
  // a projected year's verdict as a whole never stands without its chance
  const shares = (part, key) => make("tr", { class: "chance" }, make("th", { scope: "row" }, text(key)),
    ...chance.parts[part].shares.map((share, i) => make("td", share ? { class: chance.parts[part].standing[i] } : {}, share)));
  const heads = own.years.map((year) => make("th", year === target ? { scope: "col", class: "goal" } : { scope: "col" }, String(year)));
  const signs = Object.entries(SIGNS).map(([status, sign]) => `${sign} ${page.words.statuses[status]}`).join("   ");
  bodies.strip.replaceChildren(
    make("div", { class: "scroll" }, make("table", { class: "strip" },
      make("thead", {},
        make("tr", {}, make("td", {}), make("th", { colspan: String(now), scope: "colgroup" }, `● ${text("observed")}`),
          make("th", { colspan: String(own.years.length - now), scope: "colgroup" }, `○ ${text("projected")}`)),
        make("tr", {}, make("th", {}), ...heads)),
      make("tbody", {}, ...lines, shares("recognised", "chance"), shares("resource", "chance_resource")))),
    make("p", { class: "help" }, signs), make("p", { class: "help" }, text("single_parts")));
  // where the years do not all fit, the coming ones are seen first
  const scroller = bodies.strip.firstElementChild;
  scroller.scrollLeft = scroller.scrollWidth;
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

/** Teachers: what is assumed, pupils per teacher, and the staffing quota by stage and year. */
function showStaff(own, trend, at, last) {
  const { assumed, sentences, method } = outcome.staffing;
  const width = widthOf(306);
  const figures = Object.entries(own.stages).map(([stage, found]) => {
    const [value, other] = [found.pupils_per_teacher, trend.stages[stage].pupils_per_teacher];
    const note = `${own.years[at]}: ${number(value[at], 1)} · ${text("legend_trend")}: ${number(other[at], 1)}`;
    return chart(own, value, other, null, width, 170, text("staff_ratio", { stage: page.words.stages[stage] }), [note], 1);
  });
  const columns = ["posts_posts", "posts_needed", "posts_lacking", "posts_surplus", "posts_filled_in_stage", "posts_filled_across", "posts_recruited"];
  const head = [text("school_year"), page.texts.stage, ...["students", "teachers", "pupils_per_teacher", ...columns].map((key) => n(text(key)))];
  const rows = [];
  own.years.forEach((year, i) => {
    if (year < last) return;
    for (const [stage, found] of Object.entries(own.stages)) {
      rows.push([`${year > last ? "○" : "●"} ${year}`, page.words.stages[stage], n(number(found.students[i])), n(number(found.teachers[i])),
        n(number(found.pupils_per_teacher[i], 1)), ...columns.map((key) => n(number(found[key][i])))]);
    }
  });
  const open = bodies.staff.querySelector("details")?.open ?? true;
  bodies.staff.replaceChildren(
    make("p", {}, text("staff_assumed", { what: assumed })),
    make("ul", {}, ...sentences.map((each) => make("li", {}, each))),
    make("div", { class: "charts" }, ...figures),
    make("details", { id: "staff_table", open }, make("summary", {}, make("strong", {}, text("staff_table"))),
      make("div", { class: "scroll" }, table(head, rows, { class: "tight" }))),
    make("p", { class: "help" }, method));
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
      value === null ? ["—"] : [`${own.years[at]}: ${number(value, 3)} ${name ? `(${page.about.indicators[name].short})` : ""} `, mark(over ? "not_met" : "met")], 3);
  });
  bodies.cv.replaceChildren(make("div", { class: "charts" }, ...figures));
}

function showRatios(stage, own, trend, at) {
  $(`panel_ratios_${stage}`).hidden = !(stage in own.stages);
  if (!(stage in own.stages)) return;
  const width = widthOf(263);
  const figures = Object.entries(own.indicators).map(([name, stages]) => {
    const found = stages[stage];
    const about = page.about.indicators[name];
    const value = found.mean[at];
    const enough = value === null || found.threshold[at] === null ? "not_assessed" : value >= found.threshold[at] * (1 - 1e-12) ? "met" : "not_met";
    return chart(own, found.mean, trend.indicators[name][stage].mean, found.threshold, width, 150, about.short, [
      `${about.unit} · ${own.years[at]}: ${number(value, about.decimals)} `, mark(enough),
      make("span", {}, ` · ${text("cv_short")} ${number(found.cv[at], 3)} `), mark(found.status[at]),
    ], about.decimals);
  });
  bodies[`ratios_${stage}`].replaceChildren(make("div", { class: "charts small" }, ...figures));
}

export function showDetails(more) {
  $("panel_hollow").hidden = more.hollow.length === 0;
  bodies.hollow.replaceChildren(make("p", { class: "help" }, text("hollow_single")), make("ul", {}, ...more.hollow.map((each) => make("li", {}, each))));
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
    "passing", "teachers_missing", "pupils_per_teacher", "posts_lacking", "posts_surplus", "cv_max"].map((key) => n(text(key)))];
  const rows = [];
  own.years.forEach((year, i) => {
    for (const [stage, found] of Object.entries(own.stages)) {
      rows.push([String(year), year > last ? `○ ${text("projected")}` : `● ${text("observed")}`, page.words.stages[stage],
        n(number(found.students[i])), n(number(found.class_size[i], 1)), n(number(found.largest_class[i])), n(number(found.classes_missing[i])),
        n(number(found.seats_missing[i])), n(`${number(found.passing[i])} / ${number(found.schools[i])}`), n(number(found.teachers_missing[i])),
        n(number(found.pupils_per_teacher[i], 1)), n(number(found.posts_lacking[i])), n(number(found.posts_surplus[i])),
        n(`${number(found.cv_max[i], 3)} / ${found.cv_limit[i] === null ? "—" : short(found.cv_limit[i])}`)]);
    }
  });
  bodies.by_year.replaceChildren(table(head, rows), make("p", { class: "help" }, text("rounded")));
}
