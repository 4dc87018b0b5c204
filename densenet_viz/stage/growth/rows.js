// The growth stage as a table: a row for the block input, and for each layer.

/** @typedef {import("./words.js").Shown} Shown */

/** @param {Shown} scene @returns {string[][]} the cells of each row */
export function tableRows({ groups, layers, size, entering }) {
  const pixels = `${size[0]} × ${size[1]}`;
  const start = String(groups[0].channels);
  return [
    [entering, "0", start, start, pixels, ""],
    ...layers.map(({ reads, writes, total }, index) => [
      `layer ${index + 1}`,
      ...[reads, writes, total].map(String),
      pixels,
      sourcesOf(groups.slice(0, index + 1)),
    ]),
  ];
}

/** Which channels a layer reads from whom. @param {Shown["groups"]} groups */
function sourcesOf(groups) {
  let stop = 0;
  return groups
    .map(({ layer, channels }) => {
      const start = stop;
      stop += channels;
      return `channels ${start}–${stop - 1}: ${layer ? `layer ${layer}` : "block input"}`;
    })
    .join("; ");
}
