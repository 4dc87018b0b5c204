// Places in a network: their levels, their names in an address, and the way back. No document.

/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Scene} Scene */

/** @type {Place} */
export const NETWORK = { at: "", channel: null, y: null, x: null };
const PARTS = /** @type {const} */ (["at", "channel", "y", "x"]);

/** @param {string} at @param {number | null} [channel] @param {number | null} [y] @param {number | null} [x] @returns {Place} */
export function placeAt(at, channel = null, y = null, x = null) {
  return { at, channel, y, x };
}

/** @param {Place} place @returns {Level} */
export function levelOf({ at, channel, y }) {
  if (y !== null) return "number";
  if (channel !== null) return "channel";
  if (!at) return "network";
  if (at === "classifier") return "classifier";
  return /^denseblock\d+$/.test(at) ? "block" : "layer";
}

/** The same for the same place. @param {Place} place */
export function keyOf({ at, channel, y, x }) {
  return [at, channel, y, x].filter((part) => part !== null).join(" ");
}

/** One level up; null for the network. @param {Place} place @returns {Place | null} */
export function parentOf({ at, channel, y }) {
  if (y !== null) return placeAt(at, channel);
  if (channel !== null) return placeAt(at);
  if (!at) return null;
  return placeAt(at.includes(".") ? at.split(".")[0] : "");
}

/** The places from the network down to this one. @param {Place} place @returns {Place[]} */
export function trailOf(place) {
  const parent = parentOf(place);
  return parent ? [...trailOf(parent), place] : [place];
}

/**
 * What of `outer` becomes larger on the way to `deeper`; null if `deeper` does not lie in `outer`.
 * @param {Place} outer @param {Place} deeper
 */
export function wayTo(outer, deeper) {
  const trail = trailOf(deeper);
  const at = trail.findIndex((place) => keyOf(place) === keyOf(outer));
  return at < 0 ? null : (trail[at + 1] ?? null);
}

/** The search part of an address that opens a place, with all other parameters of `search`. @param {string} search @param {Place} place */
export function addressOf(search, place) {
  const parameters = new URLSearchParams(search);
  for (const part of PARTS) {
    parameters.delete(part);
    if (place[part] !== null && place[part] !== "") parameters.set(part, String(place[part]));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "?";
}

/** @param {Scene} scene @param {Place} place */
export function isPlace(scene, { at, channel, y, x }) {
  if (channel === null) return y === null && x === null && (!at || !!partOf(scene, at));
  const layer = layerOf(scene, at);
  if (!layer || channel >= layer.channels || (y === null) !== (x === null)) return false;
  return y === null || x === null || Math.max(y, x) < layer.size;
}

/** The part of the network that a place lies in. @param {Scene} scene @param {string} at */
export function partOf(scene, at) {
  return scene.parts.find(
    (part) => part.at && (part.at === at || part.layers.some((layer) => layer.at === at)),
  );
}

/** The layer that a place names or lies in. @param {Scene} scene @param {string} at */
export function layerOf(scene, at) {
  return partOf(scene, at)?.layers.find((layer) => layer.at === at);
}

/** The places before and after one of the same level. @param {Scene} scene @param {Place} place @returns {[Place | null, Place | null]} */
export function besides(scene, place) {
  const level = levelOf(place);
  const layer = layerOf(scene, place.at);
  if (level === "channel" && layer && place.channel !== null) {
    const next = (/** @type {number} */ channel) =>
      channel >= 0 && channel < layer.channels ? placeAt(place.at, channel) : null;
    return [next(place.channel - 1), next(place.channel + 1)];
  }
  if (level === "network" || level === "channel" || level === "number") return [null, null];
  const part = partOf(scene, place.at);
  const isDense = part?.kind === "block" && level === "layer";
  const all = isDense ? part.layers.map(({ at }) => at) : scene.parts.map(({ at }) => at);
  const at = all.indexOf(place.at);
  const next = (/** @type {string | undefined} */ name) => (name ? placeAt(name) : null);
  return [next(all[at - 1]), next(all[at + 1])];
}
