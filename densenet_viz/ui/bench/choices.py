"""What the bench's grid compares: methods, classes, layers or baselines, as up to nine maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError, Method
from densenet_viz.attribution.baselines import BASELINE_WORDS
from densenet_viz.attribution.method import FAMILIES
from densenet_viz.attribution.methods import by_family
from densenet_viz.attribution.places import all_places, coarse_places
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.traces import Picture
from densenet_viz.stage.bench.scene import MOST
from densenet_viz.stage.shared.words import probability_words, score_word
from densenet_viz.ui.attribution.explaining import class_names
from densenet_viz.ui.attribution.methods import (
    choose_method,
    choose_methods,
    choose_settings,
    settings_controls,
)
from densenet_viz.ui.bench.comparison import ComparedMap, Comparison, count_words
from densenet_viz.ui.bench.subject import Bench
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.work.owners import Kind, kept_for

BASELINE_PICTURES = Kind("baselines", shared=64, own=16)

METHODS_FIRST = tuple(
    name
    for name in (
        "grad-cam",
        "integrated-gradients",
        "saliency",
        "smoothgrad",
        "occlusion",
        "deeplift",
        "kernel-shap",
    )
    if name in METHODS
)
"""The methods before the visitor chooses: one of each kind, none of them slow."""

KEYS = (
    "compare",
    "maps",
    "class_map",
    "classes",
    "layer_map",
    "layers",
    "baseline_map",
)


def choose_comparison(bench: Bench) -> Comparison | None:
    """The chosen comparison; None, and a sentence on the page, if nothing is chosen."""
    take_from_address("compare", _WAYS)
    line = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    way = line.segmented_control(
        "Compare",
        list(_WAYS),
        default="methods",
        required=True,
        key="compare",
        bind="query-params",
        wrap=True,
    )
    try:
        found = _WAYS[way](bench, line)
    except AttributionError as error:
        st.error(str(error))
        return None
    if not found.entries:
        st.info("Choose at least one map to look at.")
        return None
    return found


# -- methods --------------------------------------------------------------------------------


def _methods(bench: Bench, line: Any) -> Comparison:
    in_order = [method.name for rows in by_family().values() for method in rows]
    chosen = choose_methods(
        "maps",
        [name for name in in_order if name in METHODS_FIRST],
        MOST,
        names=in_order,
        help=f"Up to {MOST}, sorted by family: {', '.join(map(_family_words, by_family()))}.",
    )
    rows = [METHODS[name] for name in in_order if name in chosen]
    settings = _settings_of_each(bench, rows, line)
    label = bench.target.label
    return Comparison(
        title=f"{count_words(len(rows), 'ways')} to ask what raises the "
        f"{score_word(bench.explains)} of {label}",
        lesson="The same picture, network and class. Each method answers its own question, so "
        "their maps may differ although none is wrong.",
        label=label,
        entries=tuple(_by_method(bench, row, settings[row.name]) for row in rows),
    )


def _family_words(title: str) -> str:
    return title.partition(":")[0].lower()


def _settings_of_each(
    bench: Bench, rows: Sequence[Method], line: Any
) -> Mapping[str, Mapping[str, Any]]:
    settings: dict[str, Mapping[str, Any]] = {row.name: {} for row in rows}
    adjustable = [row for row in rows if row.parameters(bench.model.spec)]
    if not adjustable:
        return settings
    with line.popover("Settings of each method", icon=":material/tune:"):
        for row in adjustable:
            st.markdown(f"**{row.title}**")
            settings[row.name] = settings_controls(bench.model, row, key="bench-")
    return settings


def _by_method(bench: Bench, row: Method, settings: Mapping[str, Any]) -> ComparedMap:
    family = _family_words(FAMILIES[row.family])
    changed = changed_words(bench, row, settings)
    ask = bench.ask(row.name, settings)
    only = "" if ask.explains == bench.explains else "explains the logit only"
    return ComparedMap(row.title, ask, ", ".join(filter(None, (family, changed, only))))


def changed_words(bench: Bench, row: Method, settings: Mapping[str, Any]) -> str:
    """The settings that are not the method's defaults."""
    return ", ".join(
        f"{one.title.lower()}: {settings[one.name]}"
        for one in row.parameters(bench.model.spec)
        if one.name in settings and settings[one.name] != one.default
    )


# -- classes --------------------------------------------------------------------------------


def _classes(bench: Bench, line: Any) -> Comparison:
    names = class_names(bench.model.labels)
    likely = [names[one.index] for one in bench.predictions]
    row = choose_method("class_map", width=260, place=line)
    chosen = st.multiselect(
        "Classes",
        [*likely, *(name for name in names if name not in likely)],
        placeholder=f"the {len(likely)} most probable",
        max_selections=MOST,
        key="classes",
        bind="query-params",
    )
    settings = _settings_of_one(bench, row, line)
    entries = []
    for name in chosen or likely:
        index = names.index(name)
        probability = bench.model.prediction(bench.logits, index).probability
        ask = bench.ask(row.name, settings, target=index)
        entries.append(
            ComparedMap(name, ask, f"the network gives it {probability_words(probability)}")
        )
    return Comparison(
        title=f"One picture, {count_words(len(entries), 'answers').lower()}: what raises each",
        lesson=f"{row.title}, for each class. Look for parts that raise one class and lower "
        "another: the network uses them to separate the two.",
        label="the class",
        entries=tuple(entries),
    )


# -- layers ---------------------------------------------------------------------------------


def _layers(bench: Bench, line: Any) -> Comparison:
    spec = bench.model.spec
    row = choose_method("layer_map", _that_take("layer", bench.model), width=260, place=line)
    places, coarse = all_places(spec), coarse_places(spec)
    chosen = st.multiselect(
        "Layers",
        places,
        placeholder="every block and transition, and the final maps",
        max_selections=MOST,
        key="layers",
        bind="query-params",
    )
    settings = _settings_of_one(bench, row, line, without=("layer",))
    entries = tuple(
        ComparedMap(place.capitalize(), bench.ask(row.name, {**settings, "layer": place}))
        for place in sorted(chosen or coarse[-MOST:], key=_depth)
    )
    label = bench.target.label
    return Comparison(
        title=f"What raises {label}, from layer to layer",
        lesson=f"{row.title} at each layer, from the input to the classifier. Early layers show "
        "small parts in fine detail; late layers show the whole in few cells.",
        label=label,
        entries=entries,
    )


def _depth(place: str) -> tuple[int, int, int]:
    """The position of a place in the network, for sorting.

    >>> sorted(["final", "transition 1", "block 2", "block 1", "block 1 layer 2"], key=_depth)
    ['block 1 layer 2', 'block 1', 'transition 1', 'block 2', 'final']
    """
    words = place.split()
    if words[0] == "transition":
        return int(words[1]), 2, 0
    if words[0] == "block":
        return (int(words[1]), 0, int(words[3])) if len(words) == 4 else (int(words[1]), 1, 0)
    return 1 << 30, 0, 0


# -- baselines ------------------------------------------------------------------------------


def _baselines(bench: Bench, line: Any) -> Comparison:
    row = choose_method("baseline_map", _that_take("baseline", bench.model), width=260, place=line)
    settings = _settings_of_one(bench, row, line, without=("baseline",))
    entries = tuple(
        ComparedMap(
            name.capitalize(),
            bench.ask(row.name, {**settings, "baseline": name}),
            words,
            _baseline(bench, name),
            f"The baseline: {words}",
        )
        for name, words in BASELINE_WORDS.items()
    )
    return Comparison(
        title=f"{row.title} against {count_words(len(entries), 'baselines').lower()}",
        lesson="The small picture in each map is its baseline, which means “nothing to see”. "
        "Pixels that look like it get almost no value.",
        label=bench.target.label,
        entries=entries,
    )


def _baseline(bench: Bench, name: str) -> Picture:
    from densenet_viz.attribution.baselines import baseline_picture

    model, picture = bench.model, bench.picture
    return kept_for(BASELINE_PICTURES, model, picture).get(
        (model.name, picture.key, name),
        lambda: baseline_picture(model, model.tensor(picture.pixels), name),
    )


# -- one method -----------------------------------------------------------------------------


def _that_take(parameter: str, model: LoadedModel) -> list[str]:
    return [name for name, row in METHODS.items() if row.takes(model.spec, parameter)]


def _settings_of_one(
    bench: Bench, row: Method, line: Any, without: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    return choose_settings(bench.model, row, "bench-", without=without, place=line)


_WAYS = {
    "methods": _methods,
    "classes": _classes,
    "layers": _layers,
    "baselines": _baselines,
}
