"""The only package that imports Streamlit.

Until the first `st.navigation` of a server, Streamlit treats a folder named `pages` beside the
script as its older kind of multipage app. If the first visitor of a new server opens a link to a
page, that page would run alone, without `app.py`: no navigation, no page table. Every page imports
this package first. So this file notices it, once in a process, and reruns the script with `app.py`.
Where `app.py` itself is the server, it says so before (`prepare`), and this never happens.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

if PagesManager.uses_pages_directory and st.runtime.exists():
    PagesManager.uses_pages_directory = False
    st.rerun()
