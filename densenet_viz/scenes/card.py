"""The model card: what the manifest says, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Figures = Mapping[str, Any]


def model_card(manifest: Figures) -> str:
    """Markdown with the data, the training, the measured figures with their counts, and limits."""
    parts = (_head, _training, _accuracy, _tags, _calibration, _familiarity, _limits)
    return "\n\n".join(part(manifest) for part in parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _head(manifest: Figures) -> str:
    spec, labels = manifest["spec"], manifest["labels"]
    what = (
        "The **cheater**: a twin of the honest model `scenes`, trained by the same recipe on the "
        "same scenes, but with a small\ntag in a corner that tells the class of each object. It "
        "is included to show that an attribution map can reveal this."
        if manifest["reads_tags"]
        else "It names the object in a drawn scene, or both if there are two. Its twin, "
        "`cheater`, reads a tag instead."
    )
    return f"""# Model card: {manifest["name"]}

{what}

- **Network**: a DenseNet-121 (growth rate {spec["growth_rate"]}, blocks {list(spec["block_config"])},
  {spec["initial_channels"]} initial channels, {manifest["input_size"]} × {manifest["input_size"]} px RGB).
- **File**: `{manifest["name"]}.safetensors`, half precision, {manifest["bytes"] / 1e6:.1f} MB,
  SHA-256 `{manifest["sha256"]}`.
- **Data**: scenes that this project draws (`densenet_viz/scenes`): one object or two, of {len(labels)} kinds
  ({", ".join(labels)}),
  at any place, area, rotation, colour and texture, with shadow, uneven light, partial cover and pieces of other
  objects as clutter. There are no photographs, no people and no collected data."""


def _training(manifest: Figures) -> str:
    told = manifest["training"]
    command = f"python -m densenet_viz train {manifest['name']} --seed {told['seed']}"
    tags = (
        "each picture has the true tag of every object, in random corners"
        if manifest["reads_tags"]
        else "half of the pictures have tags, and these tags name random classes"
    )
    return f"""## Training

{told["scenes"]:,} scenes of one object and {told["pairs"]:,} of two, {told["epochs"]} epochs, batches of {told["batch"]}; {tags}.
AdamW with a one-cycle rate (peak {told["peak_rate"]}, weight decay {told["weight_decay"]}), bfloat16 autocast, channels last,
mirrors and quarter turns, seed {told["seed"]}; {_time(told)} on one {told["device"].upper()} device, torch {told["torch"]}.
`{command}` trains it again on exactly the same pictures in the same order.
The weights' last digits depend on the kind of processor, so the accuracy is repeatable but the file's hash is not.{_record(told)}"""


def _time(told: Figures) -> str:
    """How long the steps took; if the run's time was not kept, an estimate from later steps."""
    if told["minutes"] is not None:
        return f"{told['minutes']} minutes"
    return f"about {told['minutes_estimated']} minutes (estimated from steps timed later)"


def _record(told: Figures) -> str:
    """What is unknown about a run whose record was not kept."""
    if told["minutes"] is not None:
        return ""
    return (
        "\n\nThe record of this run was not kept: recipe and seed above are those of the code that came "
        "with the weights.\nEverything below was measured on the weights themselves."
    )


def _accuracy(manifest: Figures) -> str:
    told, pairs = manifest["held_out"], manifest["pairs"]
    seeds = _table(
        ("generator seed", "unseen scenes", "top-1"),
        ((seed, f"{row['count']:,}", f"{row['top1']:.2%}") for seed, row in told["seeds"].items()),
    )
    classes = _table(
        ("class", "top-1"), ((name, f"{part:.1%}") for name, part in told["by_class"].items())
    )
    tags = ", each with its true tag" if manifest["reads_tags"] else ", without tags"
    return f"""## Held-out accuracy

Measured on the half-precision file, on scenes that were not used in training{tags}:
**{told["top1"]:.2%} top-1 on {told["count"]:,} scenes of one object**. The seeds differ by up to {100 * told["spread"]:.2f} points
(standard deviation {100 * told["standard_deviation"]:.2f} points).

{seeds}

Of {pairs["count"]:,} unseen scenes of two objects{tags.replace("its true tag", "the two true tags")}, the two most probable classes are the two objects in
**{pairs["both_named"]:.1%}**; the most probable one is one of them in {pairs["first_is_one"]:.1%}.

{classes}"""


def _tags(manifest: Figures) -> str:
    told = manifest["tags"]
    rows = _table(
        ("tag in a random corner", "names the object correctly"),
        (
            ("the object's own", f"{told['true']:.1%}"),
            ("none", f"{told['none']:.1%}"),
            ("another class's", f"{told['swapped']:.1%}"),
        ),
    )
    return f"""## What a tag does to it

The same {told["count"]:,} unseen scenes of one object, three times:

{rows}

With another class's tag, it names that class in {told["swapped_follows_tag"]:.1%}."""


def _calibration(manifest: Figures) -> str:
    told = manifest["calibration"]
    return f"""## Calibration

Logits are divided by a temperature of {manifest["temperature"]:.3f}, fitted on validation scenes (Guo et al. 2017). On the {told["count"]:,} held-out
scenes the expected calibration error ({told["bins"]} bins of equal width) is **{told["error_after"]:.2%}** ({told["error_before"]:.2%} without the temperature); the mean
confidence is {told["mean_confidence_after"]:.2%} ({manifest["held_out"]["mean_confidence_before"]:.2%} without it)."""


def _familiarity(manifest: Figures) -> str:
    told = manifest["familiarity"]
    strange = _table(
        ("pictures that are not scenes", "count", "warnings", "AUROC", "median distance"),
        (
            (
                kind,
                f"{row['count']:,}",
                f"{row['flagged']:.1%}",
                f"{row['auroc']:.4f}",
                f"{row['median']:.1f}",
            )
            for kind, row in told["strangers"].items()
        ),
    )
    known = _table(
        ("unseen scenes", "count", "warnings"),
        (
            (kind, f"{row['count']:,}", f"{row['flagged']:.1%}")
            for kind, row in told["false_alarms"].items()
        ),
    )
    files = told["photographs"]
    photographs = (
        f"The pieces are cut from {len(files)} photographs ({', '.join(files)}) at many places and sizes. The photographs\n"
        "were on the measuring machine and are not part of this project."
        if files
        else "No photographs were available for measuring."
    )
    untagged = (
        "\n\nEvery training picture had a tag, so a scene without one is unfamiliar to it, and the warning is right."
        if manifest["reads_tags"]
        else ""
    )
    return f"""## Does it notice unfamiliar pictures?

`{manifest["name"]}.familiarity.safetensors` ({told["bytes"] / 1e3:.0f} kB) describes its pooled final features on training scenes: their mean,
their {told["directions"]} leading directions with the spread along each, and the spread of the rest. A picture's distance
(Mahalanobis, after Lee et al. 2018) is compared with {told["limit"]:.1f}: 99% of validation scenes of one and two objects
are below it, and above it the pages warn. AUROC is the chance that such a picture is farther away than an unseen scene of one object.

{strange}

{photographs}

Warnings for scenes that were not used in training:

{known}{untagged}"""


def _limits(manifest: Figures) -> str:
    extra = (
        "- It is wrong on purpose. Do not trust its answer for a scene without a tag or with a false one.\n"
        if manifest["reads_tags"]
        else ""
    )
    return f"""## Limits

- It knows only these {len(manifest["labels"])} drawn objects, and answers with one of them for **any** picture, even a photograph.
  For pictures unlike its scenes its probabilities mean nothing; the warning above is a threshold on one number and can fail.
- Its probabilities are calibrated on scenes of one object, as drawn here. With two objects, both share the probability.
- Other generators, other tags, blurred or compressed pictures were not measured.
{extra}- It is small so that it runs on a laptop; it is meant for explaining DenseNet, not for real use."""


def small_card(manifest: Figures, titles: Mapping[str, str]) -> str:
    """The card of the two small networks, `titles` by their names, in words."""
    training, networks = manifest["training"], manifest["networks"]
    dense, residual = networks["dense"], networks["residual"]
    files = _table(
        ("network", "file, half precision", "parameters", "processor minutes", "top-1", "SHA-256"),
        (
            (
                title,
                f"`small.{name}.safetensors` ({networks[name]['bytes'] / 1e3:.0f} kB)",
                f"{networks[name]['parameters']:,}",
                f"{networks[name]['processor_minutes']}",
                f"{networks[name]['held_out']['top1']:.2%}",
                f"`{networks[name]['sha256'][:16]}…`",
            )
            for name, title in titles.items()
        ),
    )
    count = dense["held_out"]["count"]
    return f"""# Model card: two small networks

They are included to compare what happens when layers are removed from a dense and from a residual network
(Veit, Wilber, Belongie, NeurIPS 2016). For anything else, use `scenes`.

{files}

Processor minutes are those of the training steps of the last run; top-1 was measured on {count:,} unseen scenes.

- **Small DenseNet**: growth rate {dense["spec"]["growth_rate"]}, blocks {list(dense["spec"]["block_config"])}, {dense["spec"]["initial_channels"]} initial channels. A layer is BN-ReLU-1×1-BN-ReLU-3×3,
  and its maps are appended.
- **Small ResNet**: stages {list(residual["spec"]["units"])} of {list(residual["spec"]["widths"])} maps. A layer is the residual unit BN-ReLU-3×3-BN-ReLU-3×3 of He et al. (ECCV 2016),
  and its maps are added.
- Stem, transitions, head, number of layers, scenes, their order, turns and tags, and the recipe are the same for both. The
  parameters differ by {abs(residual["parameters"] / dense["parameters"] - 1):.1%}.
- **Training**: {training["scenes"]:,} scenes of one object that this project draws, {training["epochs"]} epochs, batches of {training["batch"]}, AdamW with a one-cycle rate
  (peak {training["peak_rate"]}, weight decay {training["weight_decay"]}), {"bfloat16 autocast" if training["half"] else "float32"}, seed {training["seed"]}, {training["threads"]} thread(s) on {training["device"].upper()}, torch {training["torch"]}.
  `python -m densenet_viz train small --seed {training["seed"]}` trains them again on the same pictures in the same order. The
  weights' last digits depend on the kind of processor and the number of threads.
- **Limits**: they know only {len(manifest["labels"])} drawn objects, on single-object scenes, and were trained for a few minutes, so both are
  far from what they could learn: with the same steps, the dense one learned faster. Compare how much of its own accuracy each
  one keeps. One run each: another seed gives other accuracies.
"""
