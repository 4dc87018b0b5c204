"""Residual networks: their arithmetic, torchvision's, and our own pre-activation form."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from densenet_viz.facts.arithmetic.inventory import total
from densenet_viz.facts.arithmetic.limits import SpecError
from densenet_viz.facts.arithmetic.resnet import ResNetSpec, Unit
from densenet_viz.network._torchvision import resnet
from densenet_viz.network.resnet import PreactivationUnit, build_resnet

SMALL = ResNetSpec((1, 2, 1, 1), num_classes=5, input_size=40)
SMALL_V2 = ResNetSpec((1, 2, 1, 1), preactivation=True, num_classes=5, input_size=40)
LAYERS = {"50": (3, 4, 6, 3), "101": (3, 4, 23, 3), "152": (3, 8, 36, 3)}


def noise(*shape: int) -> Tensor:
    """Float64, so that two orders of summing agree to nine digits."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0)).double()


@pytest.mark.parametrize("size", LAYERS)
def test_parameters_and_multiply_adds_are_torchvisions(size: str) -> None:
    """Its published meta data: numbers that nothing here computed."""
    published = getattr(resnet, f"ResNet{size}_Weights").IMAGENET1K_V1.meta
    spec = ResNetSpec(LAYERS[size])
    assert spec.parameters == published["num_params"]
    assert spec.multiply_adds / 1e9 == pytest.approx(published["_ops"], abs=5e-4)


@pytest.mark.parametrize(("size", "billions"), [("50", 3.8), ("101", 7.6), ("152", 11.3)])
def test_halving_first_costs_what_the_paper_says(size: str, billions: float) -> None:
    """He et al., table 1, last line."""
    first, later = ResNetSpec(LAYERS[size], stride_first=True), ResNetSpec(LAYERS[size])
    assert first.multiply_adds / 1e9 == pytest.approx(billions, abs=0.06)
    assert first.parameters == later.parameters
    assert first.multiply_adds < later.multiply_adds


def test_one_unit_of_each_form_as_counted_by_hand() -> None:
    """64 maps of 2 × 2 px in, 256 out: 1×1 to 64, 3×3, 1×1 to 256, and a 1×1 shortcut."""
    weights = 64 * 64 + 9 * 64 * 64 + 64 * 256 + 64 * 256
    for preactivation, norms, biases in (
        (False, 64 + 64 + 256 + 256, 64 + 64 + 256 + 256),
        (True, 64 + 64 + 64, 256 + 256),
    ):
        spec = ResNetSpec((1, 1, 1, 1), preactivation, num_classes=2, input_size=8)
        leaves = [leaf for leaf in spec.leaves if leaf.module.startswith("layer1.0.")]
        assert total(leaves, "parameters") == weights + 2 * norms
        assert total(leaves, "running_statistics") == 2 * norms
        assert total(leaves, "keras_biases") == biases
        size = 1 if preactivation else 2  # V2 halves in a stage's last unit, here the only one
        first = 64 * 64 * 4
        assert total(leaves, "multiply_adds") == first + (weights - 64 * 64) * size * size


def test_activations_of_a_whole_network_as_counted_by_hand() -> None:
    """Of one pixel, every map is one number."""
    stem, head = 3 * 64 + 64, 2048 + 2
    units = 0
    for width in (64, 128, 256, 512):
        units += 3 * width + 3 * width + 2 * 4 * width  # conv-BN-ReLU twice, conv-BN
        units += 2 * 4 * width + 2 * 4 * width  # shortcut conv-BN; sum, ReLU
    spec = ResNetSpec((1, 1, 1, 1), num_classes=2, input_size=1)
    assert spec.activation_bytes == 4 * (stem + units + head)
    units = 0
    for reads, width in ((64, 64), (256, 128), (512, 256), (1024, 512)):
        units += 2 * reads + 4 * width  # BN-ReLU; shortcut conv
        units += 3 * width + 3 * width + 4 * width + 4 * width  # conv-BN-ReLU twice, conv; sum
    spec = ResNetSpec((1, 1, 1, 1), preactivation=True, num_classes=2, input_size=1)
    assert spec.activation_bytes == 4 * (64 + 64 + units + 2 * 2048 + head)


@pytest.mark.parametrize(
    ("preactivation", "sizes"), [(False, (56, 28, 14, 7)), (True, (28, 14, 7, 7))]
)
def test_shapes_down_the_live_network(preactivation: bool, sizes: tuple[int, ...]) -> None:
    """What leaves each stage, by a forward pass; V2 halves at a stage's end, as Keras does."""
    spec = ResNetSpec((1, 2, 1, 2), preactivation, num_classes=7)
    network, seen = build_resnet(spec, seed=0).double(), {}

    def look(name: str) -> Any:
        return lambda _module, _args, output: seen.update({name: tuple(output.shape[1:])})

    for stage in range(1, 5):
        network.get_submodule(f"layer{stage}").register_forward_hook(look(f"layer{stage}"))
    network.get_submodule("maxpool").register_forward_hook(look("maxpool"))
    with torch.no_grad():
        assert network(noise(2, 3, 224, 224)).shape == (2, 7)
    assert seen == {
        "maxpool": (64, 56, 56),
        **{
            f"layer{stage}": (128 * 2**stage, size, size)
            for stage, size in enumerate(sizes, start=1)
        },
    }


@pytest.mark.parametrize("projects", [True, False])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_preactivation_unit_computes_what_keras_writes_down(projects: bool, stride: int) -> None:
    """`residual_block_v2` of Keras Applications, said again with plain functions."""
    reads = 6 if projects else 8
    unit = PreactivationUnit(Unit("block 1", "layer1.0", reads, 2, 9, stride, projects))
    unit = unit.double().eval()
    values = torch.Generator().manual_seed(1)
    state = {
        name: torch.rand(value.shape, generator=values).double() + 0.1
        for name, value in unit.state_dict().items()
        if value.is_floating_point()
    }
    unit.load_state_dict(state, strict=False)

    def preact(x: Tensor, norm: str) -> Tensor:
        kept = state[f"{norm}.running_mean"], state[f"{norm}.running_var"]
        return functional.relu(
            functional.batch_norm(x, *kept, state[f"{norm}.weight"], state[f"{norm}.bias"])
        )

    x = noise(2, reads, 9, 9)
    activated = preact(x, "bn1")
    if projects:
        shortcut = functional.conv2d(activated, state["downsample.0.weight"], stride=stride)
    else:
        shortcut = functional.max_pool2d(x, 1, stride) if stride > 1 else x
    y = preact(functional.conv2d(activated, state["conv1.weight"]), "bn2")
    y = preact(
        functional.conv2d(functional.pad(y, (1, 1, 1, 1)), state["conv2.weight"], stride=stride),
        "bn3",
    )
    with torch.no_grad():
        torch.testing.assert_close(unit(x), shortcut + functional.conv2d(y, state["conv3.weight"]))


def test_it_computes_what_stock_torchvision_computes() -> None:
    stock = resnet.ResNet(resnet.Bottleneck, list(SMALL.units), num_classes=5).double().eval()
    ours = build_resnet(SMALL).double()
    ours.load_state_dict(stock.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(ours(noise(2, 3, 40, 40)), stock(noise(2, 3, 40, 40)))


def test_the_stride_of_the_paper_stands_first() -> None:
    for first, strides in ((False, ((1, 1), (2, 2))), (True, ((2, 2), (1, 1)))):
        network = build_resnet(ResNetSpec((1, 2, 1, 1), stride_first=first), seed=0)
        unit = network.get_submodule("layer2.0")
        assert (unit.conv1.stride, unit.conv2.stride) == strides
        assert network.get_submodule("layer2.1.conv2").stride == (1, 1)
        assert network.get_submodule("layer1.0.conv1").stride == (1, 1)


@pytest.mark.parametrize("spec", [SMALL, SMALL_V2], ids=["torchvision", "own"])
def test_no_relu_is_in_place(spec: ResNetSpec) -> None:
    relus = [m for m in build_resnet(spec).modules() if isinstance(m, nn.ReLU)]
    assert relus
    assert not any(relu.inplace for relu in relus)


@pytest.mark.parametrize("spec", [SMALL, SMALL_V2], ids=["torchvision", "own"])
def test_a_seed_repeats_and_leaves_the_global_generator_alone(spec: ResNetSpec) -> None:
    state = torch.get_rng_state()
    first, again, other = (build_resnet(spec, seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["layer4.0.conv2.weight"], other["layer4.0.conv2.weight"])
    spread = float(first["layer4.0.conv2.weight"].std())
    assert spread == pytest.approx((2 / (9 * 512)) ** 0.5, rel=0.01)  # He's rule


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"units": (3, 4, 6)}, "units=(3, 4, 6) was given; a tuple of 4 whole numbers"),
        ({"units": [3, 4, 6, 3]}, "a tuple of 4"),
        ({"units": (3, 4, 0, 3)}, "from 1 to 64"),
        ({"units": (3, 4, 65, 3)}, "from 1 to 64"),
        ({"num_classes": 0}, "num_classes=0 was given; a whole number from 1 to 100,000"),
        ({"input_size": 2049}, "input_size=2049"),
        ({"input_size": True}, "input_size=True"),
        ({"preactivation": True, "stride_first": True}, "stride_first with preactivation"),
    ],
)
def test_a_wrong_spec_says_what_was_given_and_allowed(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec(**given)
    assert words in str(caught.value)


def test_the_name_of_50() -> None:
    assert ResNetSpec().depth_reason == (
        "1 (stem) + 3 × (3 + 4 + 6 + 3) (residual units, without shortcuts) + 1 (classifier) = 50"
    )
