"""Plotly charts on pages: with a description for screen readers, and a button that saves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PIXELS: Final = 2
"""Pixels of a saved chart for each pixel on the screen, as in the stages' saved pictures."""


def show_chart(figure: Figure, *, key: str, alt: str, file: str) -> None:
    """Shows `figure` with one button, which saves it as `densenet-FILE.png`.

    The button is always visible, not only under a mouse, so that keyboard and touch users find it.
    Plotly's other buttons zoom and select, which none of the charts need.
    """
    ink = st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")
    st.plotly_chart(
        _in_ink(figure, ink),
        key=key,
        config={
            "displayModeBar": True,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {
                "format": "png",
                "scale": PIXELS,
                "filename": f"densenet-{file}",
            },
        },
        alt=alt,
    )


def _in_ink(figure: Figure, ink: str | None) -> Figure:
    """The chart with the page's text colour: Streamlit's own colour for charts is fainter."""
    if ink is None:
        return figure
    inked = type(figure)(figure)
    inked.update_layout(font_color=ink)
    inked.update_xaxes(tickfont_color=ink, title_font_color=ink)
    inked.update_yaxes(tickfont_color=ink, title_font_color=ink)
    inked.update_layout(legend_font_color=ink)
    inked.update_traces(textfont_color=ink, selector={"mode": "text"})
    return inked
