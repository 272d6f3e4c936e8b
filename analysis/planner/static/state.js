// The state that the controls change, the steps that can be undone, and its address.

import { say } from "./ask.js";
import { copy, page, same } from "./page.js";

/** What is set on the page; others read it and change it by `change` or `setState`. */
export let state = {};
/** What the server worked out of a state; null before the first answer. */
export let outcome = null;
let past = [];
let place = -1;
let changed = () => {};

export function setState(next) {
  state = next;
}

export function setOutcome(found) {
  outcome = found;
}

/** Call `callback` after every change. */
export function onChange(callback) {
  changed = callback;
}

/** Change the state; `done` says whether this is a step of its own. */
export function change(mutate, done = true) {
  say(null);
  mutate(state);
  for (const [key, value] of Object.entries(state)) {
    const empty = value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
    if (empty) delete state[key];
  }
  if (done) keep();
  changed();
}

// --- steps ----------------------------------------------------------------------------------------

/** Keep the state as a step that can be undone. */
export function keep() {
  if (place >= 0 && same(past[place], state)) return;
  past = [...past.slice(0, place + 1), copy(state)].slice(-200);
  place = past.length - 1;
  writeAddress();
}

export const canStep = (by) => past[place + by] !== undefined;

/** The state so many steps further on, which is now the place. */
export function step(by) {
  place += by;
  return copy(past[place]);
}

// --- the address ----------------------------------------------------------------------------------

async function packed(thing) {
  const stream = new Blob([JSON.stringify(thing)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function unpacked(code) {
  const binary = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let found = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    found += decoder.decode(value, { stream: true });
    if (found.length > 1e6) throw new Error("too large");
  }
  const thing = JSON.parse(found + decoder.decode());
  if (typeof thing !== "object" || thing === null || !page.counties.includes(thing.county)) throw new Error("no state");
  return thing;
}

/** The part of the address behind #, as it was last written or read. */
export let address = "";
export async function writeAddress() {
  const now = JSON.stringify(state);
  const code = `#${await packed(state)}`;
  if (now !== JSON.stringify(state)) return; // changed meanwhile
  address = code;
  history.replaceState(null, "", `${location.pathname}?lang=${page.lang}${code}`);
}

export function setAddress(code) {
  address = code;
}
