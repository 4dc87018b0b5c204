"""Costs in words that a hall can read."""

from __future__ import annotations

import streamlit as st

from densenet_viz.results import NetworkTrace


def show_block_numbers(trace: NetworkTrace, block: int = 1) -> None:
    """What the block just run costs, beside the same block without concatenation."""
    dense, plain = trace.blocks[block - 1].cost, trace.spec.plain_block_cost(block)
    columns = st.columns(3)
    columns[0].metric(
        "Parameters of the block",
        f"{dense.parameters:,}",
        compared(dense.parameters, plain.parameters),
        delta_color="off",
        delta_arrow="off",
    )
    columns[1].metric(
        "Multiply-adds, one picture",
        in_millions(dense.multiply_adds),
        compared(dense.multiply_adds, plain.multiply_adds),
        delta_color="off",
        delta_arrow="off",
    )
    columns[2].metric(
        "Activation memory",
        f"{dense.activation_bytes / 1e6:.1f} MB",
        compared(dense.activation_bytes, plain.activation_bytes),
        delta_color="off",
        delta_arrow="off",
    )


def compared(dense: int, plain: int) -> str:
    """How many times less or more than without concatenation.

    >>> compared(100, 400)
    '4.0× less than without concatenation'
    >>> compared(105, 100)
    '1.05× more than without concatenation'
    >>> compared(100, 100)
    'the same without concatenation'
    """
    if dense == plain:
        return "the same without concatenation"
    ratio, word = (plain / dense, "less") if dense < plain else (dense / plain, "more")
    digits = 1 if ratio >= 1.95 else 2
    return f"{ratio:.{digits}f}× {word} than without concatenation"


def in_millions(count: int) -> str:
    """A count of multiply-adds.

    >>> in_millions(339_738_624), in_millions(5_247_074_304)
    ('340 M', '5.25 G')
    """
    return f"{count / 1e9:.2f} G" if count >= 1e9 else f"{count / 1e6:.0f} M"
