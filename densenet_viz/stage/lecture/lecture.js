// The lecture: slides with live pictures in the whole window, controlled with keys, clicker or finger.

import { h, say } from "../shared/dom.js";
import { arrivals } from "../hall/arrivals.js";
import { makeCard } from "./card.js";
import { Foot } from "./foot.js";
import { LectureHall } from "../hall/hall.js";
import { actionOf } from "./keys.js";
import { Over } from "./over.js";
import { Overview } from "./overview.js";
import { hashOf, inside, moved, placeOf } from "./place.js";
import { Pressed } from "./pressed.js";
import { loader, Scenes } from "./scenes.js";
import { Slide, thumbnail } from "./slide.js";
import { Speaker } from "./speaker.js";
import { onSwipe } from "./swipe.js";
import { Timer } from "./timer.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./place.js").Scene} Scene */
/** @typedef {import("./keys.js").Action} Action */

/** Milliseconds after a key press until the next slide's picture is prepared. */
const CALM = 60;
/** Milliseconds until each of the slides further away is prepared. */
const LONG_CALM = 1500;

/** The app's address, where this file comes from its server. */
const APP = import.meta.url.split("/hall/files/")[0];

class Lecture {
  /** @param {HTMLElement} root @param {Scene} deck */
  constructor(root, deck) {
    this.root = root;
    this.deck = deck;
    /** @type {Place} */
    this.at = { slide: 0, step: 0 };
    /** @type {Set<string>} the stages whose code is there */
    this.loaded = new Set();
    this.scenes = new Scenes(deck.scenes, deck.hall && loader(APP, deck.hall.key));
    this.slides = deck.slides.map(
      (_, index) =>
        new Slide(
          deck,
          index,
          (slide, settings, question) => this.ask(slide, settings, question),
          this.scenes,
        ),
    );
    this.timer = new Timer(deck.slides, deck.minutes);
    this.hall = h(
      "div",
      { class: "lecture-hall", tabindex: -1 },
      ...this.slides.map(({ node }) => node),
    );
    this.spoken = h("p", { class: "stage-hidden", role: "status" });
    this.screen = h("div", { class: "lecture-screen" });
    this.over = new Over(deck.slides, this.screen);
    this.overview = new Overview(
      (slide) => this.jump({ slide, step: 0 }),
      () => this.leave(),
    );
    // An exported file has no server, so phones cannot follow.
    this.rooms =
      deck.mode === "file"
        ? null
        : new LectureHall(deck, APP, (slide) => this.slides[slide].question);
    this.foot = new Foot(deck.slides, (action) => this.act(action), [
      ...(this.rooms ? [this.rooms.badge] : []),
      this.timer.node,
    ]);
    this.screen.append(
      this.hall,
      this.foot.node,
      this.overview.node,
      ...this.over.nodes,
      this.spoken,
    );
    this.dialog = h(
      "dialog",
      { class: "lecture-dialog", "aria-label": `Lecture: ${deck.title}` },
      this.screen,
    );
    this.card = makeCard(deck, { start: () => this.start(), speaker: () => this.speak() });
    if (this.rooms) this.card.append(this.rooms.node);
    this.speaker = new Speaker(deck, {
      key: (event) => this.key(event),
      act: (action) => this.fromSpeaker(action),
      preview: (place, width) => this.preview(place, width),
    });
    this.timer.watchers.push((words) => this.speaker.tell(words));
    root.append(this.card, this.dialog);
    this.listen();
    this.timer.tell();
    const there = placeOf(location.hash, deck.slides);
    if (there || deck.mode === "file") this.start(there ?? this.at);
    else this.wish();
    this.arrive();
    this.arrived();
    this.load();
  }

  listen() {
    const { signal } = (this.listening = new AbortController());
    const all = { signal, capture: true };
    window.addEventListener("keydown", (event) => this.key(event), all);
    for (const kind of ["keypress", "keyup"])
      window.addEventListener(
        kind,
        (event) => this.hush(/** @type {KeyboardEvent} */ (event)),
        all,
      );
    window.addEventListener("hashchange", () => this.follow(), { signal });
    window.addEventListener("resize", () => this.resize(), { signal });
    window.addEventListener(
      "lecture-answer",
      (event) => this.answer(/** @type {CustomEvent} */ (event).detail),
      { signal },
    );
    arrivals.addEventListener("told", () => this.arrive(), { signal });
    this.scenes.addEventListener("arrived", () => this.arrived(), { signal });
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.over.blank.addEventListener("click", () => (this.over.blank.hidden = true));
    this.over.help.addEventListener("click", () => this.close());
    onSwipe(this.hall, (action) => this.act(action));
  }

  get open() {
    return this.dialog.open;
  }

  /** @param {Place} [place] */
  start(place = this.at) {
    if (!this.open) this.dialog.showModal();
    this.timer.start();
    this.jump(place);
  }

  leave() {
    this.close();
    if (document.fullscreenElement) document.exitFullscreen();
    this.slides[this.at.slide].hide();
    this.dialog.close();
    history.replaceState(history.state, "", location.pathname + location.search);
  }

  /** Shows a place; of the page's address only the part after # changes, so nothing is loaded. @param {Place} place */
  jump(place) {
    this.close();
    const before = this.at;
    this.at = inside(place, this.deck.slides);
    const slide = this.slides[this.at.slide];
    if (before.slide !== this.at.slide) this.slides[before.slide].hide();
    slide.show(this.at.step);
    if (before.slide !== this.at.slide) this.hall.focus({ preventScroll: true });
    history.replaceState(history.state, "", hashOf(this.at));
    this.tell(slide);
    this.wish();
    this.prepareSoon();
  }

  /** Prepares pictures as soon as nothing else happens. */
  prepareSoon() {
    clearTimeout(this.waiting);
    if (this.open) this.waiting = setTimeout(() => this.prepare(), CALM);
  }

  /** Tells the server which slide is shown, as long as it makes pictures: it makes those first. */
  wish() {
    const { id = "" } = this.deck;
    const made = arrivals.told?.id === id ? arrivals.told.ready : [];
    const keys = this.slides.flatMap(({ picture }) => picture?.keys ?? []);
    if (!keys.every((key) => key in this.scenes.there || made.includes(key)))
      arrivals.show({ id, slide: this.at.slide });
  }

  /** Loads the code of all pictures now, so that the lecture goes on if the connection breaks. */
  async load() {
    const stages = Object.entries(this.deck.modules);
    const load = async (/** @type {string} */ stage, /** @type {string} */ address) => {
      if (this.deck.hall) await import(address);
      this.loaded.add(stage);
      this.arrived();
    };
    await Promise.allSettled(stages.map(([stage, address]) => load(stage, address)));
  }

  /** How many slides wait for pictures is part of the page, for programs that use it. */
  arrived() {
    const waits = (/** @type {Slide} */ { picture }) =>
      picture && !(picture.ready && this.loaded.has(picture.picture.stage));
    const missing = this.slides.filter(waits);
    this.root.dataset.missing = String(missing.length);
    this.prepareSoon();
  }

  /** Loads the pictures that the server has made, those of the nearest slides first. */
  arrive() {
    const { told } = arrivals;
    if (!told || told.id !== this.deck.id) return;
    for (const [key, scene] of Object.entries(told.scenes ?? {})) this.scenes.put(key, scene);
    const made = new Set(told.ready);
    const far = (/** @type {Slide} */ { index }) => Math.abs(index - this.at.slide);
    const near = [...this.slides].sort((one, other) => far(one) - far(other));
    const keys = near.flatMap(({ picture }) => picture?.keys ?? []);
    for (const { picture } of this.slides) picture?.expect(told.state);
    this.scenes.fetch(new Set(keys.filter((key) => made.has(key))));
    this.rooms?.made(made.size);
  }

  /** Updates every part that shows the lecture's place. @param {Slide} slide */
  tell({ scene }) {
    const { slide, step } = this.at;
    say(
      this.spoken,
      `Slide ${slide + 1} of ${this.slides.length}: ${scene.title}${scene.steps ? `, step ${step} of ${scene.steps}` : ""}`,
    );
    for (const part of [this.foot, this.timer, this.speaker, this.rooms]) part?.move(this.at);
  }

  /** Mounts the pictures of the slides before and after this one in advance, invisibly. */
  async prepare() {
    const { slide } = this.at;
    await this.slides[slide].prepare(this.at.step);
    for (const near of [slide + 1, slide - 1]) {
      const there = this.slides[near];
      if (!this.open || this.at.slide !== slide) return;
      if (there) await there.prepare(near > slide ? 0 : there.scene.steps);
    }
    if (this.speaker.open) this.speaker.preview(this.at);
    this.waiting = setTimeout(() => this.prepareOthers(), LONG_CALM);
  }

  /** While the slide stays the same, prepares the other pictures, the nearest first. */
  async prepareOthers() {
    const { slide } = this.at;
    const far = (/** @type {Slide} */ { index }) => Math.abs(index - slide);
    const others = this.slides
      .filter(({ picture }) => picture?.ready && !picture.mounting)
      .sort((one, other) => far(one) - far(other));
    if (!others.length || !this.open) return;
    await others[0].prepare(0);
    if (this.at.slide === slide) this.waiting = setTimeout(() => this.prepareOthers(), LONG_CALM);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const action = actionOf(event, this.stateOf(event));
    if (!this.open || action === null) return;
    event.stopImmediatePropagation();
    if (action === "hush") return;
    event.preventDefault();
    if (event.repeat && !["next", "back"].includes(action)) return;
    if (action === "digit") this.over.type((this.over.typed ?? "") + event.key);
    else this.act(action);
  }

  /** What the meaning of a key depends on. @param {KeyboardEvent} event @returns {import("./keys.js").At} */
  stateOf(event) {
    const path = event.composedPath().filter((each) => "tagName" in each);
    const within = (/** @type {string} */ selector) =>
      path.some((each) => /** @type {Element} */ (each).matches(selector));
    return {
      inPicture: within(".lecture-picture"),
      onButton: within("button, a"),
      typed: this.over.typed,
      over: !this.overview.node.hidden ? "overview" : !this.over.help.hidden ? "help" : "",
      blank: !this.over.blank.hidden,
    };
  }

  /** Keeps C and R from the page around, which has its own actions for them. @param {KeyboardEvent} event */
  hush(event) {
    if (this.open && /^[cr]$/i.test(event.key) && !event.ctrlKey && !event.metaKey)
      event.stopImmediatePropagation();
  }

  /** @param {Action} action */
  act(action) {
    const { over } = this;
    const goal = over.goal;
    if (action !== "erase") over.type(null);
    /** @type {Partial<Record<Action, () => void>>} */
    const acts = {
      jump: () => goal !== null && this.jump({ slide: goal, step: 0 }),
      ask: () => over.type(""),
      erase: () => over.type((over.typed ?? "").slice(0, -1)),
      overview: () => this.showOverview(),
      close: () => this.close(),
      black: () => over.darken("black"),
      white: () => over.darken("white"),
      wake: () => (over.blank.hidden = true),
      screen: () => this.toggleScreen(),
      speaker: () => this.speak(),
      timer: () => this.timer.toggle(),
      pointer: () => over.togglePointer(),
      reset: () => this.slides[this.at.slide].reset(),
      answer: () => this.reveal(),
      help: () => this.showHelp(),
      leave: () => this.leave(),
      release: () => this.hall.focus(),
    };
    if (action in acts) acts[action]?.();
    else if (!["nothing", "cancel", "hush"].includes(action))
      this.jump(moved(this.at, action, this.deck.slides));
  }

  /** Shows the answer to a question, here and on every phone. */
  reveal() {
    this.slides[this.at.slide].answer();
    this.rooms?.reveal(this.at.slide);
  }

  showOverview() {
    if (!this.overview.node.hidden) return this.close();
    this.over.help.hidden = true;
    this.hall.inert = true;
    return this.overview.open(this.slides, this.at.slide, {
      width: this.hall.clientWidth,
      height: this.hall.clientHeight,
    });
  }

  showHelp() {
    this.close();
    this.over.help.hidden = false;
    this.over.help.focus();
  }

  close() {
    const lay = !this.overview.node.hidden || !this.over.help.hidden;
    this.overview.close();
    this.over.help.hidden = true;
    this.hall.inert = false;
    if (lay) this.hall.focus();
  }

  async toggleScreen() {
    if (document.fullscreenElement) return document.exitFullscreen();
    // If the browser allows it, Esc opens the overview also in full screen.
    await this.screen.requestFullscreen().catch(() => {});
    const { keyboard } = /** @type {{keyboard?: {lock?: (keys: string[]) => Promise<void>}}} */ (
      navigator
    );
    return keyboard?.lock?.(["Escape"]).catch(() => {});
  }

  speak() {
    const shown = this.speaker.show(this.root);
    say(
      /** @type {Element} */ (this.card.querySelector(".lecture-blocked")),
      shown ? "" : "The browser blocked the second window: allow pop-ups for this page.",
    );
    if (!shown) return;
    this.speaker.move(this.at);
    this.timer.tell();
  }

  /** @param {"next" | "back" | "restart"} action */
  fromSpeaker(action) {
    if (action === "restart") return this.timer.restart();
    return this.open ? this.act(action) : this.start();
  }

  /** A small picture of a slide as it is now, for the speaker. @param {Place} place @param {number} width */
  preview({ slide }, width) {
    const there = this.slides[slide];
    return there && this.open
      ? thumbnail(there.node, this.hall.clientWidth, this.hall.clientHeight, width)
      : null;
  }

  /** Goes to the place of an address that the visitor changed. */
  follow() {
    const place = placeOf(location.hash, this.deck.slides);
    if (place) this.start(place);
  }

  resize() {
    clearTimeout(this.resizing);
    this.resizing = setTimeout(() => {
      for (const slide of this.slides) slide.fit(true);
    }, 150);
  }

  /** Sends a question of a live picture's controls to the server. @param {number} slide @param {Record<string, string>} settings @param {number} id of the question */
  ask(slide, settings, id) {
    window.dispatchEvent(
      new CustomEvent("lecture-ask", { detail: { id, slide, step: this.at.step, settings } }),
    );
  }

  /** @param {{id: number, slide: number, scene?: any, error?: string}} answer */
  answer({ slide, ...answer }) {
    this.slides[slide]?.picture?.answer(answer);
  }

  destroy() {
    clearTimeout(this.waiting);
    clearTimeout(this.resizing);
    this.listening?.abort();
    this.timer.stop();
    this.speaker.close();
    this.rooms?.destroy();
    this.scenes.stop();
    for (const slide of this.slides) slide.destroy();
    this.dialog.remove();
    this.card.remove();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene) {
  let lecture = new Lecture(root, scene);
  const pressed = new Pressed(root);
  root.classList.add("lecture");
  const change = (/** @type {Scene} */ next) => {
    if (next.id === lecture.deck.id) return;
    lecture.destroy();
    lecture = new Lecture(root, next);
  };
  return {
    update: (next) => pressed.after(() => change(next)),
    destroy: () => (pressed.stop(), lecture.destroy()),
  };
}
