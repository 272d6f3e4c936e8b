// Small line charts as SVG: observed years solid with full dots, projected ones dashed with hollow dots.

const NS = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, text = null) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  return element;
}

/** Round steps for an axis from 0 to `most`: three or four of them. */
export function steps(most) {
  const rough = most / 3 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const found = [];
  for (let n = 0; n * step <= most * 1.0001; n += 1) found.push(n * step);
  return found;
}

/**
 * Draw one quantity over the years.
 *
 * @param {object} spec  `width`, `height` (pixels), `years`, `last` (observed year), `target`,
 *   `own` and `trend` (values by year; null: unknown), `limit` (values by year, or null),
 *   `label` (what it shows, for those who do not see it), `format` (number -> text).
 */
export function lineChart(spec) {
  const { width, height, years, last, target, own, trend, limit, label, format } = spec;
  const known = [...own, ...trend, ...(limit || [])].filter((v) => v !== null);
  const ticks = steps(Math.max(...known, 1e-9));
  const most = Math.max(...known, ticks.at(-1)) || 1;
  const left = 10 + 8 * Math.max(...ticks.map((v) => format(v).length));
  const [right, top, bottom] = [14, 8, 24];
  const x = (i) => left + ((width - left - right) * i) / Math.max(years.length - 1, 1);
  const y = (v) => height - bottom - ((height - top - bottom) * v) / most;
  const root = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });

  for (const tick of ticks) {
    root.append(svg("line", { class: "axis", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
    root.append(svg("text", { x: left - 6, y: y(tick) + 5, "text-anchor": "end" }, format(tick)));
  }
  const now = years.indexOf(last);
  root.append(svg("line", { class: "now", x1: x(now), x2: x(now), y1: top, y2: height - bottom }));
  // the last year and those of meaning, as far as they do not run into each other
  let taken = [];
  for (const i of [years.length - 1, now, years.indexOf(target), 0]) {
    if (i < 0 || taken.some((other) => Math.abs(x(i) - x(other)) < 42)) continue;
    root.append(svg("text", { x: x(i), y: height - 6, "text-anchor": "middle" }, String(years[i])));
    taken = [...taken, i];
  }
  const path = (values, from, to) => {
    let d = "";
    for (let i = from; i <= to; i += 1) {
      if (values[i] === null) continue;
      d += `${d && values[i - 1] !== null ? "L" : "M"}${x(i).toFixed(1)} ${y(values[i]).toFixed(1)}`;
    }
    return d;
  };
  const line = (kind, values, from, to) => {
    const d = path(values, from, to);
    if (d) root.append(svg("path", { class: kind, d }));
  };
  if (limit) line("limit", limit, 0, years.length - 1);
  line("trend", trend, now, years.length - 1);
  line("own", own, 0, now);
  line("own projected", own, now, years.length - 1);
  own.forEach((value, i) => {
    if (value === null) return;
    const dot = svg("circle", { class: i > now ? "dot projected" : "dot", cx: x(i), cy: y(value), r: 3.4 });
    dot.append(svg("title", {}, `${years[i]}: ${format(value)}`));
    root.append(dot);
  });
  return root;
}

/** A sample of a line for the legend: `own`, `projected`, `trend` or `limit`. */
export function sample(kind) {
  const root = svg("svg", { width: 44, height: 14, "aria-hidden": "true" });
  const style = { observed: "own", projected: "own projected", trend: "trend", limit: "limit" }[kind];
  root.append(svg("line", { class: style, x1: 1, x2: 43, y1: 7, y2: 7 }));
  if (kind === "observed" || kind === "projected") {
    root.append(svg("circle", { class: kind === "observed" ? "dot" : "dot projected", cx: 22, cy: 7, r: 3.6 }));
  }
  return root;
}
