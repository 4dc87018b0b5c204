// A phone in the lecture: joins with a code, shows the presenter's slide, and answers questions.

import { Latest } from "../hall/hall-state.js";
import { loader, Scenes } from "../lecture/scenes.js";
import { answerBars } from "../shared/answer-bars.js";
import { h, say } from "../shared/dom.js";
import { onWake, Pulse } from "./pulse.js";
import { FollowSlides } from "./slides.js";
import { askedAt, askedWords, catchUpWords, placeOf, same, tidy, waitBefore } from "./state.js";

/** @typedef {import("../lecture/place.js").Scene} Scene */
/** @typedef {import("../lecture/place.js").Place} Place */
/** @typedef {import("./state.js").State} State */

const JSON_HEADERS = { "Content-Type": "application/json" };
/** A request for a choice times out after this many milliseconds. */
const PATIENCE = 10_000;

/** A refusal by the server, with its message. */
class Refused extends Error {
  /** @param {string} sentence @param {number} status the HTTP status */
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/**
 * @param {string} address
 * @param {{content?: Record<string, unknown>, signal: AbortSignal, alive?: () => void}} how `content` is posted as JSON; `alive` is called whenever something arrives
 * @returns {Promise<any>}
 */
async function ask(address, { content, signal, alive = () => {} }) {
  const posted = content && {
    method: "POST",
    headers: JSON_HEADERS,
    body: JSON.stringify(content),
  };
  const answer = await fetch(address, { ...posted, signal });
  alive();
  if (answer.status >= 500 && answer.status !== 503) throw new Error(`status ${answer.status}`);
  const told = JSON.parse(await textOf(answer, alive));
  if (!answer.ok) throw new Refused(told.error, answer.status);
  return told;
}

/** @param {Response} answer @param {() => void} alive called for each part that arrives */
async function textOf(answer, alive) {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    alive();
    text += decoder.decode(part.value, { stream: true });
  }
  return text;
}

export class Follow {
  /** @param {HTMLElement} root @param {string} base the path under which the app is served */
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
    /** @type {Scenes | null} */
    this.scenes = null;
    /** @type {EventSource | null} */
    this.events = null;
    this.asking = "";
    /** Whether this phone should be in a room: false while it asks for a code and after the end. */
    this.active = false;
    this.pulse = new Pulse(() => this.join());
    this.joining = new AbortController();
    /** @type {Record<number, Latest<number>>} by slide: choices are sent in the order in which they are made */
    this.sending = {};
    this.input = h("input", {
      ...{ id: "code", name: "code", autocomplete: "off", autocapitalize: "characters" },
      ...{ spellcheck: "false", required: true, maxlength: 20 },
    });
    this.form = h(
      "form",
      {
        class: "follow-form",
        hidden: true,
        onsubmit: (/** @type {Event} */ event) => this.typed(event),
      },
      h("h1", {}, "Follow the lecture"),
      h("label", { for: "code" }, "Code on the screen in the hall"),
      this.input,
      h("button", { class: "follow-button follow-main" }, "Join"),
    );
    this.line = h("p", { class: "follow-line", role: "status", "aria-live": "polite" });
    this.catchUp = h("button", {
      type: "button",
      class: "follow-button follow-main",
      hidden: true,
      onclick: () => this.back(),
    });
    this.stage = h("div", { class: "follow-stage" });
    this.question = h("section", {
      class: "follow-question",
      "aria-label": "Question",
      hidden: true,
    });
    this.said = h("p", { class: "follow-said", role: "status", "aria-live": "polite" });
    const play = h(
      "a",
      { href: `${base}/growth_rate`, target: "_blank", rel: "noopener", class: "follow-play" },
      "Try the network yourself (in a new tab; come back here later)",
    );
    this.foot = h("footer", { hidden: true }, play);
    root.replaceChildren(this.line, this.form, this.catchUp, this.question, this.stage, this.foot);
    onWake(document, window, () => this.active && this.join());
  }

  /** @param {string} code */
  start(code) {
    this.code = code;
    if (code) this.join();
    else this.enter("");
  }

  /** Asks for a code. @param {string} why */
  enter(why) {
    this.rest();
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

  /** Joins, or joins again: closes the old connection, which may be dead, and ignores what it still sends. */
  async join() {
    this.hangUp();
    this.active = true;
    this.form.hidden = true;
    say(this.line, this.deck ? "Connecting again …" : "Joining …");
    const { signal } = (this.joining = new AbortController());
    const alive = () => this.pulse.beat();
    alive();
    try {
      const content = { follower: sessionStorage.getItem(this.kept) ?? "" };
      const told = await ask(`${this.room}/join`, { content, signal, alive });
      if (signal.aborted) return;
      this.follower = told.follower;
      sessionStorage.setItem(this.kept, told.follower);
      await this.show(told.deck, { signal, alive });
      if (signal.aborted) return;
      this.take(told.state);
      this.listen();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused) this.refused(error);
      else this.again();
    }
  }

  /** Closes the connection, and stops all that waits for it or for a new one. */
  hangUp() {
    this.joining.abort();
    this.events?.close();
    this.events = null;
    clearTimeout(this.timer);
    this.pulse.stop();
  }

  /** Stops: nothing is tried again without the visitor. */
  rest() {
    this.hangUp();
    this.active = false;
  }

  /** @param {Refused} reason */
  refused({ message, status }) {
    // This phone was in the room, and the room is gone: it ended while there was no connection.
    if (this.deck && status === 404) this.end();
    else if (this.deck) {
      this.hangUp(); // it joins again when the phone wakes: a full lecture may have a free place then
      say(this.line, `${message} The slides stay here until you close the page.`);
    } else this.enter(message);
  }

  /** Tries again after a while. */
  again() {
    this.hangUp();
    say(this.line, "No connection. Trying again …");
    this.timer = setTimeout(() => this.join(), waitBefore(this.tries++, Math.random()));
  }

  /** Loads the slides, once. @param {string} key @param {{signal: AbortSignal, alive: () => void}} how */
  async show(key, how) {
    if (this.deck) return;
    say(this.line, "Loading the slides …");
    const deck = /** @type {Scene} */ (await ask(`${this.base}/hall/decks/${key}.json`, how));
    if (how.signal.aborted) return;
    this.deck = deck;
    document.title = `${deck.title} · DenseNet Viz`;
    this.scenes = new Scenes(deck.scenes, loader(this.base, key));
    this.slides = new FollowSlides(deck, this.scenes, (place) => this.moved(place));
    this.stage.replaceChildren(h("h1", { class: "stage-hidden" }, deck.title), this.slides.node);
    this.foot.hidden = false;
  }

  listen() {
    const events = new EventSource(
      `${this.room}/events?follower=${encodeURIComponent(this.follower)}`,
    );
    this.events = events;
    for (const sign of ["open", "state", "heartbeat"])
      events.addEventListener(sign, () => this.pulse.beat());
    events.addEventListener(
      "open",
      () => ((this.tries = 0), say(this.line, `Following ${this.code}`)),
    );
    events.addEventListener("state", (event) => this.take(JSON.parse(event.data)));
    events.addEventListener("closed", () => this.end());
    events.addEventListener("error", () => this.again());
  }

  end() {
    this.rest();
    sessionStorage.removeItem(this.kept);
    this.catchUp.hidden = true;
    say(
      this.line,
      "The lecture has ended. Nothing was stored. The slides stay here until you close the page.",
    );
    this.question.querySelectorAll("button").forEach((button) => (button.disabled = true));
  }

  /** Takes the lecture's new state; a state that is older than the known one came late. @param {State} state */
  take(state) {
    if (this.state && state.version < this.state.version) return;
    if (state.pictures !== this.state?.pictures) this.scenes?.again();
    this.state = state;
    const slides = this.deck?.slides ?? [];
    for (const [slide, { right }] of Object.entries(state.revealed)) {
      const question = slides[Number(slide) - 1]?.question;
      if (question) question.right = right;
    }
    if (this.following) this.back();
    else this.draw();
  }

  /** Goes to the presenter's place. */
  back() {
    if (!this.state) return;
    this.following = true;
    this.own = placeOf(this.state);
    this.slides?.go(this.own);
    this.draw();
  }

  /** The follower has gone to a place. @param {Place} place */
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
    const part = asked.counts
      ? answerBars(asked.options, asked.counts, asked.right, asked.chosen)
      : this.options(asked);
    this.question.replaceChildren(h("h2", {}, asked.text), part, this.said);
    say(this.said, askedWords(asked));
    if (focused)
      /** @type {HTMLElement | null} */ (part.querySelector(`[data-option="${focused}"]`))?.focus();
  }

  /** @param {import("./state.js").Asked} asked */
  options({ slide, options, chosen }) {
    return h(
      "div",
      { class: "follow-options" },
      ...options.map((option, place) =>
        h(
          "button",
          {
            type: "button",
            class: "follow-button",
            "data-option": place,
            "aria-pressed": String(place === chosen),
            onclick: () => this.answer(slide, place),
          },
          option,
        ),
      ),
    );
  }

  /** @param {number} slide @param {number} option */
  answer(slide, option) {
    this.sending[slide] ??= new Latest((/** @type {number} */ newest) => this.send(slide, newest));
    this.sending[slide].give(option);
  }

  /** @param {number} slide @param {number} option */
  async send(slide, option) {
    const content = { follower: this.follower, slide, option };
    try {
      await ask(`${this.room}/answer`, { content, signal: AbortSignal.timeout(PATIENCE) });
      this.choices[slide] = option;
      this.draw();
    } catch (error) {
      say(
        this.said,
        error instanceof Refused ? error.message : "Your choice was not sent. Choose again.",
      );
    }
  }
}
