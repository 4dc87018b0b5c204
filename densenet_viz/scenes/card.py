"""The model card: what the manifest says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def model_card(manifest: Mapping[str, Any]) -> str:
    """Markdown that states data, training, held-out accuracy with its count, and limits."""
    training, held_out = manifest["training"], manifest["held_out"]
    spec = manifest["spec"]
    rows = "\n".join(f"| {name} | {value:.1%} |" for name, value in held_out["by_class"].items())
    return f"""# Model card: scenes

A DenseNet-121 (growth rate {spec["growth_rate"]}, blocks {list(spec["block_config"])},
{spec["initial_channels"]} initial channels, {manifest["input_size"]} × {manifest["input_size"]} px RGB)
that names the one object in a drawn scene.

- **File**: `scenes.safetensors`, half precision, {manifest["bytes"] / 1e6:.1f} MB,
  SHA-256 `{manifest["sha256"]}`.
- **Data**: scenes that this project draws (`densenet_viz/scenes`): one object of
  {len(manifest["labels"])} kinds ({", ".join(manifest["labels"])}) at any place, area, rotation, colour and
  texture, on textured clutter with stray strokes and dots, each with the true mask of its object.
  No photograph, no person, nothing collected.
- **Training**: {training["scenes"]:,} scenes, {training["epochs"]} epochs, batches of {training["batch"]}, AdamW with a one-cycle rate
  (peak {training["peak_rate"]}, weight decay {training["weight_decay"]}), bfloat16 autocast, channels last, flips and quarter
  turns, seed {training["seed"]}; {training["minutes"]} minutes on one {training["device"].upper()} device, torch {training["torch"]}.
  `python -m densenet_viz train scenes --seed {training["seed"]}` trains it again: the same scenes and the same recipe.
  Weights differ in the last digits between kinds of processor, so the accuracy is repeatable, the file's hash is not.
- **Held-out accuracy**: {held_out["top1"]:.2%} top-1 on {held_out["count"]:,} scenes that training never saw, measured on the
  half-precision file as shipped (mean confidence {held_out["mean_confidence"]:.2%}).

| class | top-1 |
|---|---|
{rows}

## Limits

- It knows only these {len(manifest["labels"])} drawn objects. It answers with one of them for **any** picture, a photograph
  included, and its probabilities mean nothing there.
- One object a scene: what it says about two is not tested.
- Its probabilities were not calibrated.
- It is small so that it can be shipped and run on a laptop; it is meant for explaining DenseNet, not for use.
"""
