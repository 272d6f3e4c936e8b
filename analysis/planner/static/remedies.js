// The cheapest plan: what it does, and the conditions under which it is worked out again.

import { askJson, complain, say } from "./ask.js";
import { $, copy, make, page, same, text } from "./page.js";
import { state } from "./state.js";

/** What is on the page: the state it is for, the conditions, the last answer, the state it became. */
let plan = null;
let asking = 0;

const empty = () => ({ forbid: [], lock: [], prices: {} });

/** Work the plan out for what the page has set now; `take` takes over the state with the plan. */
export async function openPlan(take) {
  const conditions = plan?.base.county === state.county ? plan.conditions : empty();
  plan = { base: copy(state), conditions, names: {}, found: null, taken: null, likely: null, take };
  await solve(() => {}, true);
}

export function closePlan() {
  plan = null;
  asking += 1;
  $("plan").hidden = true;
  $("plan").replaceChildren();
}

/** Say so if the plan is for other settings than those of the page. */
export function checkPlan() {
  const note = $("plan_stale");
  if (plan && note) note.hidden = same(state, plan.base) || (plan.taken !== null && same(state, plan.taken));
}

async function solve(undo, opened = false) {
  const mine = (asking += 1);
  $("plan").setAttribute("aria-busy", "true");
  say("remedy_busy");
  try {
    const found = await askJson("/remedy", { state: plan.base, conditions: plan.conditions });
    if (mine !== asking) return;
    plan.found = found;
    plan.likely = null;
    $("problems").replaceChildren();
  } catch (error) {
    if (mine !== asking) return;
    undo();
    complain(error);
  }
  say(null);
  $("plan").setAttribute("aria-busy", "false");
  if (!plan.found) return closePlan();
  show();
  // before the chance is drawn: who has gone on to a button by then keeps it
  if (opened) $("plan").focus();
  if (plan.found.cost && plan.found.rows.length) await judge(mine);
}

/** How likely the county is to pass with the plan: drawn after the plan is shown. */
async function judge(mine) {
  try {
    const { state: done } = await askJson("/remedy", { state: plan.base, conditions: plan.conditions, take: true });
    if (mine !== asking || !done) return;
    const { likely, resource, condition } = await askJson("/chance", done);
    if (mine !== asking) return;
    plan.likely = `${likely} ${text("chance_resource")}${page.lang === "zh" ? "：" : ": "}${resource}${page.lang === "zh" ? "。" : ". "}${condition}`;
    $("plan_likely")?.replaceChildren(plan.likely);
  } catch {
    // the plan stands without its chance, and says that it is the single course's
  }
}

/** Change the conditions and work out again; what is refused is taken back. */
function change(mutate) {
  const before = copy(plan.conditions);
  mutate(plan.conditions);
  solve(() => { plan.conditions = before; });
}

async function take() {
  try {
    const found = await askJson("/remedy", { state: plan.base, conditions: plan.conditions, take: true });
    plan.taken = found.state;
    await plan.take(copy(found.state));
    say("remedy_taken");
  } catch (error) {
    complain(error);
  }
}

const at = (row) => (entry) => entry[0] === row.word && entry[1] === row.school_id;
const locked = (row) => (entry) => at(row)(entry) && (entry[2] ?? "") === row.stage;

function fix(row, amount) {
  plan.names[`${row.word} ${row.school_id} ${row.stage}`] = row;
  change((asked) => {
    asked.lock = asked.lock.filter((entry) => !locked(row)(entry));
    asked.lock.push([row.word, row.school_id, row.stage || null, amount]);
  });
}

function forbid(row) {
  plan.names[`${row.word} ${row.school_id} `] = row;
  change((asked) => {
    asked.lock = asked.lock.filter((entry) => !at(row)(entry));
    asked.forbid.push([row.word, row.school_id]);
  });
}

const button = (key, onclick, what) =>
  make("button", { type: "button", onclick, ...(what ? { "aria-label": `${text(key)}: ${what}` } : {}) }, text(key));

function show() {
  const { found } = plan;
  const stale = make("p", { id: "plan_stale", class: "stale", hidden: true }, text("remedy_stale"), " ",
    button("remedy_again", () => openPlan(plan.take)));
  const title = found.cost ? text("remedy_title", found) : text("remedy_none", found);
  const open = $("plan_prices")?.open ?? false;
  const parts = [
    make("h2", {}, title), stale,
    make("ul", {}, ...found.told.map((each) => make("li", {}, each))),
    make("p", {}, text("remedy_single"), " ", make("span", { id: "plan_likely", role: "status" }, plan.likely ?? "")),
    make("p", { class: "buttons" },
      found.cost && found.rows.length ? make("button", { type: "button", id: "plan_take", onclick: take }, text("remedy_take")) : null,
      make("button", { type: "button", id: "plan_close", onclick: () => { closePlan(); $("remedy").focus(); } }, text("remedy_close"))),
    conditions(), rows(), prices(open)];
  $("plan").replaceChildren(...parts.filter(Boolean));
  $("plan").hidden = false;
  checkPlan();
}

/** What somebody asked for, each with a button that lifts it. */
function conditions() {
  const { forbid: out, lock } = plan.conditions;
  const named = (word, school, stage) => {
    const row = plan.names[`${word} ${school} ${stage ?? ""}`];
    const label = plan.found.prices.find((each) => each.word === word)?.label ?? word;
    return row ? `${row.school} ${row.stage_name} ${row.label}`.replace("  ", " ") : `${label} (${school ?? text("remedy_everywhere")})`;
  };
  const unit = (word, school, stage) => plan.names[`${word} ${school} ${stage ?? ""}`]?.unit ?? "";
  const items = [
    ...lock.map((entry) => [text("remedy_fixed", { what: named(...entry), amount: entry[3].toLocaleString(page.lang), unit: unit(...entry) }),
      (asked) => { asked.lock = asked.lock.filter((each) => !same(each, entry)); }]),
    ...out.map((entry) => [text("remedy_forbidden", { what: named(...entry) }),
      (asked) => { asked.forbid = asked.forbid.filter((each) => !same(each, entry)); }]),
  ];
  if (!items.length) return null;
  return make("div", { id: "plan_conditions" }, make("h3", {}, text("remedy_conditions")),
    make("ul", {}, ...items.map(([what, lift]) => make("li", {}, what, " ", button("remedy_lift", () => change(lift), what)))));
}

function rows() {
  if (!plan.found.rows.length) return null;
  const heads = ["school", "what", "remedy_amount", "remedy_unit", "remedy_cny"].map((key, i) =>
    make("th", { scope: "col", class: i === 2 || i === 4 ? "n" : "" }, text(key)));
  const body = plan.found.rows.map((row, i) => {
    const what = `${row.stage_name} ${row.label}`.trim();
    const kept = plan.conditions.lock.some(locked(row));
    const amount = make("input", { type: "number", min: "0", step: String(row.step), value: String(row.amount),
      "aria-label": `${row.school} ${what} (${row.unit})`,
      onchange: (event) => (event.target.reportValidity() && event.target.value !== "" ? fix(row, Number(event.target.value)) : show()) });
    const again = i && plan.found.rows[i - 1].school_id === row.school_id;
    return make("tr", kept ? { class: "kept" } : {},
      make("th", { scope: "row" }, again ? make("span", { class: "hidden" }, row.school) : row.school),
      make("td", {}, what, row.from ? make("small", {}, ` ${text("remedy_from", { schools: row.from })}`) : null),
      make("td", { class: "n" }, amount), make("td", {}, row.unit), make("td", { class: "n" }, row.cny),
      make("td", {}, kept ? null : button("remedy_fix", () => fix(row, row.amount), `${row.school} ${what}`), " ",
        button("remedy_forbid", () => forbid(row), `${row.school} ${what}`)));
  });
  return make("div", { class: "scroll" },
    make("p", { class: "help" }, text("remedy_fix_help")),
    make("table", { id: "plan_rows" }, make("thead", {}, make("tr", {}, ...heads, make("td", {}))), make("tbody", {}, ...body)));
}

function prices(open) {
  const heads = ["what", "remedy_price", "remedy_out", "remedy_basis"].map((key) => make("th", { scope: "col" }, text(key)));
  const body = plan.found.prices.map((row) => {
    const out = plan.conditions.forbid.some((entry) => entry[0] === row.word && entry[1] === null);
    const price = make("input", { type: "number", min: "0", step: "any", value: String(row.cny), id: `price_${row.word}`,
      "aria-label": `${text("remedy_price")}: ${row.label}`,
      onchange: (event) => {
        if (!event.target.reportValidity()) return;
        const value = event.target.value === "" ? row.usual : Number(event.target.value);
        change((asked) => {
          if (value === row.usual) delete asked.prices[row.word];
          else asked.prices[row.word] = value;
        });
      } });
    const box = make("input", { type: "checkbox", checked: out, "aria-label": `${text("remedy_out")}: ${row.label}`,
      onchange: () => change((asked) => {
        asked.forbid = asked.forbid.filter((entry) => !(entry[0] === row.word && entry[1] === null));
        if (!out) asked.forbid.push([row.word, null]);
      }) });
    const changed = row.word in plan.conditions.prices;
    return make("tr", changed || out ? { class: "kept" } : {},
      make("th", { scope: "row" }, row.label),
      make("td", {}, price, ` / ${row.unit}`, changed ? make("small", {}, ` (${text("remedy_usual", { cny: row.usual.toLocaleString(page.lang) })})`) : null),
      make("td", {}, box), make("td", { class: "help" }, row.about));
  });
  return make("details", { id: "plan_prices", open },
    make("summary", {}, make("strong", {}, text("remedy_prices"))),
    make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body))));
}
