// Places labels: no two overlap, none covers a mark, and distant ones get a line to their mark. No DOM.

/** @typedef {[number, number]} Pair */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {{id: string, x: number, y: number, width: number}} Wanted a mark's middle and its label's width */
/** @typedef {{box: Box, leader: [Pair, Pair] | null, cost: number}} Spot */

const RINGS = [8, 18, 32, 48, 66, 86];
const LEADER_FROM = 12;
const PREFERENCE = [0, 1.5, 1, 2, 0.6, 2, 1, 1.5]; // the right is best; straight is better than diagonal
const LINE_COST = 12;
const LEADER_COST = 45;
const PASSES = 4;

/**
 * @param {Wanted[]} wanted
 * @param {{plot: Box, radius: number, height: number, marks?: Pair[], lines?: [Pair, Pair][]}} room
 *   `marks` are other marks to keep free, `lines` what a label should not cross
 * @returns {Map<string, Spot>} a label without a free place is left out
 */
export function placed(wanted, room) {
  const marks = [...wanted.map(({ x, y }) => /** @type {Pair} */ ([x, y])), ...(room.marks ?? [])];
  const blocks = marks.map(([x, y]) => around(x, y, room.radius + 2));
  const choices = new Map(wanted.map((label) => [label.id, spots(label, room, blocks)]));
  const ids = wanted.map(({ id }) => id);
  const choice = (/** @type {string} */ id) => /** @type {Spot[]} */ (choices.get(id));
  const orders = [
    [...ids].sort((a, b) => choice(a).length - choice(b).length),
    ids,
    [...ids].reverse(),
  ];
  /** @type {Map<string, Spot>} */
  let best = new Map();
  let least = Infinity;
  for (const order of orders) {
    const found = settled(order, choice);
    let cost = 1e6 * (ids.length - found.size);
    for (const [id, spot] of found) cost += spot.cost + clash(id, spot, found);
    if (cost < least) [best, least] = [found, cost];
  }
  return best;
}

/** Places labels in one order, then each label a second time among the others. @param {string[]} order @param {(id: string) => Spot[]} choice */
function settled(order, choice) {
  /** @type {Map<string, Spot>} */
  const found = new Map();
  for (let pass = 0; pass < PASSES; pass++) {
    for (const id of order) {
      found.delete(id);
      let least = Infinity;
      for (const spot of choice(id)) {
        if (spot.cost >= least) continue;
        const cost = spot.cost + clash(id, spot, found);
        if (cost < least) {
          found.set(id, spot);
          least = cost;
        }
      }
    }
  }
  return found;
}

/** What a spot costs, given the spots that are taken. @param {string} id @param {Spot} spot @param {Map<string, Spot>} taken */
function clash(id, spot, taken) {
  let cost = 0;
  for (const [other, { box, leader }] of taken) {
    if (other === id) continue;
    if (overlap(spot.box, box)) return Infinity;
    if (spot.leader && crosses(spot.leader, box)) cost += LEADER_COST;
    if (leader && crosses(leader, spot.box)) cost += LEADER_COST;
    if (leader && spot.leader && meet(leader, spot.leader)) cost += LEADER_COST;
  }
  return cost;
}

/** Every spot that is free of marks and inside the plot. @param {Wanted} label @param {{plot: Box, radius: number, height: number, lines?: [Pair, Pair][]}} room @param {Box[]} blocks */
function spots(label, room, blocks) {
  /** @type {Spot[]} */
  const found = [];
  for (const ring of RINGS) {
    for (let turn = 0; turn < 8; turn++) {
      const box = beside(label, turn, room.radius + ring, room.height);
      if (!within(box, room.plot) || blocks.some((block) => overlap(box, block))) continue;
      const leader = ring >= LEADER_FROM ? leaderTo(label, box, room.radius) : null;
      let cost = ring * 1.2 + PREFERENCE[turn];
      for (const line of room.lines ?? []) if (crosses(line, box)) cost += LINE_COST;
      if (leader) {
        const others = blocks.filter((block) => !inside([label.x, label.y], block));
        if (others.some((block) => crosses(leader, block))) cost += LEADER_COST;
      }
      found.push({ box, leader, cost });
    }
  }
  return found;
}

/** A label's box in one of eight directions, from the right round over the top. @param {Wanted} label @param {number} turn @param {number} away @param {number} height @returns {Box} */
function beside({ x, y, width }, turn, away, height) {
  const angle = (turn * Math.PI) / 4;
  const reach = turn % 2 ? away * 0.8 : away;
  const [over, up] = [Math.cos(angle), Math.sin(angle)].map((part) =>
    Math.abs(part) < 1e-9 ? 0 : part,
  );
  const middle = [
    x + over * reach + (Math.sign(over) * width) / 2,
    y - up * reach - (Math.sign(up) * height) / 2,
  ];
  return {
    left: middle[0] - width / 2,
    right: middle[0] + width / 2,
    top: middle[1] - height / 2,
    bottom: middle[1] + height / 2,
  };
}

/** From the mark's edge to the label's nearest point. @param {Wanted} label @param {Box} box @param {number} radius @returns {[Pair, Pair]} */
function leaderTo({ x, y }, box, radius) {
  const end = /** @type {Pair} */ ([
    clamp(x, box.left, box.right),
    clamp(y, box.top + 3, box.bottom - 3),
  ]);
  const length = Math.hypot(end[0] - x, end[1] - y) || 1;
  return [[x + ((end[0] - x) / length) * radius, y + ((end[1] - y) / length) * radius], end];
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** @param {number} x @param {number} y @param {number} r @returns {Box} */
function around(x, y, r) {
  return { left: x - r, right: x + r, top: y - r, bottom: y + r };
}

/** @param {Box} a @param {Box} b */
export function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** @param {Box} box @param {Box} plot */
function within(box, plot) {
  return (
    box.left >= plot.left &&
    box.right <= plot.right &&
    box.top >= plot.top &&
    box.bottom <= plot.bottom
  );
}

/** @param {Pair} point @param {Box} box */
function inside([x, y], box) {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** Whether a line touches a box. @param {[Pair, Pair]} line @param {Box} box */
export function crosses(line, box) {
  if (inside(line[0], box) || inside(line[1], box)) return true;
  const { left, right, top, bottom } = box;
  return (
    meet(line, [
      [left, top],
      [right, bottom],
    ]) ||
    meet(line, [
      [left, bottom],
      [right, top],
    ])
  );
}

/** Whether two lines meet. @param {[Pair, Pair]} one @param {[Pair, Pair]} two */
function meet([a, b], [c, d]) {
  const side = (/** @type {Pair} */ p, /** @type {Pair} */ q, /** @type {Pair} */ r) =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
