"""Linear CKA, against its definition by HSIC and by features."""

import numpy as np
import pytest
import torch
from torch import Tensor

from densenet_viz.facts.families import FAMILIES, Family, dense_spec, matched
from densenet_viz.measure.similarity import layer_similarity
from densenet_viz.network.families import build_family, weight_layers
from densenet_viz.results.along_training import mean_within_blocks, means_by_block


def hsic(one: Tensor, other: Tensor) -> float:
    """Gretton et al. 2005 for the kernels XX' and YY': tr(KHLH) / (n - 1)², H centres."""
    count = len(one)
    centre = torch.eye(count, dtype=torch.double) - 1 / count
    kernels = one @ one.T @ centre, other @ other.T @ centre
    return float(torch.trace(kernels[0] @ kernels[1])) / (count - 1) ** 2


@pytest.mark.parametrize("family", FAMILIES)
def test_similarity_is_the_ratio_of_hsics(family: Family) -> None:
    network = build_family(matched(dense_spec(10, 4, input_size=8), family), seed=2).double()
    pictures = torch.randn(7, 3, 8, 8, dtype=torch.double)
    written: list[Tensor] = []
    for _, layer in weight_layers(network):
        layer.register_forward_hook(lambda _m, _a, out: written.append(out.detach().flatten(1)))
    with torch.no_grad():
        network(pictures)
    features = list(written)
    found = layer_similarity(network, pictures)
    assert found.shape == (10, 10)
    for a, one in enumerate(features):
        for b, other in enumerate(features):
            expected = hsic(one, other) / np.sqrt(hsic(one, one) * hsic(other, other))
            assert found[a, b] == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(np.diag(found), 1)


class Two(torch.nn.Module):
    """Two linear layers on the same pictures."""

    def __init__(self, first: Tensor, second: Tensor) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList()
        for weight in (first, second):
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
            layer.weight.data = weight
            self.layers.append(layer)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        flat = x.flatten(1)
        return tuple(layer(flat) for layer in self.layers)


def test_turned_and_scaled_features_are_alike_and_constant_ones_are_not() -> None:
    weight = torch.randn(3, 12)
    turn = torch.linalg.qr(torch.randn(3, 3))[0]
    pictures = torch.randn(9, 3, 2, 2)
    assert layer_similarity(Two(weight, 5 * turn @ weight), pictures)[0, 1] == pytest.approx(1)
    assert layer_similarity(Two(weight, 0 * weight), pictures)[0, 1] == 0


def test_blocks_are_where_their_layers_are() -> None:
    matrix = np.zeros((10, 10))
    for start in (1, 4, 7):  # after the stem and each transition; two layers in each block
        matrix[start, start + 1] = matrix[start + 1, start] = 0.5
    assert mean_within_blocks(matrix, 2) == 0.5
    matrix[7, 8] = 0.2
    assert means_by_block(matrix, 2) == (0.5, 0.5, 0.2)
