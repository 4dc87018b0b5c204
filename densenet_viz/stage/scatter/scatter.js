// Linked scatter panels over a table: a system is highlighted in all of them together.

import { h, onWidth, say, spareOf } from "../shared/dom.js";
import { columnsFor } from "./geometry.js";
import { PanelView, swatch } from "./panel.js";
import { TableView } from "./table.js";
import { compared, fileName, sentence, summary } from "./words.js";

/** @typedef {import("./geometry.js").Panel} Panel */
/** @typedef {import("./panel.js").Group} Group */
/** @typedef {import("./table.js").Column} Column */
/** @typedef {import("./table.js").Row} Row */
/** @typedef {{label: string, panels: Panel[], groups: Group[], columns: Column[], rows: Row[], lit: string[], measuredWord: string, citedWord: string}} Scene */

const GAP = 28;
const HINT =
  "Point at a system to highlight it everywhere. Click or tap to keep it; keep two to compare them.";

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 * @param {(name: string, value: unknown) => void} tell
 */
export function mount(root, scene, tell) {
  const drawn = new Scatter(root, scene, tell);
  return {
    update: (/** @type {Scene} */ next) => drawn.update(next),
    destroy: () => drawn.destroy(),
    save: () => ({ name: fileName(drawn.scene.label) }),
  };
}

/** A set of points as one text. @param {string[]} names */
const ids = (names) => JSON.stringify([...names].sort());

class Scatter {
  /** @param {HTMLElement} root @param {Scene} scene @param {(name: string, value: unknown) => void} tell */
  constructor(root, scene, tell) {
    this.tell = tell;
    this.scene = scene;
    /** @type {Set<string>} */
    this.pinned = new Set(scene.lit);
    this.given = ids(scene.lit);
    /** @type {Set<string>} ids that were sent to Python and may come back in a later scene */
    this.told = new Set();
    /** @type {string | null} under the mouse */
    this.pointed = null;
    /** @type {string | null} under the keyboard's focus */
    this.focused = null;
    /** @type {string | null} a family of the legend */
    this.family = null;
    this.width = 0;
    this.shape = "";
    /** @type {Map<string, PanelView>} */
    this.views = new Map();
    this.actions = {
      point: (/** @type {string | null} */ id) => {
        if (id === this.pointed) return;
        this.pointed = id;
        this.light();
      },
      focus: (/** @type {string | null} */ id) => {
        this.focused = id;
        this.light();
        if (id) this.speak(id);
      },
      toggle: (/** @type {string} */ id) => this.toggle([id]),
    };
    this.legend = h("div", { class: "scatter-legend", role: "group", "aria-label": "Legend" });
    this.readout = h("p", { class: "scatter-readout" }, h("b"), h("span"), h("small"));
    this.free = h(
      "button",
      { type: "button", class: "scatter-free", onclick: () => this.release() },
      "Release all",
    );
    this.live = h("p", { class: "stage-hidden", "aria-live": "polite" });
    this.grid = h("div", { class: "scatter-panels" });
    this.table = new TableView(this.actions);
    this.node = h(
      "section",
      { class: "scatter", onkeydown: (event) => this.key(/** @type {KeyboardEvent} */ (event)) },
      h("div", { class: "scatter-head" }, this.legend, this.free),
      this.readout,
      this.live,
      this.grid,
      this.table.node,
    );
    root.append(this.node);
    this.update(scene);
    this.stop = onWidth(this.grid, (width) => this.lay(width));
  }

  destroy() {
    this.stop();
    for (const view of this.views.values()) view.destroy();
    this.node.remove();
  }

  /**
   * A scene with new highlighted systems pins them. A scene that only repeats what was sent from
   * here does not, because the visitor may have chosen others since. @param {Scene} scene
   */
  update(scene) {
    this.scene = scene;
    const given = ids(scene.lit);
    if (given !== this.given && !this.told.has(given)) this.pinned = new Set(scene.lit);
    this.given = given;
    this.node.setAttribute("aria-label", scene.label);
    const keys = scene.panels.map(({ key }) => key);
    for (const [key, view] of this.views)
      if (!keys.includes(key)) (view.destroy(), this.views.delete(key));
    for (const panel of scene.panels) {
      const view = this.views.get(panel.key);
      if (view) view.update(panel, scene.groups);
      else this.views.set(panel.key, new PanelView(panel, scene.groups, this.actions));
    }
    const nodes = keys.map((key) => /** @type {PanelView} */ (this.views.get(key)).node);
    if (nodes.some((node, index) => this.grid.children[index] !== node))
      this.grid.replaceChildren(...nodes);
    if (this.width) this.lay(this.width);
    this.paintLegend();
    this.table.update(scene.columns, scene.rows, scene.groups, scene.label);
    this.light();
  }

  /** @param {number} width */
  lay(width) {
    this.width = width;
    const columns = columnsFor(width, this.scene.panels.length);
    this.grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    const each = Math.floor((width - GAP * (columns - 1)) / columns);
    const views = [...this.views.values()];
    const spare = spareOf(/** @type {Element} */ (this.node.parentElement), views[0].svg);
    const most = spare && columns === views.length ? spare : Infinity;
    for (const view of views)
      if (view.width !== each || view.most !== most) view.lay(each, false, most);
    this.light();
  }

  paintLegend() {
    const { groups, panels, measuredWord, citedWord } = this.scene;
    const shape = JSON.stringify([
      groups,
      measuredWord,
      citedWord,
      this.kinds(),
      panels.some(({ front }) => front.length),
    ]);
    if (shape === this.shape) return;
    this.shape = shape;
    const families = groups.map((group) => {
      const light = (/** @type {string | null} */ name) => () => {
        this.family = name;
        this.light();
      };
      const on = light(group.name);
      const off = light(null);
      return h(
        "button",
        {
          type: "button",
          class: "scatter-family",
          "data-family": group.name,
          "aria-pressed": "false",
          onpointerenter: on,
          onpointerleave: off,
          onfocus: on,
          onblur: off,
          onclick: () => this.toggle(this.members(group.name)),
        },
        swatch(group),
        group.name,
      );
    });
    /** @type {Group} */
    const plain = { name: "", colour: "var(--ink)", mark: "circle" };
    const [measured, cited] = this.kinds();
    const keys = [
      ...(measured ? [h("span", {}, swatch(plain), measuredWord)] : []),
      ...(cited ? [h("span", {}, swatch(plain, false), citedWord)] : []),
      ...(panels.some(({ front }) => front.length)
        ? [
            h(
              "span",
              {},
              h("i", { class: "scatter-sample" }),
              "front: no other is both cheaper and more accurate",
            ),
          ]
        : []),
    ];
    this.legend.replaceChildren(...families, ...keys);
  }

  /** The legend of filled and hollow marks, if there are both. */
  kinds() {
    const points = this.scene.panels.flatMap((panel) => panel.points);
    return [points.some(({ measured }) => measured), points.some(({ measured }) => !measured)];
  }

  /** @param {string} family */
  members(family) {
    const all = [...this.scene.panels.flatMap((panel) => panel.points), ...this.scene.rows];
    return [...new Set(all.filter(({ group }) => group === family).map(({ id }) => id))];
  }

  /** Keeps these systems, or releases them if all are kept. @param {string[]} ids */
  toggle(ids) {
    const kept = ids.every((id) => this.pinned.has(id));
    for (const id of ids)
      if (kept) this.pinned.delete(id);
      else this.pinned.add(id);
    this.changed();
    if (ids.length === 1) this.speak(ids[0], kept ? "Released. " : "Kept. ");
    else say(this.live, kept ? "Released." : `Kept ${ids.length} systems.`);
  }

  release() {
    this.focused = this.pointed = this.family = null;
    const had = this.pinned.size > 0;
    this.pinned.clear();
    if (had) this.changed();
    else this.light();
    say(this.live, had ? "All released." : "");
  }

  changed() {
    this.light();
    this.told.add(ids([...this.pinned]));
    this.tell("lit", { ids: [...this.pinned] });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Escape") return;
    this.release();
    event.stopPropagation();
  }

  light() {
    const here = this.here();
    const active = [this.pointed, this.focused].find((id) => id !== null && here.has(id)) ?? null;
    const family = this.family === null ? [] : this.members(this.family);
    const kept = [...this.pinned].filter((id) => here.has(id)); // the others stay pinned for a later scene
    const all = new Set([...kept, ...family, ...(active ? [active] : [])]);
    const lit = all.size ? all : null;
    const guided = active ?? (kept.length === 1 ? kept[0] : null);
    for (const view of this.views.values()) view.light(lit, guided, this.pinned);
    this.table.light(lit, this.pinned);
    for (const button of this.legend.querySelectorAll("[data-family]")) {
      const members = this.members(button.getAttribute("data-family") ?? "");
      button.setAttribute(
        "aria-pressed",
        String(members.length > 0 && members.every((id) => this.pinned.has(id))),
      );
    }
    this.free.style.visibility = kept.length ? "visible" : "hidden";
    this.read(active, kept);
  }

  /** The systems that a panel of this scene shows. @returns {Set<string>} */
  here() {
    return new Set(this.scene.panels.flatMap(({ points }) => points).map(({ id }) => id));
  }

  /** What is highlighted, in words: one system, two compared, or how many. @param {string | null} active @param {string[]} kept */
  read(active, kept) {
    const { panels } = this.scene;
    const shown = active && !this.pinned.has(active) ? [...kept, active] : kept;
    const one = active ?? (shown.length === 1 ? shown[0] : null);
    const lines = { head: "", text: HINT, rest: "" };
    if (shown.length === 2 && (active === null || !this.pinned.has(active))) {
      const [before, last] = shown.map((id) => summary(panels, id).name);
      Object.assign(lines, {
        head: `${last} against ${before}: `,
        text: compared(panels, shown[1], shown[0]).join(" · "),
      });
    } else if (one) {
      const { name, values, notes } = summary(panels, one);
      Object.assign(lines, {
        head: `${name}: `,
        text: values.join(" · "),
        rest: notes.join(" · "),
      });
    } else if (shown.length)
      lines.text = `${shown.length} systems kept: ${shown.map((id) => summary(panels, id).name).join(", ")}.`;
    this.readout.classList.toggle("scatter-speaks", lines.text !== HINT);
    for (const [index, text] of Object.values(lines).entries())
      say(this.readout.children[index], text);
  }

  /** @param {string} id @param {string} [before] */
  speak(id, before = "") {
    say(this.live, before + sentence(this.scene.panels, id));
  }
}
