"""The code that the app offers to copy really builds the network that the page shows."""

from __future__ import annotations

import pytest
import torch

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.source import pytorch_code


@pytest.mark.parametrize(
    "spec",
    [
        DenseNetSpec(8, (2, 3), 16, num_classes=5),
        DenseNetSpec(8, (2, 3, 1), 16, compression=0.3, num_classes=5),
        DenseNetSpec(8, (2, 3), 16, bottleneck=False, num_classes=5),
        DenseNetSpec(8, (4,), 16, bottleneck=False, compression=1.0, num_classes=5),
        DenseNetSpec(8, (2, 3), 16, num_classes=5, bottleneck_factor=2),
        DenseNetSpec(8, (2, 3), 16, num_classes=5, stem="3×3"),
        DenseNetSpec(8, (2, 3), 16, num_classes=5, input_channels=1),
        DenseNetSpec(8, (2, 3), 16, num_classes=5, hidden=(9, 7)),
    ],
)
def test_the_code_builds_the_spec(spec: DenseNetSpec) -> None:
    assert torchvision is not None  # imported first, so that the code's own import works
    names: dict[str, torch.nn.Module] = {}
    exec(pytorch_code(spec), names)  # noqa: S102 - our own text is what is tested
    network = names["network"].eval()
    assert sum(weight.numel() for weight in network.parameters()) == spec.parameters
    assert network(torch.zeros(1, spec.input_channels, 64, 64)).shape == (1, 5)


def test_a_variant_is_three_lines_of_torchvision() -> None:
    code = pytorch_code(VARIANTS["densenet169"])
    assert "block_config=(6, 12, 32, 32)" in code
    assert "14,149,480" in code
