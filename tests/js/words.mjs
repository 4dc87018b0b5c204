// What a sentence says in numbers, so that its words can be improved without changing a test.

/** The numbers in a text, without signs: "1,024 maps at 0.5" gives 1024 and 0.5. @param {string} text */
export function numbersIn(text) {
  const found = text.match(/\d[\d,]*(\.\d+)?/g) ?? [];
  return found.map((one) => Number(one.replaceAll(",", "")));
}
