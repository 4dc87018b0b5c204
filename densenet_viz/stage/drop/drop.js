// Takes a picture that is dropped or pasted anywhere on the page, and gives it to the page's own
// file input. So the input's checks of type and size stay, and it is the only way in.

import { h } from "../shared/dom.js";
import { droppedFile, pastedFile } from "./files.js";

/** @typedef {{input: string, veil: string}} Scene */

const OTHER_PLACES = '[data-testid="stFileUploader"]';

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const veil = h("div", { class: "drop-veil", popover: "manual", "aria-hidden": "true" });
  veil.append(scene.veil);
  root.append(veil);
  const listening = new AbortController();
  /** @returns {HTMLInputElement | null} */
  const input = () => document.querySelector(scene.input);

  /** Whether a drag has a file, and is not over a place that takes files itself. @param {DragEvent} event */
  const isOurs = (event) => {
    const over = event.composedPath();
    const other = over.some((node) => node instanceof Element && node.matches(OTHER_PLACES));
    return !other && Boolean(event.dataTransfer?.types.includes("Files") && input());
  };

  /** @param {File | null} file */
  const give = (file) => {
    const target = input();
    if (!file || !target || target.disabled) return;
    const carried = new DataTransfer();
    carried.items.add(file);
    target.files = carried.files;
    target.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** @type {{[name in "dragover" | "dragleave" | "drop"]: (event: DragEvent) => void}} */
  const drags = {
    dragover: (event) => {
      const ours = isOurs(event);
      veil.togglePopover(ours);
      if (ours) event.preventDefault();
    },
    dragleave: (event) => {
      if (!event.relatedTarget) veil.togglePopover(false);
    },
    drop: (event) => {
      veil.togglePopover(false);
      if (!isOurs(event)) return;
      event.preventDefault();
      give(droppedFile(event.dataTransfer));
    },
  };
  const { signal } = listening;
  document.addEventListener("dragover", drags.dragover, { signal });
  document.addEventListener("dragleave", drags.dragleave, { signal });
  document.addEventListener("drop", drags.drop, { signal });
  document.addEventListener("paste", (event) => give(pastedFile(event.clipboardData)), { signal });

  return {
    update: () => {},
    destroy: () => {
      listening.abort();
      veil.remove();
    },
  };
}
