"""DenseNet Viz: page config and navigation. Computes nothing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from densenet_viz import __version__
from densenet_viz.ui.pages import PAGES, PageRow, sections

ASSETS = Path(__file__).parent / "assets"
ABOUT = f"""**DenseNet Viz {__version__}** draws a DenseNet that really runs.

The network: Gao Huang, Zhuang Liu, Laurens van der Maaten and Kilian Q. Weinberger,
*Densely Connected Convolutional Networks*, CVPR 2017."""


def as_page(row: PageRow) -> st.Page:
    # The icon stands in the title: as `icon=` it would also become the tab's icon, which
    # Streamlit lets the browser fetch from a font server.
    return st.Page(
        row.path,
        title=f"{row.icon} {row.title}",
        url_path=row.url_path or None,
        default=row is PAGES[0],
    )


page = st.navigation({heading: [*map(as_page, rows)] for heading, rows in sections().items()})
title = next(row.title for row in PAGES if row.url_path == page.url_path)
st.set_page_config(
    page_title=f"{title} · DenseNet Viz",
    page_icon=ASSETS / "icon.png",
    layout="wide",
    menu_items={"About": ABOUT},
)
st.html(ASSETS / "app.css")
page.run()
