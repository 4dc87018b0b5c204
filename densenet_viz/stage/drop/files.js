// Which file of a drop or a paste is taken.

/**
 * The first file of a drop; the file input says whether it is a picture.
 * @param {Pick<DataTransfer, "files"> | null} dropped
 */
export function droppedFile(dropped) {
  return dropped?.files[0] ?? null;
}

/**
 * The first picture of a paste, unless it also has words: programs add a picture of copied text,
 * and whoever pastes into a field wants the words.
 * @param {Pick<DataTransfer, "files" | "types"> | null} pasted
 */
export function pastedFile(pasted) {
  if (!pasted || pasted.types.includes("text/plain")) return null;
  return [...pasted.files].find((file) => file.type.startsWith("image/")) ?? null;
}
