"""Places in an address: what is read, and what is refused in one sentence."""

from __future__ import annotations

import pytest

from densenet_viz.facts.places import NoSuchPlace, Place, places_of, read_place, written_shape
from tests.small_models import OWN_SPEC, SPEC, small_model


@pytest.mark.parametrize(
    ("place", "level"),
    [
        (Place(), "network"),
        (Place("denseblock2"), "block"),
        (Place("denseblock2.denselayer1"), "layer"),
        (Place("transition1"), "layer"),
        (Place("stem", 3), "channel"),
        (Place("classifier"), "classifier"),
        (Place("denseblock1.denselayer2", 3, 0, 15), "number"),
    ],
)
def test_an_address_names_its_place(place: Place, level: str) -> None:
    assert place.level == level
    assert read_place(place.address, SPEC) == place


@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC])
def test_shapes_are_those_of_the_live_convolutions(spec: object) -> None:
    from densenet_viz.measure.inside import look_inside
    from tests.small_models import picture

    model = small_model(spec)  # type: ignore[arg-type]
    for at in places_of(model.spec):
        steps = look_inside(model, picture(), at).steps
        maps = next(step.maps for step in reversed(steps) if step.name.startswith("conv"))
        assert maps.shape == (
            written_shape(model.spec, at)[0],
            *[written_shape(model.spec, at)[1]] * 2,
        )


@pytest.mark.parametrize(
    "given",
    [
        {"at": "denseblock9"},
        {"at": "<b>" * 99},
        {"at": "denseblock1.denselayer3"},
        {"at": "denseblock1", "channel": "0"},
        {"at": "classifier", "channel": "0"},
        {"channel": "0"},
        {"at": "stem", "channel": "16"},
        {"at": "stem", "channel": "-1"},
        {"at": "stem", "channel": "²"},
        {"at": "stem", "channel": "1" * 999},
        {"at": "stem", "channel": "0", "y": "1"},
        {"at": "stem", "y": "1", "x": "1"},
        {"at": "stem", "channel": "0", "y": "0", "x": "32"},
    ],
)
def test_what_is_no_place_is_said_in_one_sentence(given: dict[str, str]) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        read_place(given, SPEC)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 250
