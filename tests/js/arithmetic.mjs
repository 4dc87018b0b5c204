// Reads networks as JSON, and prints what the browser's arithmetic says of each, for
// `tests/test_arithmetic_in_js.py`. Not a test by itself.

import { readFileSync } from "node:fs";

import { keepsNothing, networkOf } from "../../densenet_viz/stage/shared/arithmetic.js";

/** @param {import("../../densenet_viz/stage/shared/arithmetic.js").Spec} spec */
function toldOf(spec) {
  return keepsNothing(spec) ? null : networkOf(spec);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map(toldOf)));
