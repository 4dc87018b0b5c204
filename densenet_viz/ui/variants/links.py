"""One click opens a variant on the pages that show the inside of a network."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.network.models import UNTRAINED
from densenet_viz.stage.variants.scene import Variant
from densenet_viz.ui.controls import growth_address, link_with
from densenet_viz.ui.current import MODEL_TITLES
from densenet_viz.ui.pages import PAGES
from densenet_viz.ui.variants.own import growth_link

INSIDE = ("growth_rate", "dense_block", "transition")
"""The pages, by name, that show the network that the address names."""


def show_variant_links(variants: Sequence[Variant]) -> None:
    """Links for each network with random weights, and a closed list with ImageNet weights."""
    for variant in variants:
        with st.container(key=f"open-{variant.id}", gap=None):
            _show_links(variant.title, model_address(f"{variant.id}{UNTRAINED}"))
    st.caption("Their weights are random, so each opens at once, also offline.")
    with st.expander("Open one with ImageNet weights"):
        for variant in variants:
            if variant.id in MODEL_TITLES:
                _show_links(variant.title, model_address(variant.id))


def model_address(name: str) -> dict[str, str]:
    """The address parameters of a variant's model with its own numbers.

    >>> address = model_address("densenet161-untrained")
    >>> address["model"], address["k"], address["initial"]
    ('densenet161-untrained', '48', '96')
    """
    return {"model": name, **growth_address(VARIANTS[name.removesuffix(UNTRAINED)])}


def show_own_links(spec: DenseNetSpec) -> None:
    """A link to the page that can show the visitor's own network, if there is one."""
    with st.container(key="open-own", gap=None):
        address = growth_link(spec)
        if address is not None:
            _show_links("Open yours", address, INSIDE[:1])
        else:
            st.caption(
                "Yours cannot be opened: the growth page can change only a variant’s first block."
            )


def _show_links(title: str, address: dict[str, str], names: Collection[str] = INSIDE) -> None:
    name, links = st.columns([1.2, 5.8], vertical_alignment="center", gap="small")
    name.markdown(f"**{title}**")
    with links.container(horizontal=True, gap="small"):
        for row in PAGES:
            if row.name in names:
                numbers = address if row.name == INSIDE[0] else {"model": address["model"]}
                target = link_with(numbers)
                st.page_link(row.path, label=row.title, icon=row.icon, query_params=target)
