"""The flows of many decisions together: how much went along each connection, on average."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from densenet_viz.facts.connections import connections_of
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.reuse import MeanFlows
from densenet_viz.results.traces import Picture
from densenet_viz.structure.through import STEPS, through_structure

BASELINE = "black"


def mean_flows(
    model: LoadedModel,
    pictures: Sequence[Picture],
    labels: Sequence[int] | None = None,
    *,
    seed: int,
    steps: int = STEPS,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MeanFlows:
    """Follows the right class of each picture along all connections.

    Args:
        model: any number of threads may use it at once.
        pictures: (H, W, 3) uint8 each.
        labels: the right class of each; without them, what the network answers.
        seed: what the pictures were drawn with, for the record.
        steps: pieces of each path, as in `through_structure`.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each pass.

    Raises:
        ValueError: there is no picture.
        Cancelled: `cancelled` returned True.
    """
    if not pictures:
        raise ValueError("No picture was given; at least one is expected.")
    every = list(connections_of(model.spec))
    sums = np.zeros(len(every))
    report = on_progress or (lambda _part: None)

    for number, picture in enumerate(pictures):

        def part(done: float, before: int = number) -> None:
            report((before + done) / len(pictures))

        found = through_structure(
            model,
            picture,
            target=None if labels is None else labels[number],
            baseline=BASELINE,
            steps=steps,
            on_progress=part,
            cancelled=cancelled,
        )
        matrices = [block.matrix for block in found.blocks]
        sums += [abs(matrices[one.block - 1][one.source, one.reader - 1]) for one in every]
    means = sums / len(pictures)
    return MeanFlows(
        model.name,
        model.digest,
        BASELINE,
        len(pictures),
        seed,
        dict(zip(every, means.tolist(), strict=True)),
    )
