// A row of small pictures to choose from: radio buttons, so the arrow keys move through them.

import { h } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";

/** @typedef {{label: string, chosen: string, pictures: {name: string, address: string}[]}} Scene */

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 * @param {(name: string, value: unknown) => void} tell
 */
export function mount(root, scene, tell) {
  /** @type {Radios<string>} */
  const radios = new Radios(scene.label, (name) => tell("picked", { name, at: Date.now() }), {
    look: "gallery",
  });
  let shown = "";
  const update = (/** @type {Scene} */ next) => {
    const asked = JSON.stringify(next.pictures);
    if (asked === shown) return radios.mark(next.chosen);
    shown = asked;
    radios.node.setAttribute("aria-label", next.label);
    const options = next.pictures.map(({ name, address }) => {
      const image = h("img", { src: address, alt: "", draggable: "false" });
      return radios.option(name, [image], {
        class: "gallery-one",
        "aria-label": name,
        title: name,
      });
    });
    radios.show(options, next.chosen);
  };
  update(scene);
  root.append(radios.node);
  return { update, destroy: () => radios.node.remove() };
}
