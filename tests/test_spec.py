"""The arithmetic, held against the paper's and torchvision's published numbers."""

from __future__ import annotations

import re

import pytest

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError

PUBLISHED_PARAMETERS = {
    "densenet121": 7_978_856,
    "densenet161": 28_681_000,
    "densenet169": 14_149_480,
    "densenet201": 20_013_928,
}
PUBLISHED_GFLOPS = {
    "densenet121": 2.834,
    "densenet161": 7.728,
    "densenet169": 3.360,
    "densenet201": 4.291,
}


@pytest.mark.parametrize(("name", "count"), PUBLISHED_PARAMETERS.items())
def test_parameters_are_the_published_ones(name: str, count: int) -> None:
    assert VARIANTS[name].parameters == count


@pytest.mark.parametrize(("name", "giga"), PUBLISHED_GFLOPS.items())
def test_multiply_adds_are_the_published_ones(name: str, giga: float) -> None:
    assert VARIANTS[name].multiply_adds / 1e9 == pytest.approx(giga, abs=5e-4)


def test_the_lectures_example() -> None:
    first, second = DenseNetSpec().dense_rows(1)[:2]
    assert (first.in_channels, first.new_channels, first.out_channels) == (64, 32, 96)
    assert (second.in_channels, second.new_channels, second.out_channels) == (96, 32, 128)


def test_channels_and_pixels_down_the_network() -> None:
    spec = DenseNetSpec()
    assert spec.block_inputs == (64, 128, 256, 512)
    assert spec.block_outputs == (256, 512, 1024, 1024)
    assert spec.transition_channels == (128, 256, 512)
    assert spec.block_sizes == (56, 28, 14, 7)


def test_connections_and_depth_of_121() -> None:
    spec = DenseNetSpec()
    assert spec.connections == (21, 78, 300, 136)
    assert spec.depth == 121
    assert spec.depth_reason.endswith("121")
    assert [VARIANTS[name].depth for name in PUBLISHED_PARAMETERS] == [121, 161, 169, 201]


def test_first_block_as_counted_by_hand() -> None:
    """One bottleneck layer: 64 -> 128 by 1x1, 128 -> 32 by 3x3, two norms; at 2 x 2 pixels."""
    spec = DenseNetSpec(block_config=(1,), num_classes=2, input_size=8)
    cost = spec.block_cost(1)
    assert cost.parameters == 2 * 64 + 64 * 128 + 2 * 128 + 9 * 128 * 32
    assert cost.multiply_adds == (64 * 128 + 9 * 128 * 32) * 4
    written = 64 + 64 + 64 + 128 + 128 + 128 + 32 + 96  # cat, norm, relu, 1x1, norm, relu, 3x3, cat
    assert cost.activation_bytes == written * 4 * 4
    plain = spec.plain_block_cost(1)
    assert plain.parameters == 2 * 64 + 64 * 128 + 2 * 128 + 9 * 128 * 96


def test_compression_is_exact_in_decimal() -> None:
    assert DenseNetSpec(compression=0.29).compressed(100) == 29
    assert DenseNetSpec(compression=1.0).compressed(7) == 7


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("growth_rate", 0, ["1", "256"]),
        ("growth_rate", 2.5, ["1", "256"]),
        ("growth_rate", True, ["1", "256"]),
        ("initial_channels", 513, ["1", "512"]),
        ("num_classes", 0, ["1"]),
        ("input_size", 28, ["29", "4"]),
        ("block_config", (), ["1", "8", "128"]),
        ("block_config", (6, 0), ["1", "8", "128"]),
        ("block_config", [6, 12], ["tuple"]),
        ("compression", 0, ["0", "1"]),
        ("compression", 1.01, ["0", "1"]),
        ("compression", float("nan"), ["0", "1"]),
        ("compression", 1e-4, []),
        ("bottleneck", 1, ["True", "False"]),
    ],
)
def test_a_wrong_spec_says_what_was_given_and_allowed(
    field: str, value: object, allowed: list[str]
) -> None:
    with pytest.raises(SpecError) as caught:
        DenseNetSpec(**{field: value})  # type: ignore[arg-type]
    said = str(caught.value)
    assert f"{field}={value}" in said
    rest = re.findall(r"\w+", said.replace(f"{field}={value}", ""))
    assert [fact for fact in allowed if fact not in rest] == []


def test_the_smallest_input_is_torchvisions() -> None:
    assert DenseNetSpec(input_size=29).block_sizes == (8, 4, 2, 1)
