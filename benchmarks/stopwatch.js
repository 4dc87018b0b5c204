// Runs in each page before the app's own code: records what goes over the socket, and which frame
// first shows a picture. Times are milliseconds since the page was requested.
(() => {
  const wire = { sent: [], received: [] };

  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", ({ data }) => {
        wire.received.push({ at: performance.now(), bytes: data.byteLength ?? data.size ?? data.length });
      });
    }

    send(data) {
      wire.sent.push(performance.now());
      super.send(data);
    }
  };

  // The first matching element, also inside components.
  const find = (selector, root = document) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const host of root.querySelectorAll("*")) {
      const inside = host.shadowRoot && find(selector, host.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };

  const stands = ({ selector, text, says }) => {
    if (says) return [...document.querySelectorAll(selector)].some((node) => node.textContent.includes(says));
    const found = find(selector);
    return found !== null && (text === undefined || found.textContent === text);
  };

  // Resolves in the frame that first shows `picture`.
  const shows = (picture) =>
    new Promise((resolve) => {
      const look = () => (stands(picture) ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });

  // From the next `event` of the visitor to the frame that shows `picture`. `asked` is when the
  // request was sent, `answered` when the server's largest message after it arrived.
  const after = async (event, picture) => {
    const started = await new Promise((resolve) =>
      addEventListener(event, ({ timeStamp }) => resolve(timeStamp), { capture: true, once: true }),
    );
    const drawn = await shows(picture);
    const asked = wire.sent.find((at) => at >= started) ?? NaN;
    const answers = wire.received.filter(({ at }) => at >= asked && at <= drawn);
    const largest = answers.reduce((most, each) => (each.bytes > most.bytes ? each : most), { at: NaN, bytes: 0 });
    return { total: drawn - started, asked: asked - started, answered: largest.at - started, bytes: largest.bytes };
  };

  // Registered before the page's own listeners, because some of them stop a key's event.
  let pressed = NaN;
  addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp), { capture: true });

  // Whether the lecture's slide is shown with its picture.
  const slideStands = (slide) => {
    const picture = slide.querySelector(".lecture-stage");
    if (!picture) return true;
    const stage = picture.shadowRoot?.querySelector(".stage");
    return Boolean(stage?.childElementCount) && !picture.matches(".lecture-fitting");
  };

  // From the next key to the frame that shows the lecture's slide; null if the slide does not change.
  const turned = async () => {
    const hall = find(".lecture-hall");
    const shown = () => hall.querySelector(".lecture-slide:not(.lecture-away)");
    const [from, place, earlier] = [shown(), location.hash, pressed];
    const frame = () => new Promise(requestAnimationFrame);
    while (Object.is(pressed, earlier)) await frame();
    await frame();
    if (location.hash === place) return null;
    while (!slideStands(shown())) await frame();
    // The next frame begins after this one has been drawn.
    const drawn = await frame();
    return { total: drawn - pressed, slide: shown() !== from };
  };

  // Milliseconds between frames, from the next one until the stage stops playing.
  const frames = () =>
    new Promise((resolve) => {
      const button = find(".stage-play");
      const times = [];
      const tick = (now) => {
        times.push(now);
        if (button.getAttribute("aria-label") === "Pause") requestAnimationFrame(tick);
        else resolve(times.slice(1).map((time, index) => time - times[index]));
      };
      button.click();
      requestAnimationFrame(tick);
    });

  // When the next frame has been painted: a message that is posted in it arrives after that.
  const painted = () =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      }),
    );

  // For each choice on slider k of the growth stage from now on: milliseconds from the key or the move
  // of the pointer to the frame that shows the new number, and to the frame that shows the live maps.
  const choices = () => {
    const root = find(".stage").getRootNode();
    const number = () => root.querySelector(".growth-plus").textContent;
    const isLive = () => root.querySelector(".stage-badge").dataset.kind === "live";
    const told = [];
    let began = NaN;
    for (const event of ["keydown", "pointermove"])
      addEventListener(event, ({ timeStamp }) => (began = timeStamp), { capture: true });
    const watch = async (event) => {
      const [from, wanted] = [began, `+${event.composedPath()[0].value}`];
      const choice = { number: NaN, maps: NaN };
      told.push(choice);
      let at = await painted();
      if (number() === wanted) choice.number = at - from;
      while (number() === wanted && !isLive()) at = await painted();
      if (number() === wanted) choice.maps = at - from;
    };
    addEventListener("input", watch, { capture: true });
    return told;
  };

  // For each key from now on: milliseconds to the frame in which an element's text is another one.
  const changes = (selector) => {
    const told = [];
    const text = () => find(selector).textContent;
    const watch = async ({ timeStamp }) => {
      const [before, choice] = [text(), { number: NaN, maps: NaN }];
      told.push(choice);
      let at = await painted();
      while (text() === before) at = await painted();
      choice.number = at - timeStamp;
    };
    addEventListener("keydown", watch, { capture: true });
    return told;
  };

  window.stopwatch = { shows, after, turned, frames, choices, changes };
})();
