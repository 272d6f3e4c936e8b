// The start page: template, check, report and planner by buttons.

import { ask, askJson, complain, Refused } from "./ask.js";
import { check, checkAgain, listenDrop } from "./drop.js";
import { clear } from "./lists.js";
import { $, make, number, page, text } from "./page.js";
import { clearReturns, listenReturns } from "./returns.js";

const LOOK = 1000; // milliseconds between two looks at what is being made
let chosen = ""; // the county of the report and the planner; empty: none
const makings = new Map(); // id -> how it was when last looked at

/** Have the browser save what the server sends. */
async function save(path, name) {
  try {
    const answer = await ask(path);
    const sent = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
    const url = URL.createObjectURL(await answer.blob());
    const anchor = make("a", { href: url, download: name ?? (sent ? decodeURIComponent(sent[1]) : "junheng") });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    $("problems").replaceChildren();
  } catch (error) {
    complain(error);
  }
}

// --- counties ---------------------------------------------------------------------------------------

const title = (county) => text(county.own ? "own" : "sample", { name: county.name });

async function showCounties(select) {
  const options = page.counties.map((each) => make("option", { value: each.id }, title(each)));
  const own = page.counties.map((each) => make("option", { value: each.id }, title(each)));
  const before = $("template_with").value;
  // nobody should print a sample for the county whose tables are being mended
  $("county").replaceChildren(make("option", { value: "" }, text("no_county")), ...options);
  $("template_with").replaceChildren(make("option", { value: "" }, text("template_empty")), ...own);
  const ids = page.counties.map((each) => each.id);
  $("template_with").value = ids.includes(before) ? before : "";
  chosen = ids.includes(select) ? select : "";
  $("county").value = chosen;
  await showYears();
}

async function showYears() {
  const asked = chosen;
  for (const name of ["make", "planner_open"]) $(name).disabled = !asked;
  $("year").replaceChildren();
  if (!asked) return;
  try {
    const found = await askJson(`/start/years?county=${encodeURIComponent(asked)}`);
    if (asked !== chosen) return;
    $("year").replaceChildren(...found.years.map((year) => make("option", { value: String(year) }, `${year}–${year + 1}`)));
  } catch (error) {
    complain(error);
  }
}

async function took(found) {
  page.counties = found.counties;
  await showCounties(found.county ?? "");
}

// --- reports ------------------------------------------------------------------------------------------

async function begin() {
  const kinds = [...document.querySelectorAll("[name=kind]:checked")].map((box) => box.value);
  try {
    if (!kinds.length) throw new Refused([text("none_chosen")]);
    const year = $("year").value ? Number($("year").value) : null;
    const { begun } = await askJson("/start/report", { county: chosen, year, kinds });
    $("problems").replaceChildren();
    for (const id of begun) makings.set(id, null);
    look();
  } catch (error) {
    complain(error);
  }
}

let timer = 0;
async function look() {
  clearTimeout(timer);
  try {
    for (const [id, known] of makings) {
      if (known?.state === "done" || known?.state === "failed") continue;
      const found = await askJson(`/start/report?id=${encodeURIComponent(id)}`);
      makings.set(id, found);
    }
    showMakings();
  } catch (error) {
    complain(error);
    return;
  }
  const open = [...makings.values()].some((each) => !each || each.state === "waiting" || each.state === "working");
  if (open) timer = setTimeout(look, LOOK);
}

/** Only what has changed is drawn anew: who stands on a button stays there. */
function showMakings() {
  for (const [id, found] of makings) {
    if (!found) continue;
    const state = text(found.state, { seconds: number(found.seconds) });
    const key = `${page.lang} ${found.state}`;
    let item = $(`making_${id}`);
    if (item?.dataset.key !== key) {
      const fresh = make("li", { id: `making_${id}`, class: found.state, "data-key": key }, ...parts(id, found));
      if (item) item.replaceWith(fresh);
      else $("makings").prepend(fresh);
      item = fresh;
      if (found.state === "done" || found.state === "failed") $("told").textContent = `${found.title}: ${state}`;
    }
    item.querySelector(".state").textContent = state;
  }
}

function parts(id, found) {
  const busy = found.state === "working" ? make("progress", { "aria-label": found.title }) : null;
  const files = found.files.map((name) => make("button", {
    type: "button",
    onclick: () => save(`/start/made?id=${encodeURIComponent(id)}&name=${encodeURIComponent(name)}`, name),
  }, text("save", { name })));
  const why = found.reasons.map((reason) => make("p", { class: "why" }, reason));
  return [make("strong", {}, found.title), make("span", { class: "state" }), busy, ...files, ...why];
}

// --- start ----------------------------------------------------------------------------------------------

async function speak(lang) {
  page.lang = lang;
  Object.assign(page, await askJson("/start/texts"));
  document.documentElement.lang = lang;
  document.title = text("title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", text(element.dataset.label));
  $("check_help").textContent = text("check_help", { megabytes: number(page.limits.bytes / 1e6), files: number(page.limits.files) });
  $("returns_help").textContent = text("returns_help", { megabytes: number(page.most_sheets.bytes / 1e6) });
  $("lang").value = lang;
  clear();
  clearReturns();
  await showCounties(chosen);
  showMakings();
}

function listen() {
  $("lang").addEventListener("change", async (event) => {
    try {
      await speak(event.target.value);
      history.replaceState(null, "", `${location.pathname}?lang=${page.lang}`);
      checkAgain(took);
    } catch (error) {
      complain(error);
    }
  });
  $("template_get").addEventListener("click", () => save(`/start/template?county=${encodeURIComponent($("template_with").value)}`));
  listenReturns(took, save);
  listenDrop((files) => check(files, took));
  $("again").addEventListener("click", () => checkAgain(took));
  $("findings_get").addEventListener("click", () => save(`/start/findings?drop=${encodeURIComponent($("found").dataset.drop)}`));
  $("county").addEventListener("change", (event) => {
    chosen = event.target.value;
    showYears();
  });
  $("make").addEventListener("click", begin);
  $("planner_open").addEventListener("click", () => {
    window.open(`/planner?lang=${page.lang}&county=${encodeURIComponent(chosen)}`, "_blank");
  });
}

async function start() {
  const asked = new URLSearchParams(location.search).get("lang");
  try {
    await speak(asked === "en" ? "en" : "zh");
    listen();
  } catch (error) {
    complain(error);
  }
}

start();
