// Tables of a web page: sorted by their heads, filtered by words. Nothing is asked of any server.
"use strict";

(function () {
  const words = document.documentElement.dataset;
  const language = document.documentElement.lang;
  // "School 2" before "School 10"
  const letters = new Intl.Collator(language, { numeric: true });

  function value(row, column, numeric) {
    const text = row.cells[column].textContent.trim();
    const number = numeric ? parseFloat(text.replace(/[,，%\s]/g, "")) : NaN;
    return Number.isNaN(number) ? text : number;
  }

  function sort(table, head, column) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const numeric = head.classList.contains("num");
    table.querySelectorAll("th[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).filter((row) => !row.classList.contains("fixed"));
    rows.sort((a, b) => {
      const [x, y] = [value(a, column, numeric), value(b, column, numeric)];
      // what has no number comes last, upwards and downwards
      if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
      const order = typeof x === "number" ? x - y : letters.compare(x, y);
      return down ? -order : order;
    });
    body.append(...rows);
  }

  function heads(table) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
  }

  // Rows that have every word and, where the page lets one choose, are of the chosen kind.
  function show(table, field, none) {
    const wanted = field.value.trim().toLowerCase().split(/\s+/);
    const kind = table.dataset.kind;
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      const fits = wanted.every((word) => text.includes(word)) && (!kind || row.dataset.kind === kind);
      row.hidden = !fits && !row.classList.contains("fixed");
      shown += fits && !row.classList.contains("fixed");
    }
    none.textContent = shown ? "" : words.nothing;
  }

  function filter(table) {
    const box = table.closest(".scroll") || table;
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = words.filter;
    field.setAttribute("aria-label", words.filter + " " + table.caption.textContent);
    const line = document.createElement("div");
    line.className = "filter";
    line.append(field);
    const none = document.createElement("p");
    none.className = "nothing";
    none.setAttribute("role", "status");
    const again = () => show(table, field, none);
    field.addEventListener("input", again);
    table.addEventListener("kind", again);
    box.before(line);
    box.after(none);
  }

  // A box in which a table scrolls can be reached and moved by the keyboard.
  function boxes() {
    for (const box of document.querySelectorAll(".scroll, figure")) {
      const scrolls = box.scrollWidth > box.clientWidth + 1;
      const named = box.querySelector("caption, figcaption");
      const marks = { tabindex: "0", role: "region", "aria-label": named ? named.textContent : "" };
      box.classList.toggle("fits", !scrolls);
      for (const name of Object.keys(marks)) {
        if (scrolls && marks[name]) box.setAttribute(name, marks[name]);
        else box.removeAttribute(name);
      }
    }
  }

  for (const table of document.querySelectorAll("main table.plain, main table.tight")) {
    const rows = table.tHead ? table.tBodies[0].rows.length : 0;
    if (rows >= 3 && !table.closest(".school")) heads(table);
    if ((rows > 12 && !table.closest(".school")) || "filter" in table.dataset) filter(table);
  }
  boxes();
  addEventListener("load", boxes);
  addEventListener("resize", boxes);
  addEventListener("hashchange", boxes);

  // The way back from a school's page leads to where the reader was.
  let came = false;
  addEventListener("hashchange", () => (came = true));
  for (const link of document.querySelectorAll(".back a")) {
    link.addEventListener("click", (event) => {
      if (!came) return;
      event.preventDefault();
      history.back();
    });
  }
})();
