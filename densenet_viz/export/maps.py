"""An attribution as a file for other programs: NPZ and JSON, with the same metadata."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

SCHEMA = "densenet-viz/attribution/1"
"""The version of the metadata; it changes when a field changes its meaning."""


def summary(attribution: Attribution) -> dict[str, Any]:
    """Everything except the values, as plain types for JSON."""
    return {
        "schema": SCHEMA,
        "method": attribution.method,
        "computed_by": attribution.computed_by,
        "parameters": dict(attribution.parameters),
        "target": asdict(attribution.target),
        "explains": attribution.explains,
        "against": attribution.against and asdict(attribution.against),
        "predictions": [asdict(prediction) for prediction in attribution.predictions],
        "seconds": round(attribution.seconds, 4),
        "forward_passes": attribution.forward_passes,
        "backward_passes": attribution.backward_passes,
        "convergence_delta": attribution.convergence_delta,
        "unscaled_delta": attribution.unscaled_delta,
        "scaled_by": attribution.scaled_by and list(attribution.scaled_by),
        "sum": float(attribution.values.sum(dtype=np.float64)),
        "nodes": list(attribution.nodes),
        "shape": list(attribution.values.shape),
    }


def about(model: LoadedModel) -> dict[str, Any]:
    """The model of the map, and how its pictures are prepared."""
    return {
        "model": model.name,
        "title": model.title,
        "provenance": model.provenance,
        "input_size": model.input_size,
        "mean": list(model.mean),
        "std": list(model.std),
        "outputs": "softmax" if model.exclusive else "sigmoid",
        "temperature": model.temperature,
    }


def picture_hash(picture: Picture) -> str:
    """SHA-256 of the pixels (H, W, 3) uint8, row by row, as 64 hex digits."""
    return hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()


def to_npz(attribution: Attribution, picture: Picture, model: Mapping[str, Any]) -> bytes:
    """A compressed NPZ that opens without pickle.

    Args:
        attribution: the map.
        picture: (S, S, 3) uint8, what the network was given.
        model: `about` the model, or other plain types to go along.

    Returns:
        `values`, the signed float32 (3 or 1, S, S) array; `picture`; and `metadata`, a JSON text
        of `summary` and `model`.

    >>> from densenet_viz.results.attributions import Prediction
    >>> star = Prediction(0, "star", 0.9)
    >>> a = Attribution("saliency", np.zeros((1, 2, 2), np.float32), star, (star,), 0.1, 2)
    >>> file = to_npz(a, np.zeros((2, 2, 3), np.uint8), {"model": "scenes"})
    >>> with np.load(io.BytesIO(file)) as archive:
    ...     archive["values"].shape, json.loads(archive["metadata"].item())["model"]
    ((1, 2, 2), 'scenes')
    """
    buffer = io.BytesIO()
    metadata = np.array(json.dumps(_metadata(attribution, picture, model), ensure_ascii=False))
    np.savez_compressed(buffer, values=attribution.values, picture=picture, metadata=metadata)
    return buffer.getvalue()


def to_json(attribution: Attribution, picture: Picture, model: Mapping[str, Any]) -> str:
    """One JSON object: the NPZ's metadata, and the values.

    The values are little-endian float32 in C order in base64, a quarter of the length of decimal
    numbers and exact: `np.frombuffer(base64.b64decode(v["data"]), v["dtype"]).reshape(v["shape"])`.
    The arguments are those of `to_npz`; of the picture, only its SHA-256 is included.

    >>> from densenet_viz.results.attributions import Prediction
    >>> star = Prediction(0, "star", 0.9)
    >>> a = Attribution("saliency", np.ones((1, 1, 1), np.float32), star, (star,), 0.1, 2)
    >>> json.loads(to_json(a, np.zeros((1, 1, 3), np.uint8), {}))["values"]
    {'shape': [1, 1, 1], 'dtype': '<f4', 'encoding': 'base64', 'data': 'AACAPw=='}
    """
    values = {
        "shape": list(attribution.values.shape),
        "dtype": "<f4",
        "encoding": "base64",
        "data": base64.b64encode(attribution.values.astype("<f4").tobytes()).decode(),
    }
    whole = {**_metadata(attribution, picture, model), "values": values}
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _metadata(
    attribution: Attribution, picture: Picture, model: Mapping[str, Any]
) -> dict[str, Any]:
    return {**summary(attribution), **model, "picture_sha256": picture_hash(picture)}
