// Attribution methods and baselines on one scale, one measure at a time: sorted dots with intervals,
// and the line that every method should beat.

import { h, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";
import { better, lines, place, rowWords } from "./words.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Measure} Measure */
/** @typedef {import("./words.js").Method} Method */
/** @typedef {import("./words.js").Row} Row */

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new ScoreboardView(root);
  drawn.update(scene);
  return drawn;
}

/** An interval: a line with its two ends. */
function whisker() {
  return h("i", { class: "scoreboard-whisker" }, h("i"), h("i"));
}

class RowView {
  /** @param {Method} method */
  constructor(method) {
    this.method = method;
    this.note = h("em", {});
    this.whisker = whisker();
    this.dot = h("i", { class: "scoreboard-dot" });
    this.text = h("b", {});
    this.range = h("small", {});
    this.said = h("span", { class: "stage-hidden" });
    const name = h(
      "span",
      { class: "scoreboard-name" },
      h("b", {}, method.title),
      h("small", {}, method.treatment),
      this.note,
    );
    const track = h("span", { class: "scoreboard-track" }, this.whisker, this.dot);
    const value = h("span", { class: "scoreboard-value" }, this.text, this.range);
    const shown = h(
      "div",
      { class: "scoreboard-shown", "aria-hidden": "true" },
      name,
      track,
      value,
    );
    this.node = h(
      "li",
      { class: `scoreboard-row ${method.isBaseline ? "scoreboard-baseline" : ""}` },
      this.said,
      shown,
    );
  }

  /** @param {Row} row @param {number} rank from 1 */
  update(row, rank) {
    say(this.note, this.method.isBaseline ? "baseline" : row.isWorse ? "▼ worse than edges" : "");
    this.note.className = row.isWorse ? "scoreboard-worse" : "";
    this.node.style.setProperty("--rank", String(rank - 1));
    this.node.classList.toggle("scoreboard-best", rank === 1);
    this.whisker.style.left = place(row.low);
    this.whisker.style.right = place(1 - row.high);
    this.dot.style.left = place(row.mean);
    say(this.text, row.text);
    say(this.range, row.range);
    say(this.said, rowWords(this.method, row, rank));
  }
}

class ScoreboardView {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    this.chosen = "";
    /** @type {Map<string, RowView>} */
    this.views = new Map();
    this.shape = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    this.title = h("h2", { class: "stage-title" });
    this.verdict = h("p", { class: "stage-sentence" });
    const choose = (/** @type {string} */ name) => {
      this.chosen = name;
      this.show();
    };
    this.choice = new Radios("What to measure", choose, { look: "scoreboard-choice stage-aside" });
    this.explanation = h("p", { class: "scoreboard-explanation" });
    this.lines = h("div", { class: "scoreboard-lines", "aria-hidden": "true" });
    this.list = h("ol", { class: "scoreboard-rows" });
    this.better = h("span", { class: "scoreboard-better" });
    this.better.setAttribute("aria-hidden", "true");
    const ticks = h(
      "div",
      { class: "scoreboard-ticks", "aria-hidden": "true" },
      ...TICKS.map((tick) => h("span", { style: `left:${place(tick)}` }, `${100 * tick}%`)),
    );
    this.plot = h("div", { class: "scoreboard-plot" }, this.lines, this.list, ticks);
    this.key = h(
      "p",
      { class: "scoreboard-key", "aria-hidden": "true" },
      h("span", {}, h("i", { class: "scoreboard-dot" }), "method"),
      h(
        "span",
        { class: "scoreboard-baseline" },
        h("i", { class: "scoreboard-dot" }),
        "baseline: does not see the network",
      ),
      h("span", {}, whisker(), "95% interval of the mean"),
      this.better,
    );
    this.caption = h("p", { class: "scoreboard-caption" });
    this.table = h("table", { class: "scoreboard-table" });
    const scroll = h(
      "div",
      { class: "scoreboard-scroll", role: "region", tabindex: 0, "aria-label": "All numbers" },
      this.table,
    );
    const details = h(
      "details",
      { class: "scoreboard-details" },
      h("summary", {}, "All numbers as a table"),
      scroll,
    );
    this.node = h(
      "section",
      { class: "scoreboard", "aria-label": "Methods compared with true masks" },
      h("div", { class: "stage-head" }, this.title, this.verdict),
      this.choice.node,
      this.explanation,
      this.key,
      this.plot,
      details,
      this.caption,
    );
    root.append(this.node);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "scoreboard" };
  }

  destroy() {
    clearTimeout(this.waiting);
    this.node.remove();
  }

  /** @param {Scene} scene */
  update(scene) {
    this.scene = scene;
    const shape = JSON.stringify([scene.methods, scene.measures.map(({ name }) => name)]);
    if (!scene.measures.some(({ name }) => name === this.chosen))
      this.chosen = scene.measures[0].name;
    if (shape !== this.shape) this.build(scene);
    this.shape = shape;
    say(this.caption, scene.caption);
    this.show();
  }

  /** @param {Scene} scene */
  build(scene) {
    this.views = new Map(scene.methods.map((method) => [method.id, new RowView(method)]));
    /** @type {[string, string][]} */
    const options = scene.measures.map(({ name, title }) => [name, title]);
    this.choice.showPills(options, this.chosen, "scoreboard-option");
    const head = h(
      "tr",
      {},
      h("th", { scope: "col" }, "Method"),
      ...scene.measures.map(({ title }) => h("th", { scope: "col" }, title)),
    );
    const rows = scene.methods.map((method) => {
      const kind = h("small", {}, method.isBaseline ? "baseline" : method.treatment);
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, method.title, kind),
        ...method.cells.map((cell) => h("td", {}, cell || "–")),
      );
    });
    const caption = h("caption", {}, "Means, and 95% intervals in brackets");
    this.table.replaceChildren(caption, h("thead", {}, head), h("tbody", {}, ...rows));
  }

  get measure() {
    return /** @type {Measure} */ (this.scene?.measures.find(({ name }) => name === this.chosen));
  }

  show() {
    const { measure } = this;
    say(this.title, measure.headline);
    say(this.verdict, measure.verdict);
    say(this.explanation, measure.explanation);
    say(this.better, better(measure.higherIsBetter));
    this.plot.style.setProperty("--rows", String(measure.rows.length));
    const views = measure.rows.flatMap((row, index) => {
      const view = this.views.get(row.id);
      view?.update(row, index + 1);
      return view ? [view] : [];
    });
    // The order in the document is the ranking. The place on the screen is set by --rank, so a row
    // that changes its rank is seen to move.
    this.arrange(views.map(({ node }) => node));
    this.lines.replaceChildren(
      ...lines(measure).map(({ kind, at, label, leftward }) => {
        const side = leftward ? "scoreboard-leftward" : "";
        return h(
          "div",
          { class: `scoreboard-line scoreboard-${kind} ${side}`, style: `left:${place(at)}` },
          h("span", {}, label),
        );
      }),
    );
  }

  /** @param {HTMLElement[]} nodes */
  arrange(nodes) {
    const keep = new Set(nodes);
    for (const child of [...this.list.children])
      if (!keep.has(/** @type {HTMLElement} */ (child))) child.remove();
    for (const node of nodes) if (!node.isConnected) this.list.append(node);
    // Moving a connected node would restart its animation, so the order is set after the animation.
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (nodes.some((node, index) => this.list.children[index] !== node))
        this.list.append(...nodes);
    }, 700);
  }
}
