// A row of small pictures to choose from: radio buttons, so that arrow keys move along them.

import { h } from "../shared/dom.js";

/** @typedef {{label: string, chosen: string, pictures: {name: string, address: string}[]}} Gallery */

/**
 * @param {HTMLElement} root
 * @param {Gallery} scene
 * @param {(name: string, value: unknown) => void} tell
 */
export function mount(root, scene, tell) {
  const node = h("div", { class: "gallery", role: "radiogroup", "aria-label": scene.label });
  const inputs = scene.pictures.map(({ name, address }) => {
    const input = h("input", {
      type: "radio",
      name: "gallery",
      "aria-label": name,
      onchange: () => tell("picked", { name, at: Date.now() }),
    });
    node.append(h("label", { class: "gallery-one", title: name }, input, h("img", { src: address, alt: "", draggable: "false" })));
    return input;
  });
  root.append(node);
  const update = (/** @type {Gallery} */ next) => {
    for (const [index, input] of inputs.entries()) input.checked = next.pictures[index]?.name === next.chosen;
  };
  update(scene);
  return { update, destroy: () => node.remove() };
}
