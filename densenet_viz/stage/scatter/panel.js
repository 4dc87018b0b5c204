// One scatter panel as SVG: marks that can be pointed at, focused and moved.

import { h, lettersOf, pointIn, reducedMotion, s, say } from "../shared/dom.js";
import { eased, nearest, outline, walked } from "./geometry.js";
import { frontLine, layout } from "./layout.js";
import { axisWords, valued, written } from "./words.js";

/** @typedef {import("./geometry.js").Panel} Panel */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").Place} Place */
/** @typedef {[number, number]} Pair */
/** @typedef {"circle" | "square" | "diamond" | "triangle" | "wedge" | "cross"} Mark */
/** @typedef {{name: string, colour: string, mark: Mark}} Group */
/** @typedef {{point: (id: string | null) => void, focus: (id: string | null) => void, toggle: (id: string) => void}} Actions */
/** @typedef {{node: SVGGElement, mark: SVGPathElement, text: SVGTextElement, leader: SVGLineElement, rest: SVGGElement, ring: SVGPathElement}} Drawn */

const MOVE_MILLISECONDS = 300;
const REACH = 30;
const pen = document.createElement("canvas").getContext("2d");

/** @param {Element} node @param {Record<string, number | string>} values */
export function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
}

/** A mark as a drawing of its own, for legends and tables. @param {Group} group @param {boolean} filled */
export function swatch(group, filled = true) {
  const path = s("path", {
    class: "scatter-mark",
    d: outline(group.mark, 7),
    "data-filled": String(filled),
  });
  const node = s(
    "svg",
    { class: "scatter-swatch", viewBox: "-11 -11 22 22", "aria-hidden": "true" },
    path,
  );
  node.style.color = group.colour;
  return node;
}

export class PanelView {
  /** @param {Panel} panel @param {Group[]} groups @param {Actions} actions */
  constructor(panel, groups, actions) {
    this.actions = actions;
    /** @type {Map<string, Drawn>} */
    this.drawn = new Map();
    /** @type {Map<string, number[]>} where each system is at this moment */
    this.now = new Map();
    /** @type {Layout | null} */
    this.laid = null;
    this.frame = 0;
    this.width = 0;
    this.most = Infinity;
    /** @type {string | null} */
    this.active = null;
    this.title = h("h3", { class: "scatter-title" });
    this.sentence = h("p", { class: "scatter-sentence" });
    this.up = h("p", { class: "scatter-axis" }, h("span"), h("b"));
    this.across = h("p", { class: "scatter-axis scatter-across" }, h("b"), h("span"));
    this.grid = s("g", { class: "scatter-grid", "aria-hidden": "true" });
    this.beaten = s("path", { class: "scatter-beaten" });
    this.front = s("path", { class: "scatter-front" });
    this.word = s("text", { class: "scatter-word", "aria-hidden": "true" });
    this.lines = s("g", { class: "scatter-lines" });
    this.guides = s("g", { class: "scatter-guides", "aria-hidden": "true" });
    this.points = s("g");
    this.svg = s(
      "svg",
      { class: "scatter-svg", role: "group" },
      this.beaten,
      this.grid,
      this.front,
      this.lines,
      this.word,
      this.guides,
      this.points,
    );
    this.svg.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") this.actions.point(this.under(event));
    });
    this.svg.addEventListener("pointerleave", () => this.actions.point(null));
    this.svg.addEventListener("click", (event) => {
      const id = this.under(event);
      if (id) this.actions.toggle(id);
    });
    this.node = h(
      "figure",
      { class: "scatter-panel" },
      h("figcaption", {}, this.title, this.sentence),
      this.up,
      this.svg,
      this.across,
    );
    this.update(panel, groups);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.node.remove();
  }

  /** @param {Panel} panel @param {Group[]} groups */
  update(panel, groups) {
    this.panel = panel;
    this.groups = groups;
    say(this.title, panel.title);
    say(this.sentence, panel.sentence);
    this.svg.setAttribute(
      "aria-label",
      `${panel.title}. ${panel.sentence} Arrow keys go from point to point.`,
    );
    for (const [node, words] of /** @type {[Element, {title: string, better: string}][]} */ ([
      [this.up, axisWords(panel.y, "y")],
      [this.across, axisWords(panel.x, "x")],
    ])) {
      say(/** @type {Element} */ (node.querySelector("span")), words.title);
      say(/** @type {Element} */ (node.querySelector("b")), words.better);
    }
    this.across.dataset.better = panel.x.better;
    if (this.width) this.lay(this.width, true);
  }

  /**
   * Lays out the panel for a width; with `moving`, marks move to their new places.
   * @param {number} width @param {boolean} moving @param {number} [most] height on a slide, in CSS pixels
   */
  lay(width, moving = false, most = this.most) {
    this.width = width;
    this.most = most;
    const family = getComputedStyle(this.node).fontFamily;
    this.laid = layout(
      /** @type {Panel} */ (this.panel),
      width,
      (text, size) => {
        if (!pen) return text.length * size * 0.6;
        pen.font = `600 ${size}px ${family}`;
        return pen.measureText(text).width;
      },
      { letters: lettersOf(this.node), most },
    );
    const { height, font } = this.laid;
    set(this.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    this.svg.style.fontSize = `${font}px`;
    this.paintGrid(this.laid);
    this.paintPoints(this.laid);
    this.travel(this.laid, moving && !reducedMotion());
    this.guide(this.active);
  }

  /** @param {Layout} laid */
  paintGrid({ plot, across, up, font }) {
    this.grid.replaceChildren(
      ...up.flatMap(({ at, text }) => [
        s("line", { x1: plot.left, x2: plot.right, y1: at, y2: at }),
        s("text", { x: plot.left - 7, y: at + font * 0.35, "text-anchor": "end" }, text),
      ]),
      ...across.flatMap(({ at, text }) => [
        s("line", { x1: at, x2: at, y1: plot.bottom, y2: plot.bottom + 6 }),
        s("text", { x: at, y: plot.bottom + font + 8, "text-anchor": "middle" }, text),
      ]),
      s("path", {
        class: "scatter-frame",
        d: `M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}`,
      }),
    );
  }

  /** @param {Layout} laid */
  paintPoints({ places, radius, word }) {
    const panel = /** @type {Panel} */ (this.panel);
    const known = new Set(places.map(({ point }) => point.id));
    for (const [id, { node }] of this.drawn)
      if (!known.has(id)) (node.remove(), this.drawn.delete(id), this.now.delete(id));
    for (const place of places) {
      const { point } = place;
      const drawn = this.drawn.get(point.id) ?? this.add(point.id);
      const group = /** @type {Group[]} */ (this.groups).find(({ name }) => name === point.group);
      const kind = {
        d: outline(group?.mark ?? "circle", radius),
        "data-filled": String(point.measured),
      };
      drawn.node.style.color = group?.colour ?? "";
      drawn.node.classList.toggle("scatter-loose", place.loose);
      drawn.node.setAttribute(
        "aria-label",
        `${point.label}, ${point.group}: ${valued(point.x, panel.x)}, ${valued(point.y, panel.y)}`,
      );
      set(drawn.mark, kind);
      drawn.ring.setAttribute("d", outline(group?.mark ?? "circle", radius + 4.5));
      say(drawn.text, place.text);
      drawn.rest.replaceChildren(
        ...place.others.flatMap((other) => [
          s("line", { class: "scatter-tie" }),
          s("path", {
            class: "scatter-mark",
            d: outline(group?.mark ?? "circle", radius * 0.66),
            "data-filled": String(other.point.measured),
          }),
        ]),
      );
    }
    this.lines.replaceChildren(...panel.lines.map(() => s("polyline")));
    this.rove(places[0]?.point.id);
    say(this.word, word?.text ?? "");
    if (word) set(this.word, { x: word.at[0], y: word.at[1] });
  }

  /** @param {string} id @returns {Drawn} */
  add(id) {
    const drawn = {
      mark: s("path", { class: "scatter-mark" }),
      text: s("text"),
      leader: s("line", { class: "scatter-leader" }),
      rest: s("g"),
      ring: s("path", { class: "scatter-ring" }),
    };
    const node = s(
      "g",
      {
        class: "scatter-point",
        role: "button",
        "aria-pressed": "false",
        tabindex: -1,
        "data-id": id,
      },
      drawn.rest,
      drawn.leader,
      drawn.ring,
      drawn.mark,
      drawn.text,
    );
    node.addEventListener("focus", () => {
      this.rove(id);
      if (node.matches(":focus-visible")) this.actions.focus(id);
    });
    node.addEventListener("blur", () => this.actions.focus(null));
    node.addEventListener("keydown", (event) => this.key(event, id));
    this.points.append(node);
    const whole = { node, ...drawn };
    this.drawn.set(id, whole);
    return whole;
  }

  /** @param {KeyboardEvent} event @param {string} id */
  key(event, id) {
    if (event.key === "Enter" || event.key === " ") this.actions.toggle(id);
    else {
      const next = walked(/** @type {Panel} */ (this.panel), id, event.key);
      if (next === null) return;
      this.drawn.get(next)?.node.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** The tab key reaches one point of a panel: the one that was visited last. @param {string | undefined} id */
  rove(id) {
    if (id === undefined) return;
    const stop = [...this.drawn.values()].find(({ node }) => node.getAttribute("tabindex") === "0");
    const visited = this.svg.getRootNode();
    const focused =
      /** @type {Document | ShadowRoot} */ (visited).activeElement === this.drawn.get(id)?.node;
    if (stop && !focused) return;
    for (const [other, { node }] of this.drawn)
      node.setAttribute("tabindex", other === id ? "0" : "-1");
  }

  /** The point under the pointer: a label counts as its point. @param {MouseEvent} event @returns {string | null} */
  under(event) {
    const hit = /** @type {Element} */ (event.target).closest("[data-id]");
    if (hit) return hit.getAttribute("data-id");
    const places = new Map((this.laid?.places ?? []).map(({ point, at }) => [point.id, at]));
    return nearest(places, ...pointIn(event, this.svg), REACH);
  }

  /** @param {Layout} laid @param {boolean} moving */
  travel({ places }, moving) {
    cancelAnimationFrame(this.frame);
    const goals = new Map(places.map((place) => [place.point.id, numbers(place)]));
    const starts = new Map([...goals].map(([id, goal]) => [id, from(this.now.get(id), goal)]));
    const begin = performance.now();
    const step = (/** @type {number} */ time) => {
      const part = moving ? Math.min(1, (time - begin) / MOVE_MILLISECONDS) : 1;
      for (const [id, goal] of goals) {
        const start = /** @type {number[]} */ (starts.get(id));
        this.now.set(
          id,
          goal.map(
            (value, index) => start[index] + (value - start[index]) * eased(Math.max(0, part)),
          ),
        );
      }
      this.draw();
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    step(begin);
  }

  /** Draws everything at its present place. */
  draw() {
    const laid = /** @type {Layout} */ (this.laid);
    const panel = /** @type {Panel} */ (this.panel);
    for (const [id, [x, y, textX, textY, ax, ay, bx, by, ...rest]] of this.now) {
      const drawn = /** @type {Drawn} */ (this.drawn.get(id));
      for (const node of [drawn.mark, drawn.ring]) set(node, { transform: `translate(${x} ${y})` });
      set(drawn.text, { x: textX, y: textY });
      set(drawn.leader, { x1: ax, y1: ay, x2: bx, y2: by });
      for (const [index, node] of [...drawn.rest.children].entries()) {
        const [otherX, otherY] = rest.slice(2 * Math.floor(index / 2));
        if (index % 2) set(node, { transform: `translate(${otherX} ${otherY})` });
        else set(node, { x1: x, y1: y, x2: otherX, y2: otherY });
      }
    }
    const at = new Map(
      [...this.now].map(([id, [x, y]]) => /** @type {[string, Pair]} */ ([id, [x, y]])),
    );
    const corners = frontLine(panel, at, laid.plot);
    const path = corners.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}`).join("");
    this.front.setAttribute("d", path);
    const [end, start] = [corners[corners.length - 1], corners[0]];
    this.beaten.setAttribute("d", path && `${path}L${end[0]} ${start[1]}Z`);
    for (const [index, line] of panel.lines.entries()) {
      set(this.lines.children[index], {
        points: line.map((id) => (at.get(id) ?? []).join(",")).join(" "),
      });
    }
  }

  /** @param {Set<string> | null} lit @param {string | null} active @param {Set<string>} pinned */
  light(lit, active, pinned) {
    this.svg.classList.toggle("scatter-some", lit !== null);
    for (const [id, { node }] of this.drawn) {
      node.classList.toggle("scatter-lit", lit?.has(id) ?? false);
      node.classList.toggle("scatter-pinned", pinned.has(id));
      node.setAttribute("aria-pressed", String(pinned.has(id)));
    }
    this.guide(active);
  }

  /** Lines from one mark to both axes, with its values there. @param {string | null} id */
  guide(id) {
    this.active = id;
    for (const text of this.grid.querySelectorAll(".scatter-covered"))
      text.classList.remove("scatter-covered");
    const place = this.laid?.places.find(({ point }) => point.id === id);
    if (!place || !this.laid) return this.guides.replaceChildren();
    const { plot, font } = this.laid;
    const [across, down] = place.at;
    for (const text of this.grid.querySelectorAll("text")) {
      const [x, y] = ["x", "y"].map((name) => Number(text.getAttribute(name)));
      const below = text.getAttribute("text-anchor") === "middle";
      const near = below
        ? Math.abs(x - across) < 2.6 * font
        : Math.abs(y - font * 0.35 - down) < font;
      text.classList.toggle("scatter-covered", near);
    }
    return this.guides.replaceChildren(
      s("path", { d: `M${across} ${down}V${plot.bottom}M${across} ${down}H${plot.left}` }),
      s(
        "text",
        { x: across, y: plot.bottom + font + 8, "text-anchor": "middle" },
        written(place.point.x),
      ),
      s(
        "text",
        { x: plot.left - 7, y: down + font * 0.35, "text-anchor": "end" },
        written(place.point.y),
      ),
    );
  }
}

/** A place as numbers that can travel. @param {Place} place */
function numbers({ at, label, leader, others }) {
  return [
    ...at,
    ...label,
    ...(leader ? leader.flat() : [...at, ...at]),
    ...others.flatMap((other) => other.at),
  ];
}

/** Where a move starts; a new point starts at its mark. @param {number[] | undefined} before @param {number[]} goal */
function from(before, goal) {
  if (!before) return goal;
  return goal.map((_, index) => before[index] ?? before[index % 2]);
}
