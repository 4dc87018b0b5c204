"""An attribution as a file for other programs."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from densenet_viz.results import Attribution


def summary(attribution: Attribution) -> dict[str, Any]:
    """Everything but the values, as plain types that JSON can hold."""
    return {
        "method": attribution.method,
        "parameters": dict(attribution.parameters),
        "target": asdict(attribution.target),
        "predictions": [asdict(prediction) for prediction in attribution.predictions],
        "seconds": round(attribution.seconds, 4),
        "forward_passes": attribution.forward_passes,
        "convergence_delta": attribution.convergence_delta,
        "shape": list(attribution.values.shape),
    }


def to_npz(attribution: Attribution, **more: object) -> bytes:
    """A compressed NPZ that opens without pickle.

    `values` is the signed float32 (3 or 1, H, W) array; `metadata` is a JSON text, the summary
    and whatever else is given (plain types).

    >>> import numpy as np
    >>> from densenet_viz.results import Prediction
    >>> star = Prediction(0, "star", 0.9)
    >>> a = Attribution("saliency", np.zeros((1, 2, 2), np.float32), star, (star,), 0.1, 2)
    >>> with np.load(io.BytesIO(to_npz(a, model="scenes"))) as archive:
    ...     archive["values"].shape, json.loads(archive["metadata"].item())["model"]
    ((1, 2, 2), 'scenes')
    """
    buffer = io.BytesIO()
    metadata = np.array(json.dumps({**summary(attribution), **more}, ensure_ascii=False))
    np.savez_compressed(buffer, values=attribution.values, metadata=metadata)
    return buffer.getvalue()
