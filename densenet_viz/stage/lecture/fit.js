// Makes a picture as large as the slide allows: it is laid out narrower and enlarged until it fits.

const SMALLEST = 0.6;
const TRIES = 6;
const PHONE = 640;
/** The smallest font size on a page, in the stage's own pixels. */
const LETTERS = 14;
/** Below this width, in its own pixels, a stage uses its phone layout. */
const WIDE = 660;
/** Stages that need more width to place their parts side by side. @type {Record<string, number>} */
const WIDER = {
  overview: 790,
  variants: 710,
  "variants-count": 710,
  scatter: 910,
  structure: 910,
  inside: 1180,
  paths: 910,
};
/** A little room is kept free for a sentence that gets longer. */
const FITS = 0.985;

/** What made a stage fit into a room of this size before. @type {Map<string, {zoom: number, own: number}>} */
const FOUND = new Map();

/** The width that a stage needs, in its own pixels. @param {string} [kind] */
export function leastWidth(kind = "") {
  return WIDER[kind] ?? WIDE;
}

/**
 * The first zoom to try: letters become as large as the slide's words, unless the stage gets too wide.
 * @param {number} width of the room @param {number} words px @param {number} least width of the stage
 */
export function largest(width, words, least) {
  return Math.max(1, Math.min(words / LETTERS, width / least));
}

/** The next zoom to try after a picture was `tall` times as high as its room. @param {number} zoom @param {number} tall */
export function smaller(zoom, tall) {
  return Math.max(SMALLEST, Math.floor(20 * Math.min(zoom - 0.05, zoom / tall ** 0.8) + 1e-9) / 20);
}

/** A width that may make it fit: square parts get lower when they get narrower. @param {number} width @param {number} tall @param {number} least */
export function narrower(width, tall, least) {
  return Math.max(Math.min(width, least), Math.floor(width / tall));
}

/** Waits until the new layout is drawn; a window in the background draws nothing. */
function drawn() {
  return new Promise((done) => {
    if (document.hidden) setTimeout(done, 60);
    else requestAnimationFrame(() => setTimeout(done));
  });
}

/** Waits until its images are loaded and its height no longer changes. @param {HTMLElement} stage */
async function settled(stage) {
  let before = -1;
  for (let looks = 0; looks < 8 && before !== stage.scrollHeight; looks++) {
    before = stage.scrollHeight;
    await drawn();
  }
}

/**
 * Enlarges `stage` within `room`. Sets the largest height (`--stage-room`, in the stage's own pixels)
 * and the smallest font size (`--words`). On a phone the stage is as wide as the window and as tall
 * as it needs.
 * @param {HTMLElement} room @param {HTMLElement} host @param {HTMLElement} stage
 */
export async function fit(room, host, stage) {
  // One pixel less: the room's width may be a fraction that was rounded up.
  const [width, height] = [room.clientWidth - 1, room.clientHeight];
  if (width <= 0) return;
  await settled(stage);
  stage.toggleAttribute("data-wide", width >= PHONE);
  if (width < PHONE) {
    for (const name of ["zoom", "width", "--stage-room", "--words"])
      host.style.removeProperty(name);
    return;
  }
  const words = parseFloat(getComputedStyle(room).fontSize);
  const least = leastWidth(stage.dataset.stage);
  /** Its height divided by the room's; also more than 1 if it is too wide. @param {number} zoom @param {number} own */
  const tried = async (zoom, own) => {
    host.style.setProperty("zoom", String(zoom));
    host.style.setProperty("width", `${own}px`);
    host.style.setProperty("--stage-room", `${Math.floor((FITS * height) / zoom)}`);
    host.style.setProperty("--words", `${words / zoom}px`);
    await drawn();
    host.shadowRoot?.dispatchEvent(new Event("stage-room"));
    await settled(stage);
    const wide = stage.scrollWidth / Math.max(1, stage.clientWidth);
    return Math.max((stage.scrollHeight * zoom) / height, wide > 1.02 ? wide : 0);
  };
  /** Looks for a width at which it fits at this zoom; otherwise gives the lowest height. @param {number} zoom */
  const look = async (zoom) => {
    let own = Math.floor(width / zoom);
    let tall = await tried(zoom, own);
    while (tall > FITS) {
      const next = narrower(own, tall, least);
      if (next > 0.98 * own) break;
      const now = await tried(zoom, (own = next));
      if (now > 0.98 * tall) break;
      tall = now;
    }
    return { zoom, own, tall, fits: tall <= FITS };
  };
  const kind = `${stage.dataset.stage} ${width} ${height}`;
  const known = FOUND.get(kind);
  if (known && (await tried(known.zoom, known.own)) <= FITS) return;
  let best = await look(largest(width, words, least));
  for (let tries = 0; tries < TRIES && !best.fits && best.zoom > SMALLEST; tries++)
    best = await look(smaller(best.zoom, best.tall));
  FOUND.set(kind, best);
}

/** Whether it has become larger than its room. @param {HTMLElement} room @param {HTMLElement} host @param {HTMLElement} stage */
export function outgrown(room, host, stage) {
  const zoom = Number(host.style.getPropertyValue("zoom"));
  return zoom > SMALLEST && stage.scrollHeight * zoom > room.clientHeight + 1;
}
