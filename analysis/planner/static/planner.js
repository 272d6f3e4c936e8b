// The planner's page: a state that the controls change, an outcome that the server works out of it.

import { Refused, ask, askJson, complain, say } from "./ask.js";
import { buildControls, showControls } from "./controls.js";
import { listenDialog, openDialog } from "./moves.js";
import { buildPanels, show, showChance, showDetails } from "./outcome.js";
import { $, copy, make, page, same, text } from "./page.js";
import { checkPlan, closePlan, openPlan } from "./remedies.js";
import {
  address, canStep, change, keep, onChange, outcome, setAddress, setOutcome, setState, state, step, unpacked, writeAddress,
} from "./state.js";

const WAIT = 60; // milliseconds without a change before the server is asked

/** Take over a whole state: from the address, a file, undo. */
async function enter(next) {
  setState(next);
  await showCounty();
  writeAddress();
  work();
}

/** Undo or redo. */
function go(by) {
  if (canStep(by)) enter(step(by));
}

// --- working out: the last state asked for wins ---------------------------------------------------

let timer = 0;
let busy = false;
let again = false;

function work() {
  checkPlan();
  $("outcome").setAttribute("aria-busy", "true");
  clearTimeout(timer);
  timer = setTimeout(run, WAIT);
}

/** The controls show what the base says, which comes with the outcome. */
function showAll() {
  showControls();
  show();
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
        setOutcome(found);
        $("problems").replaceChildren();
        $("outcome").classList.remove("stale");
        showAll();
        const more = await askJson("/details", asked);
        if (again || !same(asked, state)) continue;
        showDetails(more);
        const likely = await askJson("/chance", asked);
        if (!again && same(asked, state)) showChance(likely);
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
    setState(found.state);
    keep();
    await enter(state);
  } catch (error) {
    complain(error);
  }
}

/** The plan on the page becomes part of the scenario. */
async function takeOver(next) {
  setState(next);
  keep();
  await enter(state);
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
    setOutcome(null);
    closePlan();
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
  setAddress(location.hash);
  const asked = new URLSearchParams(location.search).get("county");
  let next = { county: page.counties.includes(asked) ? asked : page.counties[0] };
  if (location.hash.length > 1) {
    try {
      next = await unpacked(location.hash.slice(1));
    } catch {
      say("bad_link");
    }
  }
  setState(next);
  keep();
  await enter(state);
}

function listen() {
  $("county").addEventListener("change", (event) => {
    setState({ county: event.target.value });
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
  $("undo").addEventListener("click", () => go(-1));
  $("redo").addEventListener("click", () => go(1));
  $("reset").addEventListener("click", () => {
    setState({ county: state.county });
    keep();
    enter(state);
  });
  $("remedy").addEventListener("click", () => openPlan(takeOver));
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
  onChange(() => {
    showControls();
    work();
  });
  document.addEventListener("keydown", (event) => {
    // in a field being typed into, the browser's own undo is meant
    const typing = event.target.matches?.("input:not([type=range]):not([type=checkbox]), textarea");
    if (!(event.ctrlKey || event.metaKey) || typing || $("dialog").open) return;
    const key = event.key.toLowerCase();
    if (key === "z") go(event.shiftKey ? 1 : -1);
    else if (key === "y") go(1);
    else return;
    event.preventDefault();
  });
  window.addEventListener("hashchange", () => { if (location.hash !== address) fromAddress(); });
  let width = 0;
  new ResizeObserver(() => {
    if (outcome && $("panels").clientWidth !== width) showAll();
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
