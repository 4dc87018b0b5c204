// Loads what other pages need, when the browser has nothing else to do: then a page switch waits for no file.

/** Waits until the browser has nothing to do. */
const idle = () =>
  new Promise((resolve) => (globalThis.requestIdleCallback ?? setTimeout)(() => resolve(null)));

/**
 * Tells the server that a picture is drawn, and puts the files that it names into the browser's cache, one after the other, so that
 * a visitor's own request never waits for several.
 * @param {string} base the app's address @param {string} painted the path to tell
 * @returns {Promise<number>} how many were loaded
 */
export async function loadAhead(base, painted) {
  let loaded = 0;
  try {
    const answer = await fetch(base + painted, { method: "POST" });
    const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (
      /** @type {unknown} */ (navigator)
    );
    if (!answer.ok || connection?.saveData) return 0;
    /** @type {string[]} */
    const files = (await answer.json()).files;
    for (const file of files) {
      await idle();
      if (performance.getEntriesByName(base + file, "resource").length) continue;
      const got = await fetch(base + file, /** @type {RequestInit} */ ({ priority: "low" }));
      await got.arrayBuffer();
      loaded += 1;
    }
  } catch (error) {
    // Without a connection, a page loads its files when it is opened.
    if (!(error instanceof TypeError)) throw error;
  }
  return loaded;
}
