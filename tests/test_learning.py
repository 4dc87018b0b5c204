"""Small networks that learn: settings, pictures, and a run a step at a time."""

import json
from contextlib import suppress
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from densenet_viz.errors import Cancelled
from densenet_viz.facts.families import FAMILIES, Family
from densenet_viz.learning import samples
from densenet_viz.learning.data import DATA
from densenet_viz.learning.samples import (
    AROUND,
    BACKGROUND,
    digit_pixels,
    reduced,
    samples_of,
)
from densenet_viz.learning.settings import Settings, SettingsError, settings_from, settings_in
from densenet_viz.learning.training import Diverged, Run, order_of, train
from densenet_viz.network.families import build_family, weight_layers
from densenet_viz.scenes.generator import SIZE, draw_scene
from densenet_viz.scenes.recipe import normalise, one_cycle
from tests.tiers import in_tiers

TINY = Settings(growth_rate=2, depth=10, epochs=1, batch=256, learning_rate=0.01)
"""Five steps."""


def finished(settings: Settings) -> Run:
    run = Run(settings, samples_of(settings.data))
    for _ in train(run):
        pass
    return run


# -- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_survive_json_and_an_address(family: Family) -> None:
    settings = Settings(
        family,
        growth_rate=5,
        depth=16,
        compression=0.7,
        norm="none",
        optimiser="sgd",
        learning_rate=0.05,
        epochs=3,
        seed=7,
    )
    assert settings_from(json.loads(json.dumps(settings.to_dict()))) == settings
    assert settings_in(settings.to_address()) == settings


def test_the_default_needs_no_address() -> None:
    assert Settings().to_address() == {}
    assert settings_in({}) == Settings()


@pytest.mark.parametrize(
    "address",
    [
        {"k": "many"},
        {"k": "0"},
        {"k": "9" * 5000},
        {"depth": "23"},
        {"theta": "nan"},
        {"rate": "inf"},
        {"rate": "nan"},
        {"family": "<b>"},
        {"data": "passwords"},
        {"norm": "layer"},
        {"epochs": "1e3"},
        {"bottleneck": "yes"},
        {"family": "plain", "bottleneck": "true"},
        {"k": "48", "depth": "148"},
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_in(address)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("values", [{"colour": 1}, {"growth_rate": "8"}, {"seed": True}])
def test_values_of_the_wrong_kind_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        settings_from(values)


# -- pictures -------------------------------------------------------------------------------


def test_the_digits_are_all_there_and_none_is_in_both_parts() -> None:
    samples, row = samples_of("digits"), DATA["digits"]
    assert samples.train.shape == (row.train, 16, 16, 3)
    assert samples.unseen.shape == (row.unseen, 16, 16, 3)
    both = np.concatenate([samples.train, samples.unseen])
    digits = digit_pixels(load_digits().images)
    assert sorted(map(bytes, both)) == sorted(map(bytes, digits))
    counts = np.bincount(samples.unseen_labels)
    assert counts.min() >= 34
    assert counts.max() <= 38  # each tenth is 174 to 183 digits, of which a fifth is unseen


@pytest.mark.slow
def test_the_scenes_have_the_size_that_is_said() -> None:
    samples, row = samples_of("scenes"), DATA["scenes"]
    assert samples.train.shape == (row.train, 32, 32, 3)
    assert samples.unseen.shape == (row.unseen, 32, 32, 3)
    assert set(samples.unseen_labels) == set(range(len(row.labels)))


def test_a_scene_is_cut_around_its_object_and_its_background_is_dark() -> None:
    scene = draw_scene(0, "test", 3)
    light = replace(scene, image=np.full_like(scene.image, 200))
    small = reduced(light, 32)
    assert small.max() == pytest.approx(200, abs=1)
    assert small.min() == pytest.approx(200 * BACKGROUND, abs=1)
    inside = small[..., 0] > 125
    assert inside.sum() > 0.5 * 32 * 32 * scene.mask.sum() / SIZE**2  # it is not smaller
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(32 / AROUND, abs=2)


def test_drawing_scenes_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "_MADE", {})  # another test may have drawn them
    with pytest.raises(Cancelled):
        samples_of("scenes", lambda: True)


# -- a run ----------------------------------------------------------------------------------


def test_a_step_is_that_of_plain_pytorch() -> None:
    run, samples = Run(TINY, samples_of("digits")), samples_of("digits")
    first, second = run.advance(), run.advance()

    network = build_family(TINY.spec, seed=TINY.seed)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    network.train()
    order = order_of(TINY.seed, 0, len(samples.train))
    for step, record in enumerate((first, second)):
        chosen = order[step * 256 : (step + 1) * 256]
        optimiser.param_groups[0]["lr"] = one_cycle(step, TINY.steps, TINY.learning_rate)
        optimiser.zero_grad()
        logits = network(normalise(torch.from_numpy(samples.train[chosen])))
        loss = nn.functional.cross_entropy(logits, torch.from_numpy(samples.train_labels[chosen]))
        loss.backward()
        norms = [layer.weight.grad.norm().item() for _, layer in weight_layers(network)]
        # Threads add in another order: float32 has 24 bits.
        assert record.loss == pytest.approx(loss.item(), rel=1e-4)
        assert record.gradients == pytest.approx(norms, rel=1e-3, abs=1e-6)
        optimiser.step()


def test_the_same_seed_gives_the_same_run_and_another_one_does_not() -> None:
    one, two, other = (finished(replace(TINY, seed=seed)) for seed in (3, 3, 4))
    assert [step.loss for step in one.steps] == [step.loss for step in two.steps]
    assert one.epochs[-1].accuracy == two.epochs[-1].accuracy
    assert [step.loss for step in one.steps] != [step.loss for step in other.steps]


def test_threads_of_torch_are_the_same_afterwards() -> None:
    before = torch.get_num_threads()
    finished(TINY)
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("family", in_tiers(FAMILIES, {"dense", "residual"}))
def test_records_fit_the_network(family: Family) -> None:
    run = finished(replace(TINY, family=family, epochs=2))
    assert [epoch.step for epoch in run.epochs] == [0, 5, 10]
    assert run.done
    assert run.part == 1
    last = run.epochs[-1]
    assert len(last.gradients) == len(run.layers) == TINY.depth
    assert last.answers.shape == (360,)
    assert last.chances.sum(1) == pytest.approx(1, abs=1e-5)
    assert len(last.maps) == len(run.shown)
    assert all(maps.ndim == 3 for maps in last.maps)
    assert len(last.reuse) == (3 if family == "dense" else 0)
    share = (run.samples.unseen_labels == last.answers).mean()
    assert run.summary().accuracy == share
    assert run.summary().complete


def test_who_reads_whom_is_read_off_the_weights_after_each_epoch() -> None:
    run = finished(TINY)
    weight = run.network.get_submodule("features.denseblock1.denselayer2.conv1").weight.detach()
    entering = run.settings.spec.entering[0]
    before, after = (epoch.reuse[0] for epoch in run.epochs)
    assert after[0, 1] == pytest.approx(float(weight[:, :entering].abs().mean()), rel=1e-5)
    assert after[1, 1] == pytest.approx(float(weight[:, entering:].abs().mean()), rel=1e-5)
    assert np.isnan(after[2, 1])
    assert before[0, 1] != after[0, 1]
    assert finished(replace(TINY, norm="none")).epochs[-1].reuse == ()


def test_a_stopped_run_goes_on_where_it_stopped() -> None:
    whole, parts = finished(TINY), Run(TINY, samples_of("digits"))
    with pytest.raises(Cancelled):
        for _ in train(parts, lambda: len(parts.steps) == 2):
            pass
    assert len(parts.steps) == 2
    assert not parts.summary().complete
    for _ in train(parts):
        pass
    assert [step.loss for step in parts.steps] == [step.loss for step in whole.steps]


def test_two_threads_make_no_step_too_many() -> None:
    whole, shared = finished(TINY), Run(TINY, samples_of("digits"))

    def make_all() -> None:
        with suppress(ValueError):  # the other thread made the last step
            for _ in train(shared):
                pass

    threads = [Thread(target=make_all) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [step.loss for step in shared.steps] == [step.loss for step in whole.steps]
    assert [epoch.step for epoch in shared.epochs] == [0, TINY.steps]


def test_the_copy_of_a_network_stays_as_it_is() -> None:
    run = Run(TINY, samples_of("digits"))
    run.advance()
    kept = run.copy()
    before = {name: value.clone() for name, value in kept.state_dict().items()}
    run.advance()
    assert all(torch.equal(before[name], value) for name, value in kept.state_dict().items())
    assert not kept.training


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence() -> None:
    run = Run(replace(TINY, norm="none", optimiser="sgd", learning_rate=10.0), samples_of("digits"))
    with torch.no_grad():
        run.network.classifier.weight.fill_(float("nan"))
    with pytest.raises(Diverged):
        run.advance()
    assert not run.steps


@pytest.mark.slow
def test_the_default_passes_97_percent_unseen() -> None:
    assert finished(Settings()).epochs[-1].accuracy > 0.97
