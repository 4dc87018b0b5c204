"""Maps of unusual networks: the fast passes are autograd's, and the methods keep their promises."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from densenet_viz.attribution import attribute
from densenet_viz.evaluation.faithfulness import faithfulness
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.fused.differentiable import DifferentiableDenseNet
from densenet_viz.network.fused.network import fuse
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.own.loading import own_model
from densenet_viz.network.own.preparation import Outputs, Preparation
from densenet_viz.results.attributions import Explains
from tests.own_layouts import LAYOUTS, odd_norms
from tests.small_models import picture, saved
from tests.tiers import in_tiers

UNUSUAL = {
    "a small stem": DenseNetSpec(6, (2, 2), 12, num_classes=4, input_size=32, stem="3×3"),
    "a grey stem": DenseNetSpec(6, (2, 2), 12, num_classes=4, input_size=48, input_channels=1),
    "a small grey stem": DenseNetSpec(
        6, (2, 2), 12, num_classes=4, input_size=32, stem="3×3", input_channels=1
    ),
    "hidden layers": DenseNetSpec(6, (2, 2), 12, num_classes=4, input_size=48, hidden=(9, 7)),
    "another bottleneck": DenseNetSpec(
        6, (2, 2), 12, num_classes=4, input_size=48, bottleneck_factor=2
    ),
}


@pytest.mark.parametrize("kind", UNUSUAL)
def test_fast_gradients_are_autograds(kind: str) -> None:
    """In float64, so that the same ReLUs are open in both."""
    spec = UNUSUAL[kind]
    network = odd_norms(build(spec, seed=1)).double()
    assert sum(one.numel() for one in network.parameters()) == spec.parameters
    shape = (2, 3, spec.input_size, spec.input_size)
    x = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x.requires_grad_()
    (expected,) = torch.autograd.grad(network(x)[:, 1].sum(), x)
    fused = fuse(network)
    scores, gradients = fused.gradients(x.detach(), 1)
    torch.testing.assert_close(scores, network(x)[:, 1].detach())
    torch.testing.assert_close(gradients, expected)
    (again,) = torch.autograd.grad(DifferentiableDenseNet(fused)(x)[:, 1].sum(), x)
    torch.testing.assert_close(again, expected)


@pytest.mark.parametrize("axis", ["probability", "logit"])
@pytest.mark.parametrize("layout", ["CheXNet", "grey", "plain"])
def test_deletion_begins_and_insertion_ends_with_the_answer(layout: str, axis: Explains) -> None:
    """Of a picture that is cut to its middle once, and not a second time for the curves."""
    network, write = LAYOUTS[layout]
    outputs: Outputs = "independent" if layout == "CheXNet" else "exclusive"
    given = Preparation(64, (0.5,) * 3, (0.25,) * 3, "margin", outputs)
    model = own_model(saved(write(dict(network.state_dict()))), None, given)
    pixels = np.ascontiguousarray(picture(150)[:, :120])
    made = attribute(model, pixels, method="saliency", target=1)
    logits = model.answer(pixels).logits
    answer = logits[1] if axis == "logit" else model.prediction(logits, 1).probability
    for row in faithfulness(model, pixels, [made], axis=axis).methods:
        ends = (row.curves.deletion[0], row.curves.insertion[-1])
        assert ends == pytest.approx((answer, answer), abs=1e-4)  # float32, fused or not


def opened(layout: str) -> LoadedModel:
    network, write = LAYOUTS[layout]
    data = saved(write(dict(network.state_dict())))
    return own_model(data, None, Preparation(64, (0.5,) * 3, (0.25,) * 3))


@pytest.mark.parametrize("layout", ["small inputs", "grey", "a hidden layer", "norms in the head"])
def test_deeplift_adds_up_to_the_scores_rise(layout: str) -> None:
    made = attribute(opened(layout), picture(64), method="deeplift", target=1)
    assert made.convergence_delta is not None
    largest = float(np.abs(made.values).sum())
    # Float32 sums of some thousand products.
    assert abs(made.convergence_delta) < 1e-3 * largest


@pytest.mark.parametrize(
    "layout", in_tiers(["small inputs", "grey", "a hidden layer"], {"a hidden layer"})
)
@pytest.mark.parametrize("method", ["lrp", "grad-cam", "occlusion", "guided-backprop", "lime"])
def test_other_methods_make_a_map(layout: str, method: str) -> None:
    made = attribute(opened(layout), picture(64), method=method, target=1)
    assert np.isfinite(made.values).all()
    assert made.values.any()


def test_a_grey_network_gets_the_same_share_from_each_colour() -> None:
    made = attribute(opened("grey"), picture(64), method="saliency", target=0)
    red, green, blue = made.values
    np.testing.assert_allclose(red, green, rtol=1e-4, atol=1e-8)
    np.testing.assert_allclose(red, blue, rtol=1e-4, atol=1e-8)
