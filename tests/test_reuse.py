"""Figure 5 of the paper, and what each connection is worth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from densenet_viz.cli.reuse import Draft, report
from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.connections import measure_ablation, scenes_for
from densenet_viz.facts.connections import Connection, connections_of
from densenet_viz.measure.reuse import measure_reuse
from densenet_viz.network.cuts import cut
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.reuse import (
    Effect,
    Replacement,
    Weighing,
    ablation_from_json,
    ablation_to_json,
    flows_from_json,
    flows_to_json,
)
from densenet_viz.structure.mean import mean_flows
from densenet_viz.structure.through import through_structure
from tests.small_models import OWN_SPEC, SPEC, small_model
from tests.tiers import in_tiers

PICTURES, LABELS = scenes_for(12)
LABELS = [label % 6 for label in LABELS]


@pytest.fixture(params=in_tiers([SPEC, OWN_SPEC], {OWN_SPEC}), ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def gain(state: dict[str, torch.Tensor], norm: str) -> torch.Tensor:
    """What a norm multiplies each map by, without its sign."""
    variance = state[f"{norm}.running_var"].double() + 1e-5
    return state[f"{norm}.weight"].double().abs() / variance.sqrt()


@pytest.mark.parametrize("weighing", ["weights", "norm-aware"])
def test_the_weights_are_those_of_the_definition(model: LoadedModel, weighing: Weighing) -> None:
    reuse = measure_reuse(model, weighing)
    k, state = model.spec.growth_rate, model.network.state_dict()
    for block, k0 in enumerate(model.spec.block_inputs, start=1):
        for layer in range(1, model.spec.block_config[block - 1] + 1):
            name = f"features.denseblock{block}.denselayer{layer}"
            weight = state[f"{name}.conv1.weight"].double().abs()
            if weighing == "norm-aware":
                weight = weight * gain(state, f"{name}.norm1")[:, None, None]
            parts = torch.split(weight, [k0] + [k] * (layer - 1), dim=1)
            column = reuse.blocks[block - 1][:, layer - 1]
            expected = [float(part.mean()) for part in parts]
            np.testing.assert_allclose(column[:layer], expected, rtol=1e-6)
            assert np.isnan(column[layer:]).all()
    last = state["classifier.weight"].double().abs()
    if weighing == "norm-aware":
        last = last * gain(state, "features.norm5")
    k0 = model.spec.block_inputs[1]
    expected_last = float(last[:, k0 : k0 + k].mean())
    assert reuse.of(Connection(2, 1, 3)) == pytest.approx(expected_last)


def test_the_weights_as_json_say_where_there_is_no_connection(model: LoadedModel) -> None:
    blocks = json.loads(json.dumps(report(measure_reuse(model))))["blocks"]
    assert blocks[0][2][0] is None
    assert blocks[0][0][0] > 0


@pytest.mark.parametrize("replacement", ["zero", "mean"])
def test_an_effect_is_what_the_cut_network_answers(
    model: LoadedModel, replacement: Replacement
) -> None:
    found = measure_ablation(model, PICTURES, LABELS, replacement=replacement)
    x = torch.cat([model.tensor(picture) for picture in PICTURES])
    right = torch.tensor(LABELS)[:, None]
    means = None if replacement == "zero" else channel_means(model, x)
    assert [effect.connection for effect in found.effects] == list(connections_of(model.spec))
    with torch.no_grad():
        whole = model.network(x).double()
        for effect in found.effects:
            without = cut(model, [effect.connection], means).network(x).double()
            change = (without - whole).gather(1, right).mean()
            # Float32, in another order than the plain network's.
            assert effect.logit.mean == pytest.approx(float(change), abs=2e-5)
            chance = (without.softmax(1) - whole.softmax(1)).gather(1, right).mean()
            assert effect.probability.mean == pytest.approx(float(chance), abs=1e-5)
            hits = (without.argmax(1, keepdim=True) == right).double().mean()
            assert effect.accuracy.mean == pytest.approx(float(hits))
            assert effect.logit.low <= effect.logit.mean <= effect.logit.high


def channel_means(model: LoadedModel, x: torch.Tensor) -> dict[int, torch.Tensor]:
    means = {}
    for block in (1, 2):
        module = model.network.get_submodule(f"features.denseblock{block}")
        caught: list[torch.Tensor] = []
        handle = module.register_forward_hook(lambda _m, _a, out, to=caught: to.append(out))
        with torch.no_grad():
            model.network(x)
        handle.remove()
        means[block] = caught[0].double().mean((0, 2, 3))
    return means


def test_without_labels_the_networks_own_answers_count(model: LoadedModel) -> None:
    assert measure_ablation(model, PICTURES).accuracy.mean == 1


def test_mean_flows_are_those_of_the_pictures_without_their_signs(model: LoadedModel) -> None:
    some, labels, told = PICTURES[:3], LABELS[:3], list[float]()
    found = mean_flows(model, some, labels, seed=8, steps=24, on_progress=told.append)
    each = [
        through_structure(model, picture, target=label, steps=24)
        for picture, label in zip(some, labels, strict=True)
    ]
    assert list(found.sizes) == list(connections_of(model.spec))
    for one, size in found.sizes.items():
        flows = [
            each_one.blocks[one.block - 1].matrix[one.source, one.reader - 1] for each_one in each
        ]
        assert size == pytest.approx(np.abs(flows).mean())
    assert min(told) >= 0
    assert told[-1] == max(told) == 1
    again = flows_from_json(json.loads(json.dumps(flows_to_json(found))))
    assert again.sizes == pytest.approx(found.sizes, rel=1e-3)
    assert (again.model, again.digest, again.pictures) == (model.name, model.digest, 3)


def test_a_stopped_run_goes_on_and_ends_in_the_same_file(tmp_path: Path) -> None:
    model = small_model()
    settings = {"digest": model.digest}
    out = tmp_path / "ablation.json"
    first = Draft(out, settings)
    noted: list[Effect] = []

    def note(effect: Effect) -> None:
        first.add(effect)
        noted.append(effect)

    assert not first.read()
    with pytest.raises(Cancelled):
        measure_ablation(model, PICTURES, LABELS, on_effect=note, cancelled=lambda: len(noted) == 5)
    with (tmp_path / "ablation.json.part").open("a") as file:
        file.write('{"connection": [2, 0')  # the power failed here
    again = Draft(out, settings)
    known = again.read()
    assert list(known) == [effect.connection for effect in noted]
    counted: list[Effect] = []
    found = measure_ablation(model, PICTURES, LABELS, known=known, on_effect=counted.append)
    assert len(counted) == len(found.effects) - 5
    again.finish(found)
    assert [path.name for path in tmp_path.iterdir()] == ["ablation.json"]
    read = ablation_from_json(json.loads(out.read_text()))
    assert ablation_to_json(read) == ablation_to_json(found)
    assert not Draft(out, {"digest": "another"}).read()
