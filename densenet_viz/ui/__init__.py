"""The only room that imports Streamlit.

Streamlit takes a folder named `pages` beside the script for its older kind of app until the first
`st.navigation` of the server's life. A visitor whose link is the first to reach a new server would
get a page by itself, without `app.py`: no navigation, no page table. Every page imports this room
first, so this is where that is noticed, once a process, and the script run again by `app.py`.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

if PagesManager.uses_pages_directory and st.runtime.exists():
    PagesManager.uses_pages_directory = False
    st.rerun()
