// What was found in files, and what is missing in them, as tables; and how files come to the program.

import { Refused } from "./ask.js";
import { $, make, number, text } from "./page.js";

const COLUMNS = ["severity", "file", "cell", "head", "value", "what", "todo"];
const MEGABYTE = 1e6;

/** A file as the program takes it; of one in a folder, the folder belongs to its name. */
export function read(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    // of an empty file there is nothing behind a comma
    reader.onload = () => done({ name: file.path ?? file.name, data: file.size ? reader.result.split(",", 2)[1] : "" });
    reader.onerror = () => failed(new Refused([text("unreadable")]));
    reader.readAsDataURL(file);
  });
}

/** Refuse more than the program takes; the size in MB. */
export function measure(files, { bytes, files: most }) {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const megabytes = number(Math.ceil(size / MEGABYTE));
  if (size > bytes) throw new Refused([text("too_large", { size: megabytes, limit: number(bytes / MEGABYTE) })]);
  if (files.length > most) throw new Refused([text("too_many", { n: number(files.length), limit: number(most) })]);
  return megabytes;
}

/** Code, name and province as written beside a zone. */
export const record = (zone) =>
  Object.fromEntries(["code", "name", "province"].map((key) => [key, $(`${zone}_${key}`).value]));

export function show(found) {
  $("summary").textContent = found.summary;
  $("summary").className = found.ok ? "good" : "bad";
  $("found").hidden = found.rows.length === 0 && !found.missing;
  $("found").dataset.drop = found.drop;
  $("findings_scroll").hidden = found.rows.length === 0;
  fill("findings", COLUMNS.map((name) => text(name)), found.rows.map(cells), found.rows.map((row) => row.severity));
  $("more").textContent = found.more ? text("findings_more", { n: number(found.more) }) : "";
  const missing = found.missing ?? { title: "", header: [], rows: [], more: 0 };
  $("missing_box").hidden = missing.rows.length === 0;
  $("missing_title").textContent = missing.title;
  fill("missing", missing.header, missing.rows);
  $("missing_more").textContent = missing.more ? text("missing_more", { n: number(missing.more) }) : "";
}

/** Take away what was said in another language, or of other files. */
export function clear() {
  $("summary").textContent = "";
  $("summary").className = "";
  $("found").hidden = true;
}

const cells = (row) => COLUMNS.map((name) => (name === "severity" ? text(row[name]) : row[name]));

function fill(table, heads, rows, classes = []) {
  const head = heads.map((name) => make("th", { scope: "col" }, name));
  $(table).tHead.replaceChildren(make("tr", {}, ...head));
  const line = (row, at) => make("tr", { class: classes[at] ?? "" }, ...row.map(
    (value, column) => make("td", { "data-head": heads[column] }, value || null),
  ));
  $(table).tBodies[0].replaceChildren(...rows.map(line));
}
