"""A page with nothing but a heading: what Streamlit itself takes. `streamlit run empty_app.py`."""

import streamlit as st

st.title("Empty")
