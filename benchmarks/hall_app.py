"""The app's own server with the lecture already made: `streamlit run benchmarks/hall_app.py`.

In the app, the first visitor of its page publishes a deck; a measurement without a browser has no
such visitor. Prints the deck's key, and the keys of each slide's pictures.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import streamlit as st

from densenet_viz.lecture.deck import OWN
from densenet_viz.lecture.pictures import keys_of, scene_of
from densenet_viz.lecture.reading import read_deck
from densenet_viz.lecture.server import HALL, routes
from densenet_viz.network.models import load_model

app = st.App(ROOT / "app.py", routes=routes(HALL))
deck = read_deck(OWN)
key = HALL.publish(scene_of(deck, model=load_model))
print("deck", json.dumps({"key": key, "pictures": keys_of(deck)}), flush=True)
