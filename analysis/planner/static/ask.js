// Asking the server, and telling people what it refuses.

import { $, make, page, text } from "./page.js";

export class Refused extends Error {
  constructor(sentences) {
    super(sentences.join("\n"));
    this.sentences = sentences;
  }
}

export async function ask(path, body) {
  const query = `${path.includes("?") ? "&" : "?"}lang=${page.lang}`;
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(path + query, options);
  } catch {
    throw new Refused([text("lost")]);
  }
  if (!answer.ok) throw new Refused((await answer.json()).errors);
  return answer;
}

export const askJson = async (path, body) => (await ask(path, body)).json();

export function complain(error) {
  const sentences = error instanceof Refused ? error.sentences : [String(error)];
  $("problems").replaceChildren(...sentences.map((each) => make("p", {}, each)));
}

export function say(key, values) {
  $("message").textContent = key ? text(key, values) : "";
}
