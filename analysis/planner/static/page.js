// What every part of the page uses: what the server said of it, its texts, elements and numbers.
// Everything that comes from outside is set as text, never as markup.

export const $ = (id) => document.getElementById(id);
export const STAGES = ["primary", "junior"];

export const page = { texts: {}, words: {}, choices: {}, counties: [], about: null, lang: "zh" };

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function text(key, values = {}) {
  return (page.texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function number(value, decimals = 0) {
  if (value === null || value === undefined) return "—";
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(page.lang, options).format(value);
}

/** Numbers on axes: no more decimals than they need. */
export const short = (value) => new Intl.NumberFormat(page.lang, { maximumFractionDigits: 3 }).format(value);

export const copy = structuredClone;
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
