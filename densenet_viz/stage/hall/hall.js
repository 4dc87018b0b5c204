// Following, on the presenter's page: opens a room, shows its code, sends each move, shows answers.

import { answerBars } from "../shared/answer-bars.js";
import { h, say } from "../shared/dom.js";
import {
  answeredWords,
  followersWords,
  Latest,
  localWords,
  Ordered,
  spaced,
} from "./hall-state.js";

/** @typedef {import("../lecture/place.js").Place} Place */
/** @typedef {import("../lecture/place.js").Scene} Scene */
/** @typedef {{code: string, token: string, address: string, qr: string, key: string}} Room */
/** @typedef {{followers: number, questions: Record<string, {counts: number[], revealed: boolean}>}} Tally */

const KEPT = "densenet-viz-room";
const POLL_MILLISECONDS = 2000;
/** A request times out after this many milliseconds: a dead connection gives no error. */
const PATIENCE = 8000;
const WITHOUT =
  "Students cannot follow: this server was started without the routes for it. Start it with streamlit run app.py.";

/** A refusal by the server, with its message. */
class Refused extends Error {}

export class LectureHall {
  /**
   * @param {Scene} deck
   * @param {string} app the app's address
   * @param {(slide: number) => Element | null | undefined} questionOf the element of a slide's question, by the slide's place
   */
  constructor(deck, app, questionOf) {
    const { hall } = deck;
    this.deck = deck;
    this.app = app;
    this.hall = hall;
    this.questionOf = questionOf;
    /** @type {Room | null} */
    this.room = null;
    /** @type {Tally | null} */
    this.tally = null;
    this.gone = false;
    /** @type {Place} */
    this.at = { slide: 0, step: 0 };
    /** How many pictures are made. */
    this.pictures = 0;
    /** Whether phones may not know the presenter's place. */
    this.untold = false;
    this.moves = new Latest((/** @type {Place} */ place) => this.sendMove(place));
    this.polls = new Ordered();
    this.openButton = h(
      "button",
      { type: "button", class: "lecture-button", disabled: !hall, onclick: () => this.open() },
      "Let students follow",
    );
    this.closeButton = h(
      "button",
      { type: "button", class: "lecture-button", onclick: () => this.close() },
      "Stop following",
    );
    this.line = h(
      "p",
      { class: "rooms-line", role: "status", "aria-live": "polite" },
      hall ? "" : WITHOUT,
    );
    this.code = h("p", { class: "rooms-code" });
    this.picture = h("img", { class: "rooms-qr", alt: "QR code of the address for phones" });
    this.address = h("p", { class: "rooms-address" });
    this.local = h("p", { class: "rooms-local" });
    this.count = h("p", { class: "rooms-count" });
    this.card = h(
      "div",
      { class: "rooms-card", hidden: true },
      this.picture,
      h("div", {}, this.address, this.code, this.count, this.local, this.closeButton),
    );
    /** For the page: the button, then code and QR code. */
    this.node = h(
      "section",
      { class: "rooms", "aria-label": "Following on phones" },
      this.openButton,
      this.line,
      this.card,
    );
    this.badgeCode = h("b", {});
    this.badgeCount = h("span", {});
    const shown = h(
      "button",
      {
        type: "button",
        class: "rooms-badge",
        title: "Show the code and the QR code",
        onclick: () => this.large.togglePopover(),
      },
      "follow ",
      this.badgeCode,
      " ",
      this.badgeCount,
    );
    this.largePicture = h("img", { class: "rooms-qr", alt: "QR code of the address for phones" });
    this.largeAddress = h("p", { class: "rooms-address" });
    this.largeCode = h("p", { class: "rooms-code" });
    this.large = h(
      "div",
      { class: "rooms-large", popover: "auto", role: "dialog", "aria-label": "Code for phones" },
      this.largePicture,
      this.largeAddress,
      this.largeCode,
    );
    /** In a corner of each slide: the code, and how many follow or have answered. A click shows the code large, for latecomers. */
    this.badge = h("span", { class: "rooms-corner", hidden: true }, shown, this.large);
    this.resume();
  }

  /** @param {string} what @param {Record<string, unknown>} [content] */
  async post(what, content = {}) {
    const path = what === "open" ? "open" : `${this.room?.code}/${what}`;
    const answer = await fetch(`${this.app}/hall/${path}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(this.room ? { Authorization: `Bearer ${this.room.token}` } : {}),
      },
      body: JSON.stringify(content),
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.headers.get("content-type") !== "application/json") throw new Refused(WITHOUT);
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Refused(told.error), { status: answer.status });
    return told;
  }

  async open() {
    this.openButton.disabled = true;
    say(this.line, "Opening …");
    try {
      const key = this.hall?.key ?? "";
      const room = { ...(await this.post("open", { deck: key, origin: location.origin })), key };
      sessionStorage.setItem(KEPT, JSON.stringify(room));
      if (!this.gone) this.lead(room);
    } catch (error) {
      this.openButton.disabled = false;
      say(
        this.line,
        error instanceof Refused ? error.message : "The server did not answer. Try again.",
      );
    }
  }

  /** After a reload the window still controls its room. */
  resume() {
    const kept = sessionStorage.getItem(KEPT);
    if (!kept || !this.hall) return;
    const room = /** @type {Room} */ (JSON.parse(kept));
    if (room.key === this.hall.key) this.lead(room);
  }

  /** @param {Room} room */
  lead(room) {
    this.room = room;
    say(this.line, "");
    for (const node of [this.code, this.largeCode, this.badgeCode]) say(node, spaced(room.code));
    for (const node of [this.address, this.largeAddress])
      say(node, room.address.replace(/^https?:\/\//, ""));
    for (const node of [this.picture, this.largePicture]) node.src = room.qr;
    say(this.local, localWords(location.origin));
    this.show();
    this.moves.give(this.at);
    this.polling = setInterval(() => this.poll(), POLL_MILLISECONDS);
    this.poll();
  }

  /** @param {Place} place */
  async sendMove({ slide, step }) {
    const { room } = this;
    try {
      await this.post("move", { slide: slide + 1, step });
    } catch (error) {
      this.untold = true;
      this.failed(error, room);
    }
  }

  async poll() {
    const { room } = this;
    const question = this.polls.ask();
    try {
      const tally = await this.post("tally");
      if (this.room !== room || !this.polls.take(question)) return;
      this.tally = tally;
      say(this.line, "");
      this.show();
      if (!this.untold) return;
      this.untold = false;
      this.moves.give(this.at);
    } catch (error) {
      this.failed(error, room);
    }
  }

  /** More pictures are made; the server tells the phones at the next poll. @param {number} pictures */
  made(pictures) {
    if (pictures > this.pictures && this.room) this.poll();
    this.pictures = pictures;
  }

  /** @param {unknown} error @param {Room | null} room that the request was for; another one may be open now */
  failed(error, room) {
    if (!room || this.room !== room) return;
    const gone = error instanceof Refused && [403, 404].includes(/** @type {any} */ (error).status);
    if (gone) this.forget("The room is closed. Let students follow again to get a new code.");
    else say(this.line, "No connection to the phones. Trying again …");
  }

  async close() {
    await this.post("close").catch(() => {});
    this.forget("The room is closed. Nothing was stored.");
  }

  /** @param {string} why */
  forget(why) {
    clearInterval(this.polling);
    sessionStorage.removeItem(KEPT);
    this.room = this.tally = null;
    say(this.line, why);
    this.show();
  }

  /** The presenter goes to a place; phones get it as soon as possible. @param {Place} at */
  move(at) {
    this.at = at;
    if (this.large.isConnected) this.large.hidePopover();
    if (this.room) this.moves.give(at);
    this.show();
  }

  /** Shows everybody the answers to a slide's question. @param {number} slide its place, from 0 */
  reveal(slide) {
    const { room } = this;
    if (room && this.deck.slides[slide].question)
      this.post("reveal", { slide: slide + 1 }).then(
        () => this.poll(),
        (error) => this.failed(error, room),
      );
  }

  show() {
    const { room, tally } = this;
    this.openButton.hidden = room !== null;
    this.openButton.disabled = !this.hall;
    this.card.hidden = this.badge.hidden = room === null;
    const asked = tally?.questions[this.at.slide + 1];
    const follow = tally ? followersWords(tally.followers) : "";
    say(this.count, follow);
    say(this.badgeCount, asked && tally ? answeredWords(asked.counts, tally.followers) : follow);
    this.bars(asked);
  }

  /** Shows the answers on the slide, but only after they are revealed. @param {{counts: number[], revealed: boolean} | undefined} asked */
  bars(asked) {
    const { slide } = this.at;
    const question = this.questionOf(slide);
    const before = question?.querySelector(".answer-bars");
    const told = this.deck.slides[slide].question;
    if (asked?.revealed && told && question) {
      const bars = answerBars(told.options, asked.counts, told.right);
      if (before) before.replaceWith(bars);
      else question.append(bars);
    } else before?.remove();
    question?.classList.toggle("rooms-told", Boolean(asked?.revealed));
  }

  destroy() {
    this.gone = true;
    this.room = null;
    clearInterval(this.polling);
    this.node.remove();
    this.badge.remove();
  }
}
