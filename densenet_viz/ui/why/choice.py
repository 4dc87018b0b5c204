"""What a visitor of the page Why it works chose to measure, and the measurement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from densenet_viz.facts.families import Family, FamilySpec, Norm
from densenet_viz.facts.gradient_flow import SEEDS, specs_of
from densenet_viz.results.gradients import GradientFlow
from densenet_viz.ui.work.jobs import Reporter


@dataclass(frozen=True)
class Chosen:
    """What a visitor chose to measure."""

    families: tuple[Family, ...]
    depth: int
    growth_rate: int
    norm: Norm

    @property
    def specs(self) -> list[FamilySpec]:
        return specs_of(self.families, self.depth, self.growth_rate, self.norm)

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> GradientFlow:
        """Measures all seeds; the seeds that are done are shown meanwhile."""
        from densenet_viz.evaluation.families.digits import digit_batch
        from densenet_viz.measure.gradients import measure_gradients

        return measure_gradients(
            self.specs,
            digit_batch(),
            seeds=range(SEEDS),
            on_progress=report,
            on_flow=report.preview,
            cancelled=cancelled,
        )
