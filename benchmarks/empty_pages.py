"""Two pages with nothing but a heading: what Streamlit itself takes for a page switch."""

import streamlit as st

NAMES = ("First", "Second")


def _page(name: str) -> st.Page:
    return st.Page(lambda: st.title(name), title=name, url_path=name.lower())


st.navigation([_page(name) for name in NAMES]).run()
