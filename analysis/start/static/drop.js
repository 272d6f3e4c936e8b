// Files of a county dropped on the page: read here, sent to the program on this computer.

import { askJson, complain } from "./ask.js";
import { clear, measure, read, record, show } from "./lists.js";
import { $, page, text } from "./page.js";

let last = null; // the files that were checked last, for entries that were missing

/** Check files and show what was found; calls `then` with the answer. */
export async function check(files, then) {
  if (!files.length) return;
  last = files;
  $("again").disabled = false;
  $("problems").replaceChildren();
  clear();
  $("zone").setAttribute("aria-busy", "true");
  try {
    measure(files, page.limits);
    $("summary").textContent = text("checking", { name: files.map((file) => file.name).join(", ").slice(0, 120) });
    const sent = await Promise.all(files.map(read));
    const found = await askJson("/start/check", { files: sent, record: record("record") });
    show(found);
    then(found);
  } catch (error) {
    $("summary").textContent = "";
    complain(error);
  }
  $("zone").setAttribute("aria-busy", "false");
}

export function checkAgain(then) {
  if (last) check(last, then);
}

/** What was checked last is not what the page shows now. */
export function forget() {
  last = null;
  $("again").disabled = true;
}

/** Have the zone take files, by dropping or by choosing. */
export function listenDrop(take) {
  const zone = $("zone");
  $("choose").addEventListener("click", () => $("files").click());
  $("files").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  lightUp(zone);
  // a file dropped beside the zones would open in the browser instead of the page
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (!event.target.closest?.("#returns_zone")) take([...event.dataTransfer.files]);
  });
}

export function lightUp(zone) {
  for (const name of ["dragover", "dragenter"]) zone.addEventListener(name, () => zone.classList.add("over"));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
}
