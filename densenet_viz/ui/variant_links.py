"""One click opens a variant in the pages that show a network from the inside."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from densenet_viz.network.models import UNTRAINED
from densenet_viz.stage.variants import OWN, Variant
from densenet_viz.ui.current import MODEL_TITLES
from densenet_viz.ui.own_variant import growth_link
from densenet_viz.ui.pages import PAGES

INSIDE = ("growth_rate", "dense_block", "transition")
"""The pages, by name, that show the network whose name stands in the address."""


def show_variant_links(variants: Sequence[Variant]) -> None:
    """Links for each network with random weights; folded away, those with ImageNet's."""
    for variant in variants:
        with st.container(key=f"open-{variant.id}", gap=None):
            if variant.id == OWN:
                _show_own_link(variant)
            else:
                _show_links(variant.title, {"model": f"{variant.id}{UNTRAINED}"})
    st.caption("Their weights are random, so that each opens at once and anywhere.")
    with st.expander("Open one with ImageNet weights"):
        for variant in variants:
            if variant.id in MODEL_TITLES:
                _show_links(variant.title, {"model": variant.id})


def _show_own_link(variant: Variant) -> None:
    address = growth_link(variant.spec)
    if address is not None:
        _show_links(variant.title, address, INSIDE[:1])
    else:
        st.caption(
            "Yours cannot be opened there: the growth page changes the first block, not the others."
        )


def _show_links(title: str, address: dict[str, str], names: Collection[str] = INSIDE) -> None:
    name, links = st.columns([1.2, 5.8], vertical_alignment="center", gap="small")
    name.markdown(f"**{title}**")
    with links.container(horizontal=True, gap="small"):
        for row in PAGES:
            if row.name in names:
                st.page_link(row.path, label=row.title, icon=row.icon, query_params=address)
