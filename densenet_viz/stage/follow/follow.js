// A phone in the lecture: joins by a code, shows the slide where the hall is, and answers questions.

import { answerBars } from "../shared/answer-bars.js";
import { h, say } from "../shared/dom.js";
import { FollowSlides } from "./slides.js";
import { askedAt, askedWords, catchUpWords, placeOf, same, tidy, waitBefore } from "./state.js";

/** @typedef {import("../lecture/place.js").Scene} Scene */
/** @typedef {import("../lecture/place.js").Place} Place */
/** @typedef {import("./state.js").State} State */

const JSON_HEADERS = { "Content-Type": "application/json" };

/** What the server refuses to do, in its own sentence. */
class Refused extends Error {
  /** @param {string} sentence @param {number} status HTTP's number for the reason */
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/**
 * @param {string} address @param {Record<string, unknown>} [content] posted as JSON
 * @returns {Promise<any>}
 */
async function ask(address, content) {
  const posted = content && { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(content) };
  const answer = await fetch(address, posted);
  if (answer.status >= 500 && answer.status !== 503) throw new Error(`status ${answer.status}`);
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.error, answer.status);
  return told;
}

export class Follow {
  /** @param {HTMLElement} root @param {string} base the path before the app's own */
  constructor(root, base) {
    this.base = base;
    this.code = "";
    this.follower = "";
    this.tries = 0;
    this.following = true;
    /** @type {Place} */
    this.own = { slide: 0, step: 0 };
    /** @type {Record<number, number>} */
    this.choices = {};
    /** @type {State | null} */
    this.state = null;
    /** @type {Scene | null} */
    this.deck = null;
    /** @type {FollowSlides | null} */
    this.slides = null;
    /** @type {EventSource | null} */
    this.events = null;
    this.asking = "";
    this.input = h("input", { ...{ id: "code", name: "code", autocomplete: "off", autocapitalize: "characters" }, ...{ spellcheck: "false", required: true, maxlength: 20 } });
    this.form = h(
      "form",
      { class: "follow-form", hidden: true, onsubmit: (/** @type {Event} */ event) => this.typed(event) },
      h("h1", {}, "Follow the lecture"),
      h("label", { for: "code" }, "Code on the screen in the hall"),
      this.input,
      h("button", { class: "follow-button follow-main" }, "Join"),
    );
    this.line = h("p", { class: "follow-line", role: "status", "aria-live": "polite" });
    this.catchUp = h("button", { type: "button", class: "follow-button follow-main", hidden: true, onclick: () => this.back() });
    this.stage = h("div", { class: "follow-stage" });
    this.question = h("section", { class: "follow-question", "aria-label": "Question", hidden: true });
    this.said = h("p", { class: "follow-said", role: "status", "aria-live": "polite" });
    const play = h("a", { href: `${base}/growth_rate`, target: "_blank", rel: "noopener", class: "follow-play" }, "Play with the network (a new tab; come back here to catch up)");
    this.foot = h("footer", { hidden: true }, play);
    root.replaceChildren(this.line, this.form, this.catchUp, this.question, this.stage, this.foot);
    document.addEventListener("visibilitychange", () => this.awake());
  }

  /** @param {string} code */
  start(code) {
    this.code = code;
    if (code) this.join();
    else this.enter("");
  }

  /** Asks for a code. @param {string} why */
  enter(why) {
    say(this.line, why);
    this.form.hidden = false;
    this.input.value = this.code;
    this.input.focus();
  }

  /** @param {Event} event */
  typed(event) {
    event.preventDefault();
    this.code = tidy(this.input.value);
    history.replaceState(null, "", `${this.base}/follow/${encodeURIComponent(this.code)}`);
    this.join();
  }

  get kept() {
    return `densenet-viz-follower-${this.code}`;
  }

  get room() {
    return `${this.base}/hall/${encodeURIComponent(this.code)}`;
  }

  async join() {
    clearTimeout(this.timer);
    this.form.hidden = true;
    say(this.line, this.deck ? "Connecting again …" : "Joining …");
    try {
      const told = await ask(`${this.room}/join`, { follower: sessionStorage.getItem(this.kept) ?? "" });
      this.follower = told.follower;
      sessionStorage.setItem(this.kept, told.follower);
      await this.show(told.deck);
      this.take(told.state);
      this.listen();
    } catch (error) {
      if (error instanceof Refused) this.refused(error);
      else this.again();
    }
  }

  /** @param {Refused} reason */
  refused({ message, status }) {
    // A room that had let this phone in and is no more has ended while the line was broken.
    if (this.deck && status === 404) this.end();
    else if (this.deck) say(this.line, `${message} The slides stay here until you close the page.`);
    else this.enter(message);
  }

  /** Tries again after a while. */
  again() {
    this.events?.close();
    this.events = null;
    say(this.line, "No connection. Trying again …");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.join(), waitBefore(this.tries++, Math.random()));
  }

  /** A phone that was put away may have lost its line without noticing. */
  awake() {
    if (document.visibilityState === "visible" && this.timer && !this.events) this.join();
  }

  /** Loads the slides, once. @param {string} key */
  async show(key) {
    if (this.deck) return;
    say(this.line, "Loading the slides …");
    const deck = /** @type {Scene} */ (await ask(`${this.base}/hall/decks/${key}.json`));
    this.deck = deck;
    document.title = `${deck.title} · DenseNet Viz`;
    this.slides = new FollowSlides(deck, (place) => this.moved(place));
    this.stage.replaceChildren(h("h1", { class: "stage-hidden" }, deck.title), this.slides.node);
    this.foot.hidden = false;
  }

  listen() {
    this.events?.close();
    const events = new EventSource(`${this.room}/events?follower=${encodeURIComponent(this.follower)}`);
    this.events = events;
    events.addEventListener("open", () => ((this.tries = 0), say(this.line, `Following ${this.code}`)));
    events.addEventListener("state", (event) => this.take(JSON.parse(event.data)));
    events.addEventListener("closed", () => this.end());
    events.addEventListener("error", () => this.again());
  }

  end() {
    this.events?.close();
    this.events = null;
    this.timer = undefined;
    sessionStorage.removeItem(this.kept);
    this.catchUp.hidden = true;
    say(this.line, "The lecture has ended, and nothing of it was kept. The slides stay here until you close the page.");
    this.question.querySelectorAll("button").forEach((button) => (button.disabled = true));
  }

  /** What the hall has come to. @param {State} state */
  take(state) {
    this.state = state;
    const slides = this.deck?.slides ?? [];
    for (const [slide, { right }] of Object.entries(state.revealed)) {
      const question = slides[Number(slide) - 1]?.question;
      if (question) question.right = right;
    }
    if (this.following) this.back();
    else this.draw();
  }

  /** To where the hall is. */
  back() {
    if (!this.state) return;
    this.following = true;
    this.own = placeOf(this.state);
    this.slides?.go(this.own);
    this.draw();
  }

  /** The follower went somewhere. @param {Place} place */
  moved(place) {
    this.own = place;
    if (!this.state) return;
    this.following = same(place, placeOf(this.state));
    this.draw();
  }

  draw() {
    if (!this.state || !this.deck) return;
    const together = same(this.own, placeOf(this.state));
    this.catchUp.hidden = together;
    if (!together) say(this.catchUp, catchUpWords(this.state, this.own));
    const asked = askedAt(this.deck.slides, this.state, this.own, this.choices);
    const key = JSON.stringify(asked);
    if (key === this.asking) return;
    this.asking = key;
    this.question.hidden = !asked;
    if (asked) this.drawQuestion(asked);
  }

  /** @param {import("./state.js").Asked} asked */
  drawQuestion(asked) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.option;
    const part = asked.counts ? answerBars(asked.options, asked.counts, asked.right, asked.chosen) : this.options(asked);
    this.question.replaceChildren(h("h2", {}, asked.text), part, this.said);
    say(this.said, askedWords(asked));
    if (focused) /** @type {HTMLElement | null} */ (part.querySelector(`[data-option="${focused}"]`))?.focus();
  }

  /** @param {import("./state.js").Asked} asked */
  options({ slide, options, chosen }) {
    return h(
      "div",
      { class: "follow-options" },
      ...options.map((option, place) =>
        h(
          "button",
          { type: "button", class: "follow-button", "data-option": place, "aria-pressed": String(place === chosen), onclick: () => this.answer(slide, place) },
          option,
        ),
      ),
    );
  }

  /** @param {number} slide @param {number} option */
  async answer(slide, option) {
    try {
      await ask(`${this.room}/answer`, { follower: this.follower, slide, option });
      this.choices[slide] = option;
      this.draw();
    } catch (error) {
      say(this.said, error instanceof Refused ? error.message : "Your choice did not arrive: choose again.");
    }
  }
}
