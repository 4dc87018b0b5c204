// Lets a stage live in a Streamlit component: mounted once, then given each new scene.

import { h } from "./dom.js";

/**
 * What every stage offers. `mount(root, scene)` draws into an empty element.
 * @typedef {{update: (scene: any) => void, destroy: () => void}} Stage
 */

/**
 * @typedef {{data: any, parentElement: ParentNode & Node, setStateValue: (name: string, value: unknown) => void}} Arguments
 */

/** @type {WeakMap<Node, {root: HTMLElement, stage: Stage}>} */
const mounted = new WeakMap();

/**
 * @param {(root: HTMLElement, scene: any, tell: (name: string, value: unknown) => void) => Stage} mount
 * @returns {(component: Arguments) => () => void}
 */
export function adapt(mount) {
  return ({ data, parentElement, setStateValue }) => {
    const known = mounted.get(parentElement);
    if (known) known.stage.update(data);
    else {
      const root = h("div", { class: "stage" });
      parentElement.append(root);
      mounted.set(parentElement, { root, stage: mount(root, data, setStateValue) });
    }
    return () => {
      const current = mounted.get(parentElement);
      if (!current) return;
      current.stage.destroy();
      current.root.remove();
      mounted.delete(parentElement);
    };
  };
}
