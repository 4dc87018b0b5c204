// Swipes on a slide: to the left is next, to the right is back. A picture handles its own swipes.

const LEAST = 50;

/** What a swipe means. @param {number} across px to the right @param {number} down px @returns {"next" | "back" | null} */
export function swept(across, down) {
  if (Math.abs(across) < LEAST || Math.abs(across) < 1.5 * Math.abs(down)) return null;
  return across < 0 ? "next" : "back";
}

/** @param {HTMLElement} node @param {(action: "next" | "back") => void} act */
export function onSwipe(node, act) {
  /** @type {Touch | null} */
  let start = null;
  const isOwn = (/** @type {Event} */ event) =>
    event
      .composedPath()
      .some(
        (each) =>
          each instanceof Element && each.matches(".lecture-stage, .lecture-tools, .lecture-table"),
      );
  node.addEventListener(
    "touchstart",
    (event) => (start = event.touches.length === 1 && !isOwn(event) ? event.touches[0] : null),
    { passive: true },
  );
  // Otherwise some browsers go back in their history when a finger moves to the right.
  node.addEventListener(
    "touchmove",
    (event) => {
      const [at] = event.touches;
      const across = start ? Math.abs(at.clientX - start.clientX) : 0;
      if (start && event.cancelable && across > Math.abs(at.clientY - start.clientY))
        event.preventDefault();
    },
    { passive: false },
  );
  node.addEventListener("touchend", (event) => {
    const end = event.changedTouches[0];
    const action = start && swept(end.clientX - start.clientX, end.clientY - start.clientY);
    start = null;
    if (action) act(action);
  });
}
