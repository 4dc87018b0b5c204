// Connects a live picture in the lecture with the server: sends a question, gets a scene. It shows nothing.
// It is a separate component, so an answer does not send all pictures of the lecture again.

/** `id` is the number of the question. @typedef {{id: number, slide: number, scene?: any, error?: string}} Answer */

/**
 * @param {HTMLElement} _root @param {Partial<Answer>} data @param {(name: string, value: unknown) => void} tell
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(_root, data, tell) {
  let answered = data.id ?? 0;
  const ask = (/** @type {Event} */ event) =>
    tell("asked", /** @type {CustomEvent} */ (event).detail);
  window.addEventListener("lecture-ask", ask);
  return {
    update: (/** @type {Partial<Answer>} */ next) => {
      if (!next.id || next.id === answered) return;
      answered = next.id;
      window.dispatchEvent(new CustomEvent("lecture-answer", { detail: next }));
    },
    destroy: () => window.removeEventListener("lecture-ask", ask),
  };
}
