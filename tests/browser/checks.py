"""What is looked for on many pages: scrolling sideways, pictures without words, axe's findings."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

# Findings in Streamlit's own markup that an app cannot change: its rule, and where it occurs.
# What is disabled may be pale (WCAG 2.2, 1.4.3); axe does not see whose label such a label is.
STREAMLITS_OWN = {
    "list": '[data-testid="stSidebarNav"]',
    "listitem": '[data-testid="stSidebarNav"]',
    "color-contrast": '[data-testid="stSliderThumbValue"], kbd, label[disabled]',
}
WIDER_THAN_WINDOW_JS = """() => {
  const main = document.querySelector('[data-testid="stMain"]') ?? document.documentElement;
  return {
    document: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    main: main.scrollWidth - main.clientWidth,
  };
}"""
# A picture without a text in its place, also within a component's shadow root.
UNNAMED_PICTURES_JS = """() => {
  const unnamed = [];
  const look = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) look(element.shadowRoot);
      const hidden = element.closest('[aria-hidden="true"], [role="presentation"]') !== null;
      if (hidden || !element.checkVisibility()) continue;
      if (element.matches('img:not([alt])')) unnamed.push(element.outerHTML.slice(0, 200));
      if (element.matches('canvas, svg[role="img"], [data-testid="stPlotlyChart"]')
          && !element.closest('[data-testid="stDataFrame"], [role="img"][aria-label]')
          && !element.ariaLabel && !element.getAttribute('aria-labelledby')
          && !element.querySelector('[aria-label]')) {
        unnamed.push(element.outerHTML.slice(0, 200));
      }
    }
  };
  look(document.querySelector('[data-testid="stMain"]') ?? document);
  return unnamed;
}"""
# Stages paint in an animation frame, some once more when a picture is decoded.
_PAINTED_JS = """() => new Promise((done) => requestAnimationFrame(() =>
  requestAnimationFrame(() => setTimeout(done))))"""


def wait_until_painted(page: Page) -> None:
    """Lets a stage find its size and paint what it was told last."""
    page.evaluate(_PAINTED_JS)


def pixels_of(canvas: Locator) -> str:
    """What a canvas shows once it is painted, as the address of a picture."""
    wait_until_painted(canvas.page)
    address: str = canvas.evaluate("(canvas) => canvas.toDataURL()")
    return address


def deepest(target: list[Any]) -> str:
    """axe names an element by a selector, or within a shadow root by a list of them."""
    last = target[-1]
    return str(last[-1] if isinstance(last, list) else last)


def is_streamlits_own(page: Page, rule: str, target: list[Any]) -> bool:
    where = STREAMLITS_OWN.get(rule)
    if where is None:
        return False
    found = page.locator(deepest(target)).first
    return bool(found.evaluate("(element, where) => element.closest(where) !== null", where))


def axe_findings(page: Page) -> list[str]:
    """What axe finds on a page as it stands, but for what is Streamlit's own."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    only = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    results = Axe().run(page, options=only)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
        if not is_streamlits_own(page, violation["id"], node["target"])
    ]


def focus_as_by_keys(element: Locator) -> None:
    """Focuses an element as the Tab key would, also where a mouse was used before."""
    element.evaluate("(element) => element.focus({ focusVisible: true })")
