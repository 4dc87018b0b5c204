// Controlling a room: sends only the newest move, and texts about the room. Does not use the DOM.

/** Sends one thing at a time; then only the newest of those that came in the meantime. @template T */
export class Latest {
  /** @param {(thing: T) => Promise<unknown>} send */
  constructor(send) {
    this.send = send;
    this.busy = false;
    /** @type {T | null} */
    this.waiting = null;
  }

  /** @param {T} thing */
  async give(thing) {
    this.waiting = thing;
    if (this.busy) return;
    this.busy = true;
    while (this.waiting !== null) {
      const next = this.waiting;
      this.waiting = null;
      await this.send(next).catch(() => {});
    }
    this.busy = false;
  }
}

/** Numbers repeated questions: an answer counts unless the answer to a later question has come already. */
export class Ordered {
  constructor() {
    this.asked = 0;
    this.answered = 0;
  }

  /** @returns {number} the number of a new question */
  ask() {
    this.asked += 1;
    return this.asked;
  }

  /** Whether the answer to a question counts. @param {number} question */
  take(question) {
    if (question <= this.answered) return false;
    this.answered = question;
    return true;
  }
}

/** A code in two halves, easier to read aloud. @param {string} code */
export function spaced(code) {
  const half = code.length / 2;
  return `${code.slice(0, half)} ${code.slice(half)}`;
}

/** Whether phones cannot reach an address, because it works only on this machine. @param {string} origin */
export function isLocal(origin) {
  const { hostname } = new URL(origin);
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    hostname.startsWith("127.")
  );
}

/** @param {string} origin */
export function localWords(origin) {
  return isLocal(origin)
    ? `Phones cannot open this: on a phone, ${new URL(origin).host} means the phone itself. Open this page with this machine's network address, then let students follow.`
    : "";
}

/** @param {number} count */
export function followersWords(count) {
  return count === 1 ? "1 phone follows" : `${count} phones follow`;
}

/** @param {number[]} counts @param {number} followers */
export function answeredWords(counts, followers) {
  const answers = counts.reduce((sum, count) => sum + count, 0);
  return `${answers} of ${Math.max(answers, followers)} answered`;
}
