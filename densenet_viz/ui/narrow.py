"""What stands where on a phone: the picture first, then its controls, then the rest of the page.

The order of the page's elements is the same everywhere; `assets/app.css` moves these two places in
a narrow window. All three have to be beside each other, in one container.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


def controls_place(name: str) -> Any:
    """A container above the picture; on a phone it is below it."""
    return st.container(key=f"narrow-controls-{name}")


def rest_place(name: str) -> Any:
    """A container below the picture; on a phone it is also below the controls."""
    return st.container(key=f"narrow-rest-{name}")
