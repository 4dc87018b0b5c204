"""Published comparisons of networks that concatenate with networks that add; all cited."""

from __future__ import annotations

from dataclasses import dataclass

from densenet_viz.facts.cited.checkpointing import PUBLISHED_STEP
from densenet_viz.facts.cited.cifar import TABLE_2
from densenet_viz.facts.cited.sources import RDNET, VOVNET


@dataclass(frozen=True)
class Published:
    """One sentence of a publication, and where it is."""

    sentence: str
    source: str


def published_comparisons() -> tuple[Published, ...]:
    """What others measured at other sizes, with their sources."""
    rows = {row.title: row for row in TABLE_2}
    dense = rows["DenseNet-BC-100 (k = 12)"]
    added = next(
        row for row in TABLE_2 if row.family == "Pre-activation ResNet" and row.depth == 1001
    )
    step = PUBLISHED_STEP
    return (
        Published(
            f"CIFAR-10 with augmentation: {dense.title}, {dense.millions} M parameters, has "
            f"{dense.errors['C10+']:.2f}% errors; a pre-activation ResNet of depth {added.depth}, "
            f"{added.millions} M parameters, has {added.errors['C10+']:.2f}%.",
            f"{dense.source.words}; also figure 4",
        ),
        Published(
            f"Memory of a training step: {step.network}, batch {step.batch}, needs "
            f"{step.plain_gigabytes:.3f} GB, and {step.efficient_gigabytes:.3f} GB with "
            "checkpointing.",
            step.source,
        ),
        Published(
            "ImageNet, a wide and shallow DenseNet with today’s training: RDNet-T, 24 M parameters "
            "and 5.0 thousand million multiply-adds, has 82.8% right.",
            RDNET.words,
        ),
        Published("One-shot aggregation, the fourth family, is VoVNet’s block.", VOVNET.words),
    )
