// Lets a stage run in a Streamlit component: it is mounted once, then gets each new scene.

import { h } from "./shared/dom.js";
import { saveRow } from "./export/export.js";

/** @typedef {import("./shared/stage.js").Stage} Stage */

/**
 * @typedef {{data: [any], parentElement: ParentNode & Node & {adoptedStyleSheets?: CSSStyleSheet[]}, setStateValue: (name: string, value: unknown) => void}} Arguments
 */

/** @type {WeakMap<Node, {root: HTMLElement, row: HTMLElement | null, stage: Stage, turn: object}>} */
const mounted = new WeakMap();

/** A stage is shown after this many frames, even if its height still changes. */
const LOOKS = 20;

/**
 * Shows a new stage when it has its own height: a stage lays itself out when it knows its width. Until then, and without the attribute that
 * is set then, the page keeps its room (`ui/rooms.py`).
 * @param {Node} parent @param {HTMLElement} root
 */
function showSteady(parent, root) {
  root.style.visibility = "hidden";
  let [before, looks] = [NaN, 0];
  const look = () => {
    const now = root.lastElementChild?.getBoundingClientRect().bottom ?? 0;
    if (now !== before && ++looks <= LOOKS) {
      before = now;
      requestAnimationFrame(look);
      return;
    }
    root.style.visibility = "";
    const host = /** @type {HTMLElement} */ (/** @type {ShadowRoot} */ (parent).host ?? parent);
    host.setAttribute("data-drawn", "");
  };
  requestAnimationFrame(look);
}

/**
 * Streamlit calls a component again for each scene, which is the only item of a list. The function that a call returns removes the
 * component. Streamlit also runs it when the next call came while this one was still loading; then
 * the stage belongs to the next call and stays.
 * @param {(root: HTMLElement, scene: any, tell: (name: string, value: unknown) => void) => Stage} mount
 * @param {CSSStyleSheet[]} [sheets] the stage's style sheets, if the component does not have them
 * @returns {(component: Arguments) => () => void}
 */
export function adapt(mount, sheets = []) {
  return ({ data: [scene], parentElement, setStateValue }) => {
    const turn = {};
    const known = mounted.get(parentElement);
    if (known) {
      known.turn = turn;
      known.stage.update(scene);
      // A stage that started again is after the row.
      if (known.row && known.root.lastChild !== known.row) known.root.append(known.row);
    } else {
      const root = h("div", { class: "stage" });
      if (sheets.length) parentElement.adoptedStyleSheets = sheets;
      parentElement.append(root);
      const stage = mount(root, scene, setStateValue);
      const row = stage.save ? saveRow(root, stage.save) : null;
      if (row) root.append(row);
      mounted.set(parentElement, { root, row, stage, turn });
      showSteady(parentElement, root);
    }
    return () => {
      const current = mounted.get(parentElement);
      if (current?.turn !== turn) return;
      current.stage.destroy();
      current.root.remove();
      mounted.delete(parentElement);
    };
  };
}
