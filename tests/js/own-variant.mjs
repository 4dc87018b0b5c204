// Reads a base network and others as JSON, and prints what the browser says of each as the visitor's
// own, for `tests/test_own_variant_in_js.py`. Not a test by itself.

import { readFileSync } from "node:fs";

import { ownCosts } from "../../densenet_viz/stage/variants/own-costs.js";
import { ownColumn, ownStrip, ownWalk } from "../../densenet_viz/stage/variants/own.js";

const [base, ...specs] = JSON.parse(readFileSync(0, "utf-8"));
const told = specs.map((spec) => ({
  strip: ownStrip(spec, base),
  column: ownColumn(spec),
  walk: ownWalk(spec),
  costs: ownCosts(spec),
}));
process.stdout.write(JSON.stringify(told));
