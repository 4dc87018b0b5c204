// What a live picture says about the source of its numbers.

/** The sign of each kind, so that it is not told by colour alone. @type {Record<string, string>} */
export const MARKS = { live: "●", mismatch: "▲", computed: "○" };

/** @param {{mismatches: string[], trained: boolean}} scene @returns {{kind: "live" | "mismatch", text: string}} */
export function badge(scene) {
  if (scene.mismatches.length) {
    return { kind: "mismatch", text: `measured and computed differ: ${scene.mismatches[0]}` };
  }
  return {
    kind: "live",
    text: `live · measured on this network · ${scene.trained ? "trained" : "random"} weights`,
  };
}
