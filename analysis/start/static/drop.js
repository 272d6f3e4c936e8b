// Files dropped on the page: read here, sent to the program on this computer, shown as a table.

import { askJson, complain, Refused } from "./ask.js";
import { $, make, number, page, text } from "./page.js";

const COLUMNS = ["severity", "file", "cell", "head", "value", "what", "todo"];
const MEGABYTE = 1e6;
let last = null; // the files that were checked last, for entries that were missing

function read(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    // of an empty file there is nothing behind a comma
    reader.onload = () => done({ name: file.name, data: file.size ? reader.result.split(",", 2)[1] : "" });
    reader.onerror = () => failed(new Refused([text("unreadable")]));
    reader.readAsDataURL(file);
  });
}

function measure(files) {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const { bytes, files: most } = page.limits;
  if (size > bytes) {
    throw new Refused([text("too_large", { size: number(Math.ceil(size / MEGABYTE)), limit: number(bytes / MEGABYTE) })]);
  }
  if (files.length > most) throw new Refused([text("too_many", { n: number(files.length), limit: number(most) })]);
}

/** Check files and show what was found; calls `then` with the answer. */
export async function check(files, then) {
  if (!files.length) return;
  last = files;
  $("again").disabled = false;
  $("problems").replaceChildren();
  $("found").hidden = true;
  $("summary").className = "";
  $("zone").setAttribute("aria-busy", "true");
  try {
    measure(files);
    $("summary").textContent = text("checking", { name: files.map((file) => file.name).join(", ").slice(0, 120) });
    const record = { code: $("record_code").value, name: $("record_name").value, province: $("record_province").value };
    const sent = await Promise.all(files.map(read));
    const found = await askJson("/start/check", { files: sent, record });
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

/** Take away what was said in another language. */
export function clear() {
  $("summary").textContent = "";
  $("found").hidden = true;
}

function show(found) {
  $("summary").textContent = found.summary;
  $("summary").className = found.ok ? "good" : "bad";
  $("found").hidden = found.rows.length === 0;
  $("found").dataset.drop = found.drop;
  const heads = COLUMNS.map((name) => make("th", { scope: "col" }, text(name)));
  $("findings").tHead.replaceChildren(make("tr", {}, ...heads));
  $("findings").tBodies[0].replaceChildren(...found.rows.map(line));
  $("more").textContent = found.more ? text("findings_more", { n: number(found.more) }) : "";
}

function line(row) {
  const cells = COLUMNS.map((name) => make(
    "td", { "data-head": text(name) }, name === "severity" ? text(row[name]) : row[name] || null,
  ));
  return make("tr", { class: row.severity }, ...cells);
}

/** Have the zone take files, by dropping or by choosing. */
export function listenDrop(take) {
  const zone = $("zone");
  $("choose").addEventListener("click", () => $("files").click());
  $("files").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  for (const name of ["dragover", "dragenter"]) zone.addEventListener(name, () => zone.classList.add("over"));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  // a file dropped beside the zone would open in the browser instead of the page
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  window.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
}
