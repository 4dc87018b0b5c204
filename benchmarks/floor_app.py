"""Almost an empty page: a slider and its value. What Streamlit itself needs for a control."""

import streamlit as st

st.text(st.slider("Value", 0, 100, 50))
