// Return sheets: a folder, an archive or workbooks become the tables of a county.

import { askJson, complain, Refused } from "./ask.js";
import { forget, lightUp } from "./drop.js";
import { clear, measure, read, record, show } from "./lists.js";
import { $, make, number, page, text } from "./page.js";

let chosen = []; // the files that are to be imported

function choose(files) {
  $("problems").replaceChildren();
  hide();
  try {
    const size = measure(files, page.most_sheets);
    chosen = files;
    $("returns_told").textContent = files.length ? text("returns_chosen", { n: number(files.length), size }) : "";
  } catch (error) {
    chosen = [];
    complain(error);
  }
  $("returns_run").disabled = !chosen.length;
}

function hide() {
  $("returns_told").textContent = "";
  $("returned").hidden = true;
}

/** All files of what was dropped, those in folders with the folder in their names. */
async function dropped(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  const open = entries.slice();
  while (open.length) {
    const entry = open.shift();
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      file.path = entry.fullPath.replace(/^\//, "");
      found.push(file);
    } else {
      const reader = entry.createReader();
      for (;;) { // a reader gives a hundred at a time
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (!some.length) break;
        open.push(...some);
      }
    }
  }
  return found;
}

async function run(then) {
  $("problems").replaceChildren();
  hide();
  clear();
  $("returns_run").disabled = true;
  $("returns_zone").setAttribute("aria-busy", "true");
  $("returns_told").textContent = text("returns_busy", { n: number(chosen.length) });
  try {
    const files = [];
    for (const file of chosen) files.push(await read(file));
    const found = await askJson("/start/returns", {
      files, record: record("returns"), district: $("returns_district").value, without_broken: $("without_broken").checked,
    });
    forget();
    $("returns_told").textContent = found.summary;
    $("returned").hidden = false;
    $("returned").dataset.drop = found.drop;
    $("returns_lines").replaceChildren(...found.lines.map(
      (line) => make("li", { class: line.severity }, make("b", {}, text(line.severity)), " ", line.text),
    ));
    for (const name of ["returns_book", "returns_folder"]) $(name).disabled = !found.ok;
    show(found);
    then(found);
  } catch (error) {
    hide();
    complain(error);
  }
  $("returns_run").disabled = false;
  $("returns_zone").setAttribute("aria-busy", "false");
}

export function listenReturns(then, save) {
  const zone = $("returns_zone");
  for (const [button, input] of [["returns_choose", "returns_files"], ["returns_choose_folder", "returns_tree"]]) {
    $(button).addEventListener("click", () => $(input).click());
    $(input).addEventListener("change", (event) => {
      const files = [...event.target.files];
      for (const file of files) if (file.webkitRelativePath) file.path = file.webkitRelativePath;
      choose(files);
      event.target.value = "";
    });
  }
  lightUp(zone);
  zone.addEventListener("drop", async (event) => {
    try {
      choose(await dropped(event.dataTransfer.items));
    } catch {
      complain(new Refused([text("unreadable")]));
    }
  });
  $("returns_run").addEventListener("click", () => run(then));
  for (const [button, kind] of [["returns_page", "page"], ["returns_book", "workbook"], ["returns_folder", "folder"]]) {
    $(button).addEventListener("click", () => save(`/start/returned?drop=${encodeURIComponent($("returned").dataset.drop)}&kind=${kind}`));
  }
}

export const clearReturns = hide;
