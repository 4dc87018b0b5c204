"""How a slide of the lecture fits its window: what is too small, cut off, or scrolls."""

from __future__ import annotations

from playwright.sync_api import Page, expect

READY_MILLISECONDS = 30_000
# A slide is ready when its picture, if it has one, is mounted and has found its size, and when
# nothing has moved for a moment: a new size of the window is answered a little later.
_READY_JS = """([number, calm]) => {
  const slide = window.slideOf(number);
  const host = slide?.querySelector('.lecture-stage');
  const still = !host || (host.shadowRoot.querySelector('.stage') && host.style.zoom
    && !host.matches('.lecture-fitting'));
  const seen = JSON.stringify([
    number, innerWidth, innerHeight, host?.style.zoom, slide?.scrollHeight,
    host?.getBoundingClientRect().height,
  ]);
  if (!slide || slide.classList.contains('lecture-away') || !still || seen !== window.slideSeen) {
    window.slideSeen = seen;
    window.slideSince = performance.now();
    return false;
  }
  return performance.now() - window.slideSince >= calm;
}"""
_CALM_MILLISECONDS = 250
# What of a slide is too small, cut off, or has to be scrolled to. A letter's size is told by how
# tall its line is, so that zoom and an SVG's scale count, too.
_FAULTS_JS = """([number, least]) => {
  const slide = window.slideOf(number);
  const seen = { visibilityProperty: true, opacityProperty: true };
  const ROOMS = '.lecture-room, .lecture-words, .lecture-table, .lecture-slide';
  const faults = [];
  const tall = new Map();
  const tallOf = ({ fontFamily, fontWeight }) => {
    const key = `${fontFamily}|${fontWeight}`;
    if (!tall.has(key)) {
      const probe = document.createElement('span');
      probe.textContent = 'Hg';
      probe.style.cssText = 'position:fixed;left:0;top:0;font-size:100px;line-height:1';
      Object.assign(probe.style, { fontFamily, fontWeight });
      document.body.append(probe);
      const range = document.createRange();
      range.selectNodeContents(probe);
      tall.set(key, range.getClientRects()[0].height / 100);
      probe.remove();
    }
    return tall.get(key);
  };
  const cutBy = (rect, from) => {
    const above = (node) => node.parentElement ?? node.getRootNode().host;
    for (let node = from; node && node.tagName !== 'DIALOG'; node = above(node)) {
      const style = getComputedStyle(node);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const box = node.getBoundingClientRect();
      const across = rect.left < box.left - 2 || rect.right > box.right + 2;
      if (across || rect.top < box.top - 3 || rect.bottom > box.bottom + 3) return node;
    }
    return null;
  };
  const look = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.shadowRoot) look(node.shadowRoot);
      const holder = node.parentElement;
      if (node.nodeType !== Node.TEXT_NODE) {
        const down = node.scrollHeight - node.clientHeight;
        const scrolls = node.matches?.(ROOMS);
        if (scrolls && down > 1 && node.checkVisibility(seen)) faults.push(`scrolls by ${down}`);
        continue;
      }
      const text = node.textContent.trim();
      if (!text || !holder?.checkVisibility(seen)) continue;
      if (holder.closest('style, title, option, .stage-hidden')) continue;
      if (holder.matches('figcaption') && holder.offsetWidth <= 1) continue; // only read out
      const range = document.createRange();
      range.selectNodeContents(node);
      const rect = [...range.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
      if (!rect) continue;
      const size = rect.height / tallOf(getComputedStyle(holder));
      if (size < least - 0.4) faults.push(`${size.toFixed(1)} px: ${text}`);
      const cut = cutBy(rect, holder);
      if (cut) faults.push(`cut by ${cut.className}: ${text}`);
    }
  };
  look(slide);
  return faults;
}"""
_FIND_JS = """window.slideOf = (number) => [...document.querySelectorAll('*')]
  .map((node) => node.shadowRoot).filter(Boolean)
  .flatMap((root) => [...root.querySelectorAll(`.lecture-hall > [data-slide="${number}"]`)])[0]"""


def go_to_slide(page: Page, slide: int, step: int, slides: int) -> None:
    """Goes to a step of a slide, out of so many, and waits until it stands still."""
    page.evaluate(_FIND_JS)
    page.evaluate("(address) => { location.hash = address; }", f"#{slide}.{step}")
    expect(page.locator(".lecture-place")).to_have_text(f"{slide} / {slides}")
    given = [slide, _CALM_MILLISECONDS]
    page.wait_for_function(_READY_JS, arg=given, polling=50, timeout=READY_MILLISECONDS)


def faults_of(page: Page, slide: int, least: float) -> list[str]:
    """What of the slide that is shown is smaller than `least` CSS pixels, cut off, or scrolls."""
    faults: list[str] = page.evaluate(_FAULTS_JS, [slide, least])
    return faults
