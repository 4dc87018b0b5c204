// Connects the lecture with the server that makes its pictures. It shows nothing.
// It is a separate component, so the news of a picture does not send the whole lecture again.

import { arrivals } from "../hall/arrivals.js";

/**
 * @param {HTMLElement} _root @param {import("../hall/arrivals.js").Told} told
 * @param {(name: string, value: unknown) => void} tell
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(_root, told, tell) {
  const pass = () => tell("shown", arrivals.shown);
  arrivals.addEventListener("shown", pass);
  if (arrivals.shown?.id === told.id) pass();
  arrivals.tell(told);
  return {
    update: (next) => arrivals.tell(next),
    destroy: () => arrivals.removeEventListener("shown", pass),
  };
}
