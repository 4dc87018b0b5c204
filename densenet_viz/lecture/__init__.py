"""The lecture: slides as data, and the pictures on them from networks that ran; no Streamlit.

A deck is words in one Markdown file (`reading.py`); `pictures.py` makes the JSON that the player
(`stage/lecture/lecture.js`) shows. Importing this package does not load torch.
"""
