// "Why is it called 121?": a walk through the network that counts its layers.

import { h, onWidth, pointIn, reducedMotion, s, say, spareOf, whenSeen } from "../shared/dom.js";
import { Player } from "../shared/player.js";
import { Radios } from "../shared/radios.js";
import { onOwn } from "./chosen.js";
import { ownWalk } from "./own.js";
import {
  ARRIVES,
  countAfter,
  counts,
  formula,
  hasBottleneck,
  label,
  pace,
  passedAt,
  tally,
  wall,
  words,
  worth,
} from "./walk.js";

/** @typedef {import("./walk.js").Counted} Counted */
/** @typedef {import("./walk.js").Kind} Kind */
/** @typedef {import("./walk.js").Rule} Rule */
/** @typedef {import("./walk.js").Wall} Wall */
/** @typedef {{key: string, variants: Counted[], colours: Record<string, string>}} Scene */

const NARROW = 700;
/** If a block's width in CSS pixels is below this, its caption has no spaces. */
const TIGHT = 56;
/** @type {Kind[]} */
const KINDS = ["7×7", "1×1", "3×3", "transition", "classifier", "batch norm", "pooling"];
/** @type {Partial<Record<Kind, string>>} */
const NAMES = { "7×7": "7×7 stem", transition: "transition 1×1" };
/** @type {[Rule, string][]} */
const RULES = [
  ["paper", "as in the name"],
  ["keras", "as Keras’s depth"],
];

/**
 * @param {HTMLElement} root
 * @param {Scene} sent the server's scene
 */
export function mount(root, sent) {
  /** @type {import("./walk.js").Counted | null} the walk through the visitor's own network */
  let own = null;
  const together = () =>
    own ? { ...sent, key: `${sent.key}|own`, variants: [...sent.variants, own] } : sent;
  let drawn = new Counter(root, sent, sent.variants[0].id, "paper", !reducedMotion());
  const show = () => {
    const next = together();
    if (next.key === drawn.scene.key) return drawn.recount(next);
    const { network, rule } = drawn;
    const known = next.variants.some((variant) => variant.id === network.id);
    drawn.destroy();
    drawn = new Counter(root, next, known ? network.id : next.variants[0].id, rule, false);
  };
  const stop = onOwn((spec) => {
    if (!spec && !own) return;
    own = spec && ownWalk(spec);
    show();
  });
  return {
    update(/** @type {Scene} */ next) {
      sent = next;
      show();
    },
    destroy() {
      stop();
      drawn.destroy();
    },
    save: () => ({ name: "name" }),
  };
}

class Counter {
  /** @param {HTMLElement} root @param {Scene} scene @param {string} id @param {Rule} rule @param {boolean} moving whether it starts by itself once it is seen */
  constructor(root, scene, id, rule, moving) {
    this.scene = scene;
    this.rule = rule;
    this.network = /** @type {Counted} */ (scene.variants.find((variant) => variant.id === id));
    this.walk = this.network.stops;
    /** @type {Wall | null} */
    this.wall = null;
    this.width = 0;
    this.spare = 0;
    this.passed = -1;
    this.title = h("h2", { class: "stage-title" });
    this.badge = h("span", { class: "stage-badge" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.number = h("strong", { class: "count-number", role: "status", "aria-live": "off" });
    this.formula = h("p", { class: "count-formula" });
    this.tally = h("p", { class: "count-tally" });
    this.token = h("span", { class: "count-token", "aria-hidden": "true" });
    this.svg = s("svg", { class: "count-svg", role: "img" });
    /** @type {Radios<string>} */
    const networks = new Radios("Network", (value) => this.choose(value), { again: true });
    networks.showWords(
      scene.variants.map((variant) => [variant.id, variant.short]),
      id,
    );
    /** @type {Radios<Rule>} */
    const rules = new Radios("What is counted", (value) => this.count(value));
    rules.showWords(RULES, rule);
    this.switches = h("div", { class: "count-switches" }, networks.node, rules.node, this.badge);
    this.view = h(
      "div",
      { class: "count-view" },
      h("div", { class: "count-sum" }, this.number, h("div", {}, this.formula, this.tally)),
      this.svg,
      this.token,
    );
    this.player = new Player({
      steps: this.walk.length,
      stepMilliseconds: pace(this.walk.length),
      draw: (time) => this.show(time),
      label: (time) => {
        const passed = passedAt(time, this.walk.length);
        return passed ? label(this.walk[passed - 1]) : "the start";
      },
      noun: "stop",
    });
    this.node = h(
      "section",
      { class: "count", "aria-label": "A walk through the network that counts its layers" },
      h("div", { class: "stage-head" }, this.title, this.sentence),
      this.switches,
      this.view,
      this.player.node,
    );
    this.node.addEventListener("keydown", (event) => {
      if (!(/** @type {HTMLElement} */ (event.composedPath()[0]).getAttribute("role") === "radio"))
        this.player.key(event);
    });
    root.prepend(this.node); // before the row that saves it
    this.player.seek(this.walk.length);
    this.stopWatching = onWidth(this.node, (width) => this.lay(width));
    this.unsee = moving ? whenSeen(this.view, () => this.player.play(), 0.85) : () => {};
  }

  destroy() {
    this.player.pause();
    this.stopWatching();
    this.unsee();
    this.node.remove();
  }

  /** The same networks with new counts; the walk keeps its place. @param {Scene} scene */
  recount(scene) {
    const ended = this.player.time >= this.walk.length;
    const network = /** @type {Counted} */ (
      scene.variants.find((variant) => variant.id === this.network.id)
    );
    this.scene = scene;
    if (network === this.network) return; // only another network changed
    this.network = network;
    this.walk = this.network.stops;
    if (ended) this.player.time = this.walk.length;
    this.build();
    this.player.setSteps(this.walk.length);
  }

  /** Starts the walk of another network. @param {string} id */
  choose(id) {
    this.unsee();
    this.player.pause();
    this.network = /** @type {Counted} */ (
      this.scene.variants.find((variant) => variant.id === id)
    );
    this.walk = this.network.stops;
    this.passed = -1;
    this.player.options.stepMilliseconds = pace(this.walk.length);
    this.player.time = this.player.reduced ? this.walk.length : 0;
    this.lay(this.width);
    this.player.setSteps(this.walk.length);
    if (!this.player.reduced) this.player.play();
  }

  /** @param {Rule} rule */
  count(rule) {
    this.rule = rule;
    this.passed = -1;
    this.paint();
    this.player.seek(this.player.time);
  }

  /** @param {number} width */
  lay(width) {
    this.width = width;
    this.node.classList.toggle("count-narrow", width < NARROW);
    this.spare = spareOf(/** @type {Element} */ (this.node.parentElement), this.svg) ?? 0;
    this.build();
  }

  /** The wall of the walk, in the room that was measured. */
  build() {
    if (!this.width) return;
    this.wall = wall(this.walk, this.width, this.width < NARROW, this.spare);
    this.passed = -1;
    this.paint();
    this.player.seek(Math.min(this.player.time, this.walk.length));
  }

  paint() {
    if (!this.wall) return;
    this.svg.setAttribute("width", String(this.width));
    this.svg.setAttribute("height", String(this.wall.height));
    this.columns = this.walk.map((_, index) => s("g", { "data-stop": index }));
    for (const { stop, kind, x, y, width, height } of this.wall.bricks) {
      const counted = counts(kind, this.rule);
      const shape = counted
        ? "count-brick"
        : kind === "pooling"
          ? "count-past count-pool"
          : "count-past";
      this.columns[stop].append(
        s("rect", {
          x,
          y,
          width,
          height,
          rx: Math.min(2.5, width / 4),
          class: shape,
          ...(counted ? { fill: this.scene.colours[kind] } : {}),
        }),
      );
    }
    this.captions = this.wall.captions.map(({ x, y, width, block }) =>
      s("text", {
        x,
        y,
        class: `count-caption${block && width < TIGHT ? " count-tight" : ""}`,
        "text-anchor": "middle",
      }),
    );
    this.svg.replaceChildren(...this.columns, ...this.captions);
  }

  /** @param {number} time */
  show(time) {
    const passed = passedAt(time, this.walk.length);
    if (passed !== this.passed) this.fill(passed);
    this.fly(time);
  }

  /** Shows the state after some stops. @param {number} passed */
  fill(passed) {
    this.passed = passed;
    const { title, sentence } = words(this.network, passed, this.rule);
    say(this.title, title);
    say(this.badge, `● ${this.network.badge}`);
    say(this.sentence, sentence);
    const count = countAfter(this.walk, passed, this.rule);
    say(this.number, String(count));
    this.formula.replaceChildren(
      ...formula(this.walk, passed, this.rule).map(({ text, state }) =>
        h("span", { class: `count-${state}` }, text),
      ),
    );
    this.fillTally(passed);
    this.svg.setAttribute(
      "aria-label",
      `${this.network.name}: after ${passed} of ${this.walk.length} stops the count is ${count}.`,
    );
    for (const [index, column] of (this.columns ?? []).entries()) {
      column.setAttribute(
        "class",
        index === passed - 1 && passed < this.walk.length
          ? "count-column count-here"
          : index < passed
            ? "count-column"
            : "count-column count-ahead",
      );
    }
    for (const [index, caption] of (this.wall?.captions ?? []).entries())
      say(/** @type {SVGTextElement[]} */ (this.captions)[index], this.caption(caption, passed));
  }

  /** The caption under a block: its number of layers, and how much each counts. @param {Wall["captions"][number]} caption @param {number} passed */
  caption({ block, stop, width }, passed) {
    if (!block) return passed > stop ? String(worth(this.walk[stop], this.rule)) : "";
    const layers = this.walk
      .slice(0, passed)
      .filter((one) => one.kind === "layer" && one.block === block).length;
    const each = worth(this.walk[stop], this.rule);
    return layers
      ? each > 1
        ? `${each} × ${layers}`.replaceAll(" ", width < TIGHT ? "" : " ")
        : String(layers)
      : "";
  }

  /** How many of each kind there were so far: the legend of the bricks. @param {number} passed */
  fillTally(passed) {
    const met = tally(this.walk, passed);
    const kinds = KINDS.filter((kind) => kind !== "1×1" || hasBottleneck(this.walk));
    const item = (/** @type {Kind} */ kind) =>
      h(
        "span",
        {},
        h("i", {
          class: counts(kind, this.rule) ? "" : kind === "pooling" ? "count-pool" : "count-hollow",
          style: counts(kind, this.rule) ? `background:${this.scene.colours[kind]}` : "",
        }),
        `${NAMES[kind] ?? kind} `,
        h("b", {}, String(met.get(kind) ?? 0)),
      );
    this.tally.replaceChildren(
      ...kinds.filter((kind) => counts(kind, this.rule)).map(item),
      h("em", {}, "not counted:"),
      ...kinds.filter((kind) => !counts(kind, this.rule)).map(item),
    );
  }

  /** The number that a stop adds flies from its column to the total, and fades there. @param {number} time */
  fly(time) {
    const stop = Math.floor(time + 1e-6);
    const part = (time - stop) / ARRIVES;
    const from = this.wall?.columns[stop];
    const flying = from !== undefined && part > 0.02 && part < 1;
    this.token.style.opacity = flying ? String(Math.min(1, (1 - part) / 0.4)) : "0";
    if (!flying) return;
    say(this.token, `+${worth(this.walk[stop], this.rule)}`);
    const eased = part * part * (3 - 2 * part);
    const to = {
      x: this.number.offsetLeft + this.number.offsetWidth,
      y: this.number.offsetTop + this.number.offsetHeight / 2,
    };
    const start = {
      x: from.x,
      y:
        from.y +
        pointIn({ clientX: 0, clientY: this.svg.getBoundingClientRect().top }, this.view)[1],
    };
    const x = start.x + (to.x - start.x) * eased;
    const y = start.y + (to.y - start.y) * eased - 40 * Math.sin(Math.PI * part);
    this.token.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
  }
}
