"""DenseNet Viz: page config and navigation. Computes nothing.

`streamlit run app.py` reads this file twice: once as a module, where it finds `app` and starts it
as the server, and then as a script, for each visitor's run.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import streamlit as st

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
    # Not at the top: a visitor's run must import that package first (densenet_viz/ui/__init__).
    from densenet_viz.ui.pages import PAGES, sections
    from densenet_viz.ui.rooms import room_style

    page = st.navigation(
        {
            heading: [as_page(row, default=row is PAGES[0]) for row in rows]
            for heading, rows in sections().items()
        }
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


def import_for_overview() -> None:
    """Imports the modules of the first page, except those that only a visitor's run may import."""
    # Streamlit asks for the stack at its first element; the second time that is quick.
    inspect.stack()
    import densenet_viz.network.models
    import densenet_viz.scenes.generator
    import densenet_viz.stage.overview.ideas
    import densenet_viz.stage.overview.scene  # noqa: F401


if __name__ == "__main__":
    show()
else:
    from densenet_viz.lecture.hints import hints
    from densenet_viz.lecture.server import HALL, routes

    @asynccontextmanager
    async def load_ahead(_app: st.App) -> AsyncIterator[None]:
        """Loads what the first page imports while the first visitor's browser starts."""
        Thread(target=import_for_overview, daemon=True).start()
        yield

    BASE: str = st.get_option("server.baseUrlPath")
    app = st.App(
        __file__,
        lifespan=load_ahead,
        routes=routes(HALL, BASE),
        middleware=[hints("overview", Path(st.__file__).parent / "static", BASE)],
    )
