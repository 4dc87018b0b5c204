"""What every test shares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run and machine, and no deadline on a machine that may be busy.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: they are the slowest, and Playwright keeps a loop running."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """Each new `AppTest` reads the metadata of all installed packages; here only the first does."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """A page that Streamlit has run stays `__main__`, and new processes would run it, too."""
    mine = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = mine


@pytest.fixture(autouse=True)
def no_answers() -> Iterator[None]:
    """The app remembers answers by a model's name; tests give small models others' names."""
    yield
    if "densenet_viz.ui.attribution.answers" in sys.modules:
        from densenet_viz.ui.attribution import answers
        from densenet_viz.ui.work import owners

        owners._shared().kept.pop(answers.ANSWERS, None)


@pytest.fixture(autouse=True)
def own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that another test has left behind does not keep this one's jobs waiting."""
    if "densenet_viz.ui.work.queue" in sys.modules:
        queue = sys.modules["densenet_viz.ui.work.queue"]
        monkeypatch.setattr(queue, "QUEUE", queue.Queue())


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parent.parent
