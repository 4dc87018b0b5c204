// From trainable parameters to Keras's total: a bar to scale, and its small parts magnified.

import { h, s, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";
import { depthSum, described, grouped, lens, percent, sum, verdict } from "./words.js";

/** @typedef {import("./words.js").System} System */
/** @typedef {{systems: System[], chosen: string, verdict: string}} Scene */

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 * @param {(name: string, value: unknown) => void} tell
 */
export function mount(root, scene, tell) {
  const drawn = new Reconciliation(root, scene, tell);
  return {
    update: (/** @type {Scene} */ next) => drawn.update(next),
    destroy: () => drawn.node.remove(),
    save: () => ({ name: "keras" }),
  };
}

class Reconciliation {
  /** @param {HTMLElement} root @param {Scene} scene @param {(name: string, value: unknown) => void} tell */
  constructor(root, scene, tell) {
    this.tell = tell;
    this.scene = scene;
    this.chosen = scene.chosen;
    this.title = h("h3", { class: "stage-title" });
    this.equal = h("span", { class: "stage-badge" });
    this.sentence = h("p", { class: "stage-sentence" });
    /** @type {Radios<string>} */
    this.choices = new Radios("System", (id) => this.choose(id), {
      look: "reconciliation-choices stage-aside",
    });
    this.picture = h("div", { class: "reconciliation-picture", role: "img" });
    this.bar = h("div", { class: "reconciliation-bar" });
    this.beam = s("polygon");
    this.times = h("span", { class: "reconciliation-times" });
    this.lens = h("div", { class: "reconciliation-bar reconciliation-lens" });
    this.notes = h("div", { class: "reconciliation-notes" });
    this.ledger = h("tbody");
    this.depth = h("p", { class: "reconciliation-depth" });
    this.note = h("p", { class: "reconciliation-note" });
    this.rows = h("tbody");
    this.verdict = h("caption", { class: "reconciliation-verdict" });
    this.table = h("table", { class: "reconciliation-nine" }, this.verdict, head(), this.rows);
    this.picture.append(
      this.bar,
      h(
        "div",
        { class: "reconciliation-beam" },
        s("svg", { viewBox: "0 0 1000 40", preserveAspectRatio: "none" }, this.beam),
        this.times,
      ),
      this.lens,
      this.notes,
    );
    this.node = h(
      "section",
      { class: "reconciliation", "aria-label": "Comparison with Keras's totals" },
      this.choices.node,
      h("div", { class: "reconciliation-head" }, this.title, this.equal),
      this.sentence,
      this.picture,
      h(
        "table",
        { class: "reconciliation-ledger" },
        h("caption", { class: "stage-hidden" }, "The chosen system, line by line"),
        this.ledger,
      ),
      this.depth,
      this.note,
      h(
        "div",
        {
          class: "reconciliation-scroll",
          role: "region",
          tabindex: 0,
          "aria-label": "Table: all nine systems",
        },
        this.table,
      ),
    );
    root.append(this.node);
    this.update(scene);
  }

  /** Keeps the visitor's choice: it is newer than any scene that comes back. @param {Scene} scene */
  update(scene) {
    this.scene = scene;
    if (!scene.systems.some(({ id }) => id === this.chosen)) this.chosen = scene.chosen;
    if (this.choices.node.children.length !== scene.systems.length) {
      const options = scene.systems.map(({ id, title }) =>
        this.choices.option(id, [title], { "data-id": id }),
      );
      this.choices.show(options, this.chosen);
    }
    this.paintNine();
    this.show();
  }

  /** @param {string} id */
  choose(id) {
    if (id === this.chosen) return;
    this.chosen = id;
    this.show();
    this.tell("chosen", id);
  }

  show() {
    const system = /** @type {System} */ (this.scene.systems.find(({ id }) => id === this.chosen));
    this.choices.mark(this.chosen);
    for (const row of this.rows.rows)
      row.classList.toggle("reconciliation-on", row.dataset.id === this.chosen);
    say(this.title, `${system.title}: ${sum(system)}`);
    say(
      this.equal,
      `${verdict(system.total, system.keras)}${system.equal ? " to Keras’s total" : " than Keras’s total"}`,
    );
    this.equal.dataset.kind = system.equal ? "" : "mismatch";
    say(
      this.sentence,
      `Keras’s number is larger than the number of trainable parameters, because it also counts other numbers.`,
    );
    this.paintPicture(system);
    this.paintLedger(system);
    say(this.note, system.note);
    this.depth.replaceChildren(
      h("b", {}, `Depth ${system.depth}: `),
      `${depthSum(system)} `,
      mark(system.depth, system.citedDepth, "the cited depth"),
    );
  }

  /** @param {System} system */
  paintPicture(system) {
    const [first, ...small] = system.parts;
    const { start, times } = lens(system);
    const parts = small.filter(({ count }) => count > 0);
    this.picture.setAttribute("aria-label", described(system));
    fit(
      this.bar,
      system.parts.map(({ key, count }) => ({ key, count })),
    );
    say(
      /** @type {Element} */ (this.bar.children[0]),
      `${grouped(first.count)} ${first.name} · ${percent(first.count, system.total)}`,
    );
    this.beam.setAttribute("points", `${1000 * start},0 1000,0 1000,40 0,40`);
    say(this.times, `magnified ${Math.round(times)} times`);
    fit(
      this.lens,
      parts.map(({ key, count }) => ({ key, count })),
    );
    this.notes.style.gridTemplateColumns = parts
      .map(({ count }) => `minmax(9em, ${count}fr)`)
      .join(" ");
    this.notes.replaceChildren(
      ...parts.map(({ count, name }) =>
        h("span", {}, h("b", {}, grouped(count)), ` ${name} · ${percent(count, system.total)}`),
      ),
    );
  }

  /** @param {System} system */
  paintLedger(system) {
    const lines = system.parts.map(({ key, count, name, note, how }, index) =>
      h(
        "tr",
        { "data-part": key },
        h("td", { class: "reconciliation-sign" }, index ? "+" : ""),
        h("td", { class: "reconciliation-number" }, grouped(count)),
        h(
          "th",
          { scope: "row" },
          h("i", { class: "reconciliation-key" }),
          name,
          h("small", {}, note),
        ),
        h("td", { class: "reconciliation-how" }, how),
      ),
    );
    const total = h(
      "tr",
      { class: "reconciliation-total" },
      h("td", { class: "reconciliation-sign" }, "="),
      h("td", { class: "reconciliation-number" }, grouped(system.total)),
      h("th", { scope: "row" }, "together"),
      h("td", { class: "reconciliation-how" }, system.how),
    );
    const keras = h(
      "tr",
      { class: "reconciliation-keras" },
      h("td", { class: "reconciliation-sign" }),
      h("td", { class: "reconciliation-number" }, grouped(system.keras)),
      h("th", { scope: "row" }, "Keras’s total ", mark(system.total, system.keras, "")),
      h("td", { class: "reconciliation-how" }, "cited"),
    );
    this.ledger.replaceChildren(...lines, total, keras);
  }

  paintNine() {
    say(this.verdict, `${this.scene.verdict}.`);
    this.rows.replaceChildren(
      ...this.scene.systems.map((system) =>
        h(
          "tr",
          { "data-id": system.id, onclick: () => this.choose(system.id) },
          h("th", { scope: "row" }, system.title),
          ...system.parts.map(({ count }) => h("td", {}, grouped(count))),
          h("td", { class: "reconciliation-sum" }, grouped(system.total)),
          h(
            "td",
            { class: "reconciliation-cited" },
            grouped(system.keras),
            h("br"),
            mark(system.total, system.keras, ""),
          ),
          h("td", {}, system.depthParts.map(({ count }) => grouped(count)).join(" + ")),
          h("td", { class: "reconciliation-sum" }, grouped(system.depth)),
          h(
            "td",
            { class: "reconciliation-cited" },
            grouped(system.citedDepth),
            h("br"),
            mark(system.depth, system.citedDepth, ""),
          ),
        ),
      ),
    );
  }
}

/** The head of the table of all nine systems. */
function head() {
  const names = [
    "trainable",
    "+ running statistics",
    "+ biases in Keras",
    "= together",
    "Keras, cited",
    "convolutions + norms + classifier",
    "= depth",
    "Keras, cited",
  ];
  const column = (/** @type {string} */ name) =>
    h("th", { scope: "col", class: name.endsWith("cited") ? "reconciliation-cited" : "" }, name);
  return h(
    "thead",
    {},
    h(
      "tr",
      {},
      h("td"),
      h("th", { scope: "colgroup", colspan: 5 }, "Parameters"),
      h("th", { scope: "colgroup", colspan: 3 }, "Depth"),
    ),
    h("tr", {}, h("th", { scope: "col" }, "System"), ...names.map(column)),
  );
}

/** Sets a bar's segments; those that stay move to their new share. @param {Element} bar @param {{key: string, count: number}[]} parts */
function fit(bar, parts) {
  const keys = parts.map(({ key }) => key).join();
  if (bar.getAttribute("data-keys") !== keys) {
    bar.setAttribute("data-keys", keys);
    bar.replaceChildren(...parts.map(({ key }) => h("div", { "data-part": key })));
  }
  for (const [index, { count }] of parts.entries())
    /** @type {HTMLElement} */ (bar.children[index]).style.flexGrow = String(count);
}

/** @param {number} ours @param {number} theirs @param {string} to */
function mark(ours, theirs, to) {
  const words = ours === theirs && to ? `${verdict(ours, theirs)} to ${to}` : verdict(ours, theirs);
  return h("span", { class: "reconciliation-mark", "data-equal": String(ours === theirs) }, words);
}
