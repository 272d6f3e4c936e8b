// Tables of the web page: sorted by their heads, filtered by a word. Nothing is asked of any server.
"use strict";

(function () {
  const words = document.documentElement.dataset;

  function value(row, column) {
    const text = row.cells[column].textContent.trim();
    const number = parseFloat(text.replace(/[,，%\s]/g, ""));
    return Number.isNaN(number) ? text : number;
  }

  function sort(table, head, column) {
    const down = head.getAttribute("aria-sort") === "ascending";
    table.querySelectorAll("th[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).filter((row) => !row.classList.contains("fixed"));
    rows.sort((a, b) => {
      const [x, y] = [value(a, column), value(b, column)];
      if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
      const order = typeof x === "number" ? x - y : x.localeCompare(y, document.documentElement.lang);
      return down ? -order : order;
    });
    body.append(...rows);
  }

  function heads(table) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
  }

  function filter(table) {
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = words.filter;
    field.setAttribute("aria-label", words.filter + " " + table.caption.textContent);
    const none = document.createElement("p");
    none.className = "nothing";
    none.setAttribute("role", "status");
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        const fits = row.classList.contains("fixed") || row.textContent.toLowerCase().includes(wanted);
        row.hidden = !fits;
        shown += fits && !row.classList.contains("fixed");
      }
      none.textContent = shown ? "" : words.nothing;
    });
    table.before(field);
    table.after(none);
  }

  for (const table of document.querySelectorAll("main table.plain, main table.tight")) {
    if (!table.tHead || table.tBodies[0].rows.length < 3) continue;
    heads(table);
    if (table.tBodies[0].rows.length > 12) filter(table);
  }
})();
