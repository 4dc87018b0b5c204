"""DenseNet Viz: page config and navigation. Computes nothing.

`streamlit run app.py` reads this file twice: once as a module, where it finds `app` and starts it
as the server, and then as a script, for each visitor's run.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from densenet_viz import __version__

if TYPE_CHECKING:
    from densenet_viz.ui.pages import PageRow

ASSETS = Path(__file__).parent / "assets"
ABOUT = f"""**DenseNet Viz {__version__}** draws a DenseNet that really runs.

The network: Gao Huang, Zhuang Liu, Laurens van der Maaten and Kilian Q. Weinberger,
*Densely Connected Convolutional Networks*, CVPR 2017."""


def as_page(row: PageRow, *, default: bool) -> st.Page:
    # The icon is part of the title. Given as `icon=` it would also become the tab's icon, and
    # Streamlit makes the browser load that from a font server.
    return st.Page(
        row.path,
        title=f"{row.icon} {row.title}",
        url_path=row.url_path or None,
        default=default,
    )


def show() -> None:
    """Shows the page that the visitor asked for, with the navigation around it."""
    # Not at the top: the server reads this file, too (densenet_viz/ui/__init__).
    from densenet_viz.ui.pages import PAGES, sections
    from densenet_viz.ui.rooms import room_style

    page = st.navigation(
        {
            heading: [as_page(row, default=row is PAGES[0]) for row in rows]
            for heading, rows in sections().items()
        },
        # Or a page with choices in the side bar would show ten pages, and hide the others.
        expanded=True,
    )
    row = next(row for row in PAGES if row.url_path == page.url_path)
    st.set_page_config(
        page_title=f"{row.title} · DenseNet Viz",
        page_icon=ASSETS / "icon.png",
        layout="wide",
        menu_items={"About": ABOUT},
    )
    st.html(ASSETS / "app.css")
    st.html(f"<style>{room_style(row.name)}</style>")
    page.run()


def prepare() -> None:
    """Loads what the first page needs before the server answers, so that no visitor waits for it.

    torch is not loaded: the first page needs no network.
    """
    # Or a folder named `pages` would be Streamlit's older kind of multipage app (densenet_viz/ui).
    PagesManager.uses_pages_directory = False
    # Streamlit asks for the stack at its first element; the second time that is quick.
    inspect.stack()
    from densenet_viz.lecture.page import pack_files
    from densenet_viz.stage.overview import ideas, scene  # noqa: F401
    from densenet_viz.ui import current, pages, rooms, stages, suited, warmup  # noqa: F401

    HALL.ahead = files_ahead(STATIC)
    pack_files()
    current.sample(suited.DEFAULT_PICTURE)


if __name__ == "__main__":
    show()
else:
    from densenet_viz.lecture.hints import files_ahead, hints
    from densenet_viz.lecture.server import HALL, routes

    @asynccontextmanager
    async def prepared(_app: st.App) -> AsyncIterator[None]:
        prepare()
        yield

    STATIC = Path(st.__file__).parent / "static"
    BASE: str = st.get_option("server.baseUrlPath")
    app = st.App(
        __file__,
        lifespan=prepared,
        routes=routes(HALL, BASE),
        middleware=[hints("overview", STATIC, BASE)],
    )
