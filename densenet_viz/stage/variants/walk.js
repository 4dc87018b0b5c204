// A walk through a network that counts its layers: steps, sums, formula and text.

/**
 * @typedef {object} Counted
 * @property {string} id
 * @property {string} name
 * @property {string} short
 * @property {number} called the number in its name
 * @property {boolean} own whether it is the visitor's
 * @property {Stop[]} stops the walk through it, from its modules
 * @property {string} badge where they come from
 */

/** @typedef {"paper" | "keras"} Rule what is counted: the name's weight layers, or Keras's depth */
/** @typedef {"7×7" | "1×1" | "3×3" | "transition" | "classifier" | "batch norm" | "pooling"} Kind */

/**
 * One step of the walk; `items` are in the order of computation.
 * @typedef {{kind: "stem" | "layer" | "transition" | "classifier", block: number, layer: number, items: Kind[]}} Stop
 */

/** @typedef {{text: string, state: "sign" | "todo" | "now" | "done"}} Token */

/** Layers of each block. @param {Stop[]} walk */
export function blocksOf(walk) {
  /** @type {number[]} */
  const blocks = [];
  for (const { kind, block } of walk)
    if (kind === "layer") blocks[block - 1] = (blocks[block - 1] ?? 0) + 1;
  return blocks;
}

/** Whether layers have a 1×1 before their 3×3. @param {Stop[]} walk */
export function hasBottleneck(walk) {
  return walk.some((stop) => stop.items.includes("1×1"));
}

/** Whether a rule counts a kind. @param {Kind} kind @param {Rule} rule */
export function counts(kind, rule) {
  return kind !== "pooling" && (kind !== "batch norm" || rule === "keras");
}

/** What a stop adds. @param {Stop} stop @param {Rule} rule */
export function worth(stop, rule) {
  return stop.items.filter((kind) => counts(kind, rule)).length;
}

/** The count after some stops. @param {Stop[]} walk @param {number} passed @param {Rule} rule */
export function countAfter(walk, passed, rule) {
  return walk.slice(0, passed).reduce((sum, stop) => sum + worth(stop, rule), 0);
}

/** How many of each kind the first stops have. @param {Stop[]} walk @param {number} passed */
export function tally(walk, passed) {
  /** @type {Map<Kind, number>} */
  const met = new Map();
  for (const stop of walk.slice(0, passed))
    for (const kind of stop.items) met.set(kind, (met.get(kind) ?? 0) + 1);
  return met;
}

/** @param {number} now @param {number} whole @returns {Token} */
function filling(now, whole) {
  return { text: String(now), state: now === 0 ? "todo" : now < whole ? "now" : "done" };
}

/** @param {string} text @returns {Token} */
const sign = (text) => ({ text, state: "sign" });

/**
 * The formula with the counts so far: 1 + 2 × (6 + 12 + 7 + 0) + 2 + 0.
 * @param {Stop[]} walk @param {number} passed @param {Rule} rule @returns {Token[]}
 */
export function formula(walk, passed, rule) {
  const gone = walk.slice(0, passed);
  const of = (/** @type {Stop["kind"]} */ kind) => gone.filter((stop) => stop.kind === kind).length;
  if (rule === "keras") {
    const [now, whole] = [tally(walk, passed), tally(walk, walk.length)];
    const norms = filling(now.get("batch norm") ?? 0, whole.get("batch norm") ?? 0);
    const convolutions = (/** @type {Map<Kind, number>} */ met) =>
      [...met].reduce(
        (sum, [kind, count]) =>
          ["batch norm", "pooling", "classifier"].includes(kind) ? sum : sum + count,
        0,
      );
    return [
      filling(convolutions(now), convolutions(whole)),
      sign("convolutions +"),
      norms,
      sign("batch norms +"),
      filling(of("classifier"), 1),
      sign("classifier"),
    ];
  }
  const layers = blocksOf(walk).flatMap((whole, index) => {
    const now = gone.filter((stop) => stop.kind === "layer" && stop.block === index + 1).length;
    return index ? [sign("+"), filling(now, whole)] : [filling(now, whole)];
  });
  return [
    filling(of("stem"), 1),
    sign(hasBottleneck(walk) ? "+ 2 × (" : "+ ("),
    ...layers,
    sign(") +"),
    filling(of("transition"), walk.filter((stop) => stop.kind === "transition").length),
    sign("+"),
    filling(of("classifier"), 1),
  ];
}

/** A stop's modules in words. @param {Stop} stop */
function partOf(stop) {
  if (stop.kind === "stem")
    return "The stem’s 7 × 7 convolution; its batch norm and its max pool are not counted.";
  if (stop.kind === "transition")
    return "One 1 × 1 convolution; the batch norm and the average pool are not counted.";
  return stop.items.includes("1×1")
    ? "A 1 × 1 and a 3 × 3 convolution; the batch norm before each is not counted."
    : "One 3 × 3 convolution; the batch norm before it is not counted.";
}

/** @param {Stop} stop */
export function label(stop) {
  if (stop.kind === "layer") return `block ${stop.block}, layer ${stop.layer}`;
  return stop.kind === "transition" ? `transition ${stop.block}` : stop.kind;
}

/**
 * Title and sentence after some stops.
 * @param {Counted} network @param {number} passed @param {Rule} rule
 * @returns {{title: string, sentence: string}}
 */
export function words(network, passed, rule) {
  const walk = network.stops;
  if (passed === 0) {
    return rule === "paper"
      ? {
          title: `Which layers does “${network.called}” count?`,
          sentence:
            "Those with weights that mix maps: convolutions and the classifier. Batch norms and poolings are not counted.",
        }
      : {
          title: "What does Keras’s depth count?",
          sentence:
            "Convolutions, batch norms and the classifier. Poolings have no weights and are not counted.",
        };
  }
  if (passed === walk.length) return rule === "paper" ? result(network) : kerasResult(network);
  const stop = walk[passed - 1];
  const added = worth(stop, rule);
  const title = `${label(stop)[0].toUpperCase()}${label(stop).slice(1)} adds ${added}: now ${countAfter(walk, passed, rule)}`;
  if (rule === "keras")
    return {
      title,
      sentence: `${stop.items
        .filter((kind) => kind !== "pooling")
        .map((kind) => (kind === "transition" ? "1×1" : kind))
        .join(", ")}: each has weights and is counted.`,
    };
  return { title, sentence: partOf(stop) };
}

/** @param {Stop[]} walk */
function sum(walk) {
  return `${formula(walk, walk.length, "paper")
    .map((token) => token.text)
    .join(" ")
    .replace("( ", "(")
    .replace(" )", ")")} = ${countAfter(walk, walk.length, "paper")}`;
}

/** @param {Counted} network */
function result(network) {
  const walk = network.stops;
  const depth = countAfter(walk, walk.length, "paper");
  const met = tally(walk, walk.length);
  const rest = `Not counted: ${met.get("batch norm")} batch norms and ${met.get("pooling")} poolings.`;
  const other = `Keras’s depth also counts the batch norms: ${countAfter(walk, walk.length, "keras")}.`;
  if (network.own)
    return {
      title: `Yours would be called DenseNet-${depth}`,
      sentence: `${sum(walk)}. ${rest} ${other}`,
    };
  if (network.called !== depth) {
    const convolutions = depth - 1;
    const found =
      convolutions === network.called
        ? `${convolutions} is its number of convolutions, without the classifier`
        : `the paper still calls it ${network.called}`;
    return {
      title: `${network.name} really has ${depth} layers`,
      sentence: `${sum(walk)}, by the rule behind the other names; ${found}. ${rest} ${other}`,
    };
  }
  return {
    title: `${depth - 1} convolutions + 1 classifier make ${network.name}`,
    sentence: `${sum(walk)}. ${rest} ${other}`,
  };
}

/** @param {Counted} network */
function kerasResult(network) {
  const walk = network.stops;
  const parts = formula(walk, walk.length, "keras")
    .map((token) => token.text)
    .join(" ");
  const name = network.own ? "your network" : network.name;
  return {
    title: `Keras’s depth of ${name} is ${countAfter(walk, walk.length, "keras")}`,
    sentence: `${parts}: the same network, counted by another rule. A depth means little without its rule.`,
  };
}

/** Milliseconds for a stop, so that a walk takes about 15 seconds. @param {number} steps */
export function pace(steps) {
  return Math.round(Math.min(400, Math.max(90, 14_000 / steps)));
}

/** The part of a stop's time after which its number has arrived. */
export const ARRIVES = 0.7;

/** How many stops the counter shows at a time. @param {number} time @param {number} steps */
export function passedAt(time, steps) {
  const whole = Math.floor(time + 1e-6);
  return Math.min(steps, whole + (time - whole >= ARRIVES ? 1 : 0));
}

/**
 * @typedef {{stop: number, kind: Kind, x: number, y: number, width: number, height: number}} Brick
 * @typedef {{x: number, y: number, block: number, stop: number, width: number}} Caption block from 1, or 0 for a single stop; `width` is that of the columns above it
 * @typedef {{bricks: Brick[], captions: Caption[], columns: {x: number, y: number}[], height: number}} Wall
 */

const BRICK = { tall: 34, tallest: 80, flat: 9, gap: 3 };
const CAPTION = 26;
const PAUSE = 7;
const WIDEST = 18;
const FLAT = new Set(["batch norm", "pooling"]);

/** How high a stop's column is. @param {Stop} stop @param {number} tall CSS pixels of a counted brick */
function tower(stop, tall) {
  return stop.items.reduce(
    (sum, kind) => sum + (FLAT.has(kind) ? BRICK.flat : tall) + BRICK.gap,
    -BRICK.gap,
  );
}

/** How high a counted brick is, if one line of columns may be `most` high. @param {Stop[]} walk @param {number} most CSS pixels */
function brickFor(walk, most) {
  const fitting = walk.map(({ items }) => {
    const flat = items.filter((kind) => FLAT.has(kind)).length;
    return (
      (most - CAPTION - flat * BRICK.flat - (items.length - 1) * BRICK.gap) /
      Math.max(1, items.length - flat)
    );
  });
  return Math.max(BRICK.tall, Math.min(BRICK.tallest, ...fitting));
}

/**
 * Every stop as a column of bricks, in the order of computation from below: a block of L bottleneck
 * layers is two rows of L. On a narrow screen each block has its own line.
 * @param {Stop[]} walk @param {number} width @param {boolean} wrap @param {number} most the largest height in CSS pixels
 * @returns {Wall}
 */
export function wall(walk, width, wrap, most = 0) {
  const lines = wrap ? byBlock(walk) : [walk.map((_, index) => index)];
  const single = wrap ? 16 : 14;
  const unit = Math.min(
    WIDEST,
    ...lines.map((line) => {
      const layers = line.filter((index) => walk[index].kind === "layer").length;
      // At least 0: while a page is laid out, the room can be narrower than the single parts.
      return Math.max(0, width - (line.length - layers) * (single + 2 * PAUSE)) / layers;
    }),
  );
  const tall = wrap ? BRICK.tall : brickFor(walk, most);
  const high = Math.max(...walk.map((stop) => tower(stop, tall)));
  /** @type {Wall} */
  const built = { bricks: [], captions: [], columns: [], height: 0 };
  for (const line of lines) {
    let x = 0;
    const ground = built.height + high;
    for (const index of line) {
      const stop = walk[index];
      const isLayer = stop.kind === "layer";
      if (!isLayer && index > line[0]) x += PAUSE;
      const wide = isLayer ? unit : single;
      let y = ground;
      for (const kind of stop.items) {
        const height = FLAT.has(kind) ? BRICK.flat : tall;
        built.bricks.push({
          stop: index,
          kind,
          x,
          y: y - height,
          width: wide - (isLayer ? Math.min(2.5, unit * 0.22) : 0),
          height,
        });
        y -= height + BRICK.gap;
      }
      built.columns[index] = { x: x + wide / 2, y: ground - tower(stop, tall) / 2 };
      if (!isLayer)
        built.captions.push({
          x: x + wide / 2,
          y: ground + 19,
          block: 0,
          stop: index,
          width: wide,
        });
      else if (stop.layer === 1)
        built.captions.push({ x, y: ground + 19, block: stop.block, stop: index, width: 0 });
      const caption = built.captions[built.captions.length - 1];
      if (isLayer) {
        caption.x = (built.columns[caption.stop].x + built.columns[index].x) / 2;
        caption.width = stop.layer * unit;
      }
      x += wide + (isLayer ? 0 : PAUSE);
    }
    built.height = ground + CAPTION + (wrap ? 10 : 0);
  }
  return built;
}

/** A line for each block: the stem is before the first, the classifier after the last. @param {Stop[]} walk */
function byBlock(walk) {
  const last = Math.max(...walk.map((stop) => stop.block));
  /** @type {number[][]} */
  const lines = Array.from({ length: last }, () => []);
  for (const [index, stop] of walk.entries()) {
    const block = stop.kind === "stem" ? 1 : stop.kind === "classifier" ? last : stop.block;
    lines[block - 1].push(index);
  }
  return lines;
}
