// The explorer's page: shows what the kernel has worked out and tells it what a person does.
// Every word and every number comes from there; here are only positions on the screen.

const NS = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [640, 380];
const EDGE = { left: 58, right: 128, top: 14, bottom: 42 };
/** A pointer that moved less (pixels) has pressed, not dragged. */
const STILL = 4;

function svg(name, attributes = {}, text = null) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  return element;
}

function html(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in element && typeof value === "boolean") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...inside);
  return element;
}

/** Round steps for an axis from 0 to `most`: about four of them. */
function steps(most) {
  const rough = most / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const found = [];
  for (let n = 0; n * step <= most * 1.0001; n += 1) found.push(Number((n * step).toPrecision(6)));
  return found;
}

/** The sign of a status, around 0, 0: told by form and colour. */
function sign(mark, colour, extra = {}) {
  const path = {
    near: "M0 -6.2L6 4.6L-6 4.6Z",
    short: "M-5 -5L5 5M5 -5L-5 5",
  }[mark];
  if (!path) return svg("circle", { r: 5, fill: colour, ...extra });
  const line = mark === "short" ? { stroke: colour, "stroke-width": 3, fill: "none" } : { fill: colour };
  return svg("path", { d: path, ...line, ...extra });
}

class Page {
  constructor(model, el) {
    this.model = model;
    this.drag = null;
    this.number = 0;
    this.waiting = null;
    this.current = null;
    this.root = html("div", { class: "junheng-explorer" });
    // JupyterLab's own keys would leave the cell
    el.setAttribute("data-lm-suppress-shortcuts", "true");
    this.parts = Object.fromEntries(
      ["controls", "sentence", "problem", "plot", "aside", "point", "table", "code"].map((name) => [
        name,
        html("div", { class: name }),
      ]),
    );
    const { controls, sentence, problem, plot, aside, point, table, code } = this.parts;
    sentence.setAttribute("aria-live", "polite");
    problem.setAttribute("role", "alert");
    const left = html("div", { class: "left" }, plot, point);
    this.root.append(controls, sentence, problem, html("div", { class: "both" }, left, aside), table, code);
    el.append(this.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
    plot.addEventListener("pointerdown", (event) => this.down(event));
    plot.addEventListener("pointermove", (event) => this.move(event));
    plot.addEventListener("pointerup", (event) => this.up(event));
    plot.addEventListener("pointercancel", () => this.stop());
    this.change = () => this.draw();
    this.answer = (message) => {
      if (message && "answered" in message) this.answered(message.answered);
    };
    model.on("change:shown", this.change);
    model.on("change:problem", this.change);
    model.on("msg:custom", this.answer);
    this.draw();
  }

  close() {
    this.model.off("change:shown", this.change);
    this.model.off("change:problem", this.change);
    this.model.off("msg:custom", this.answer);
  }

  get shown() {
    return this.model.get("shown");
  }

  tell(event) {
    this.number += 1;
    this.model.send({ ...event, number: this.number });
  }

  /** One step of a drag at a time: the last one is sent when the one before is answered. */
  tellLatest(event) {
    if (this.waiting) {
      this.waiting.next = event;
      return;
    }
    this.tell(event);
    this.waiting = { number: this.number, next: null };
  }

  answered(number) {
    if (!this.waiting || this.waiting.number !== number) return;
    const { next } = this.waiting;
    this.waiting = null;
    if (next) this.tellLatest(next);
  }

  // ------------------------------------------------------------------ positions

  x(point) {
    const wide = WIDTH - EDGE.left - EDGE.right;
    const { shown } = this;
    if (shown.set.kind === "scatter") return EDGE.left + (wide * point.students) / shown.most;
    return EDGE.left + (wide * (point.rank - 0.5)) / Math.max(shown.points.length, 1);
  }

  y(value) {
    return HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * value) / this.shown.top;
  }

  /** Where a pointer is, in the picture's own units. */
  at(event) {
    const box = this.picture.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  }

  /** The figure at a height, no finer than a tenth of a key's step. */
  figure(y) {
    const share = (HEIGHT - EDGE.bottom - y) / (HEIGHT - EDGE.top - EDGE.bottom);
    return this.rounded(Math.min(Math.max(share, 0), 1) * this.shown.top);
  }

  rounded(value) {
    const grain = Math.max(this.shown.step / 10, 0.01);
    return Number((Math.round(value / grain) * grain).toFixed(2));
  }

  get drawn() {
    return this.shown.points.filter((p) => p.value !== null && p.students !== null);
  }

  // ------------------------------------------------------------------ drawing

  draw() {
    const { shown } = this;
    if (!shown || !shown.points) return;
    const focused = document.activeElement?.dataset?.key;
    const had = this.root.contains(document.activeElement) ? focused : null;
    const scrolled = this.parts.table.scrollTop;
    this.root.lang = shown.lang;
    if (!shown.points.some((p) => p.id === this.current)) this.current = this.drawn[0]?.id ?? null;
    this.controls();
    this.parts.sentence.textContent = shown.sentence;
    this.parts.problem.textContent = this.model.get("problem");
    this.plot();
    this.point();
    this.aside();
    this.table();
    this.code();
    this.parts.table.scrollTop = scrolled;
    if (had) this.root.querySelector(`[data-key="${CSS.escape(had)}"]`)?.focus({ preventScroll: true });
  }

  choice(name, label, tell) {
    const { shown } = this;
    const select = html("select", { "data-key": name, name });
    for (const [value, text] of shown.options[name]) {
      select.append(html("option", { value, selected: value === shown.set[name] }, text));
    }
    select.addEventListener("change", () => tell(shown.options[name][select.selectedIndex][0]));
    return html("label", {}, html("span", {}, label), select);
  }

  controls() {
    const { shown } = this;
    const { words, set } = shown;
    const names = ["county", "year", "stage", "indicator", "kind"];
    const choices = names.map((name) =>
      this.choice(name, words[name], (value) => this.tell({ set: { [name]: value } })),
    );
    const compare = (change) => this.tell({ set: { compare: change } });
    choices.push(this.choice("compare_county", words.compare, (county) => compare({ county, year: set.compare_year })));
    if (set.compare_county) {
      choices.push(this.choice("compare_year", words.year, (year) => compare({ county: set.compare_county, year })));
    }
    const numbers = ["threshold", "limit"].map((rule) => {
      const { value, changed } = shown.rules[rule];
      const step = rule === "limit" ? 0.01 : shown.step;
      return this.entry(rule, words[rule], value, step, changed, (to) => this.tell({ rule, to }));
    });
    this.parts.controls.replaceChildren(
      ...choices,
      ...numbers,
      this.button("clear", words.clear, () => this.tell({ choose: [] }), !shown.points.some((p) => p.chosen)),
      this.button("restore", words.restore, () => this.tell({ restore: "all" }), !shown.changed),
    );
  }

  entry(key, label, value, step, changed, tell) {
    const input = html("input", { type: "number", min: 0, step, value: value ?? "", "data-key": key });
    input.addEventListener("change", () => tell(input.value === "" ? null : Number(input.value)));
    return html("label", changed ? { class: "changed" } : {}, html("span", {}, label), input);
  }

  button(key, text, act, disabled = false) {
    const found = html("button", { type: "button", "data-key": key, disabled }, text);
    found.addEventListener("click", act);
    return found;
  }

  plot() {
    const { shown } = this;
    const picture = svg("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "group",
      "aria-label": `${shown.words.plot}. ${shown.words.help}`,
    });
    this.picture = picture;
    this.axes(picture);
    this.lines(picture);
    for (const point of shown.hollow) {
      if (point.value === null || point.students === null) continue;
      const ring = svg("circle", { class: "hollow", r: 4.6, cx: this.x(point), cy: this.y(point.value) });
      ring.append(svg("title", {}, point.name));
      picture.append(ring);
    }
    const colours = Object.fromEntries(shown.marks.map(({ mark, colour }) => [mark, colour]));
    // those one looks at lie on top
    for (const point of [...this.drawn].sort((a, b) => a.chosen - b.chosen)) picture.append(this.dot(point, colours));
    this.frame = picture.appendChild(svg("rect", { class: "frame", visibility: "hidden" }));
    this.parts.plot.replaceChildren(picture, this.legend(colours), html("p", { class: "help" }, shown.words.help));
  }

  axes(picture) {
    const { shown } = this;
    const [right, foot] = [WIDTH - EDGE.right, HEIGHT - EDGE.bottom];
    for (const value of steps(shown.top)) {
      picture.append(svg("line", { class: "grid", x1: EDGE.left, x2: right, y1: this.y(value), y2: this.y(value) }));
      picture.append(
        svg("text", { x: EDGE.left - 6, y: this.y(value) + 4, "text-anchor": "end" }, value.toLocaleString("en")),
      );
    }
    picture.append(svg("line", { class: "axis", x1: EDGE.left, x2: right, y1: foot, y2: foot }));
    if (shown.set.kind === "scatter") {
      for (const students of steps(shown.most)) {
        const label = { x: this.x({ students }), y: foot + 16, "text-anchor": "middle" };
        picture.append(svg("text", label, students.toLocaleString("en")));
      }
    }
    const middle = { x: (EDGE.left + right) / 2, y: HEIGHT - 8, "text-anchor": "middle" };
    picture.append(svg("text", middle, shown.axes.x));
    const turned = { x: 0, y: 0, "text-anchor": "middle", transform: `translate(13 ${(EDGE.top + foot) / 2}) rotate(-90)` };
    picture.append(svg("text", turned, shown.axes.y));
  }

  lines(picture) {
    const { shown } = this;
    const right = WIDTH - EDGE.right;
    const of = Object.fromEntries(shown.lines.map((line) => [line.name, line]));
    if (of.threshold && of.floor) {
      const y = this.y(of.threshold.value);
      const height = Math.max(this.y(of.floor.value) - y, 0);
      picture.append(svg("rect", { class: "band", x: EDGE.left, width: right - EDGE.left, y, height }));
    }
    for (const { name, value, at, text } of shown.lines) {
      const y = this.y(value);
      picture.append(svg("line", { class: `line ${name}`, x1: EDGE.left, x2: right, y1: y, y2: y }));
      picture.append(svg("text", { class: name, x: right + 10, y: this.y(at) + 4 }, text));
    }
    if (!of.threshold) return;
    const { value, text } = of.threshold;
    const handle = svg("g", {
      class: "handle",
      tabindex: 0,
      role: "slider",
      "data-key": "line",
      "aria-label": shown.words.threshold,
      "aria-valuenow": value,
      "aria-valuemin": 0,
      "aria-valuemax": shown.top,
      "aria-valuetext": text,
    });
    const y = this.y(value);
    handle.append(svg("line", { class: "reach", x1: EDGE.left, x2: right, y1: y, y2: y }));
    handle.append(svg("path", { d: `M${right + 7} ${y}l-9 -6v12z` }));
    picture.append(handle);
  }

  dot(point, colours) {
    const [x, y] = [this.x(point), this.y(point.value)];
    const dot = svg("g", {
      class: "dot",
      transform: `translate(${x} ${y})`,
      role: "checkbox",
      tabindex: point.id === this.current ? 0 : -1,
      "aria-checked": point.chosen,
      "aria-label": point.text,
      "data-key": `point ${point.id}`,
      "data-school": point.id,
    });
    if (point.moved && point.reported !== null) {
      const before = this.y(point.reported) - y;
      dot.append(svg("path", { class: "before", d: `M0 0V${before}M-5 ${before}H5` }));
    }
    dot.append(svg("circle", { class: "reach", r: 9 }));
    if (point.chosen) dot.append(svg("circle", { class: "ring", r: 9 }));
    dot.append(sign(point.mark, colours[point.mark]), svg("title", {}, point.text));
    dot.addEventListener("focus", () => this.focus(point.id));
    return dot;
  }

  legend(colours) {
    const { shown } = this;
    const legend = html("p", { class: "legend" });
    const entry = (drawing, text) => {
      const picture = svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" });
      picture.append(drawing);
      legend.append(html("span", {}, picture, text));
    };
    for (const { mark, text } of shown.marks) entry(sign(mark, colours[mark]), text);
    if (shown.legend) entry(svg("circle", { class: "hollow", r: 4.6 }), shown.legend);
    return legend;
  }

  /** What is known of the school that one points at, and its figure as a number. */
  point() {
    const { shown } = this;
    const found = shown.points.find((p) => p.id === this.current);
    if (!found) {
      this.parts.point.replaceChildren();
      return;
    }
    const move = (to) => this.tell({ move: found.id, to });
    this.parts.point.replaceChildren(
      html("p", {}, found.text),
      this.entry("figure", `${shown.words.figure} (${shown.unit})`, found.value === null ? null : Number(found.value.toFixed(2)), shown.step, found.moved, move),
      this.button("back", shown.words.back, () => move(null), !found.moved),
    );
  }

  aside() {
    const { outcome } = this.shown;
    const head = html("tr", {}, ...outcome.header.map((text) => html("th", { scope: "col" }, text)));
    const body = outcome.rows.map(({ label, cells }) =>
      html("tr", {}, html("th", { scope: "row" }, label), ...cells.map((each) => this.cell(each))),
    );
    this.parts.aside.replaceChildren(html("table", {}, html("thead", {}, head), html("tbody", {}, ...body)));
  }

  cell({ text, status }) {
    return html("td", status ? { class: status } : {}, text);
  }

  table() {
    const { table } = this.shown;
    const head = html("tr", {}, ...table.header.map((text) => html("th", { scope: "col" }, text)));
    const body = table.rows.map((row) => {
      const box = html("input", { type: "checkbox", checked: row.chosen, "data-key": `row ${row.id}` });
      box.addEventListener("change", () => this.tell({ choose: [row.id], how: "toggle" }));
      box.addEventListener("focus", () => this.focus(row.id));
      const name = html("th", { scope: "row" }, html("label", {}, box, row.name));
      const line = html("tr", { "data-row": row.id }, name, ...row.cells.map((each) => this.cell(each)));
      line.classList.toggle("chosen", row.chosen);
      line.classList.toggle("current", row.id === this.current);
      return line;
    });
    this.parts.table.replaceChildren(html("table", {}, html("thead", {}, head), html("tbody", {}, ...body)));
  }

  code() {
    const { words, code } = this.shown;
    const line = html("input", { type: "text", readonly: true, value: code, "aria-label": words.code, "data-key": "code" });
    line.setAttribute("readonly", "");
    const said = html("span", { role: "status" });
    const copy = this.button("copy", words.copy, async () => {
      line.select();
      // a page that is not served securely has no clipboard: then the line is marked to be copied
      try {
        await navigator.clipboard.writeText(code);
      } catch {
        if (!document.execCommand("copy")) return;
      }
      said.textContent = words.copied;
    });
    this.parts.code.replaceChildren(copy, line, said);
  }

  /** Point at a school: its figures are shown and its row is marked. */
  focus(id) {
    if (id === this.current) return;
    this.current = id;
    for (const dot of this.picture.querySelectorAll(".dot")) {
      dot.setAttribute("tabindex", dot.dataset.school === id ? 0 : -1);
    }
    const { table } = this.parts;
    for (const row of table.querySelectorAll("tr[data-row]")) {
      row.classList.toggle("current", row.dataset.row === id);
      if (row.dataset.row !== id) continue;
      // inside the table only: the notebook stays where it is
      const [top, head] = [row.offsetTop, table.querySelector("thead").offsetHeight];
      if (top - head < table.scrollTop) table.scrollTop = top - head;
      const below = top + row.offsetHeight - table.clientHeight;
      if (below > table.scrollTop) table.scrollTop = below;
    }
    this.point();
  }

  // ------------------------------------------------------------------ pointer

  down(event) {
    if (event.button !== 0 || !this.picture.contains(event.target)) return;
    const dot = event.target.closest(".dot");
    const handle = event.target.closest(".handle");
    this.drag = {
      kind: dot ? "point" : handle ? "threshold" : "frame",
      school: dot?.dataset.school,
      start: this.at(event),
      moved: false,
    };
    this.parts.plot.setPointerCapture(event.pointerId);
    (dot || handle)?.focus({ preventScroll: true });
    event.preventDefault();
  }

  move(event) {
    const { drag } = this;
    if (!drag) return;
    const [x, y] = this.at(event);
    drag.end = [x, y];
    drag.moved ||= Math.hypot(x - drag.start[0], y - drag.start[1]) >= STILL;
    if (!drag.moved) return;
    if (drag.kind === "point") this.tellLatest({ move: drag.school, to: this.figure(y) });
    if (drag.kind === "threshold") this.tellLatest({ rule: "threshold", to: this.figure(y) });
    if (drag.kind === "frame") this.showFrame(drag);
  }

  showFrame({ start, end }) {
    const frame = {
      x: Math.min(start[0], end[0]),
      y: Math.min(start[1], end[1]),
      width: Math.abs(start[0] - end[0]),
      height: Math.abs(start[1] - end[1]),
      visibility: "visible",
    };
    for (const [key, value] of Object.entries(frame)) this.frame.setAttribute(key, value);
  }

  up(event) {
    const { drag } = this;
    this.stop();
    if (!drag) return;
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    if (drag.kind === "point" && !drag.moved) this.tell({ choose: [drag.school], how: "toggle" });
    if (drag.kind !== "frame") return;
    const [xs, ys] = [0, 1].map((i) => [drag.start[i], (drag.end ?? drag.start)[i]].sort((a, b) => a - b));
    const inside = this.drawn.filter((point) => {
      const [x, y] = [this.x(point), this.y(point.value)];
      return drag.moved && x >= xs[0] && x <= xs[1] && y >= ys[0] && y <= ys[1];
    });
    this.tell({ choose: inside.map((point) => point.id), how: more ? "add" : "only" });
  }

  stop() {
    this.drag = null;
    this.frame?.setAttribute("visibility", "hidden");
  }

  // ------------------------------------------------------------------ keys

  key(event) {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.target.closest(".handle") && direction) {
      event.preventDefault();
      const to = this.rounded(Math.max(this.shown.rules.threshold.value + direction * this.shown.step, 0));
      this.tellLatest({ rule: "threshold", to });
    }
    const id = event.target.closest(".dot")?.dataset.school;
    if (id === undefined) return;
    const row = [...this.drawn].sort((a, b) => this.x(a) - this.x(b));
    const [at, last] = [row.findIndex((p) => p.id === id), row.length - 1];
    const next = { ArrowLeft: Math.max(at - 1, 0), ArrowRight: Math.min(at + 1, last), Home: 0, End: last }[event.key];
    if (next !== undefined) {
      this.picture.querySelector(`[data-school="${CSS.escape(row[next].id)}"]`).focus({ preventScroll: true });
    } else if (direction) {
      const to = this.rounded(Math.max(row[at].value + direction * this.shown.step, 0));
      this.tellLatest({ move: id, to });
    } else if (event.key === " " || event.key === "Enter") this.tell({ choose: [id], how: "toggle" });
    else if (event.key === "Delete" || event.key === "Backspace") this.tell({ move: id, to: null });
    else if (event.key === "Escape") this.tell({ choose: [] });
    else return;
    event.preventDefault();
  }
}

export default {
  render({ model, el }) {
    const page = new Page(model, el);
    return () => page.close();
  },
};
