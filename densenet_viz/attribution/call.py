"""A call of Captum as data, made once: it is run (`run`), and it is printed (`script`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor, nn


class Name(NamedTuple):
    """A value that a call gets by its name.

    `start` is a baseline (1, 3, S, S), and the map is the mean over all baselines; `starts` are all
    of them; `mask` (1, 3, S, S) is each pixel's superpixel; `at_once` is how many pictures fit in a
    batch; `stdevs` is the noise's standard deviation, in units of the input.
    """

    name: str


START, STARTS, MASK, AT_ONCE, STDEVS = map(Name, ("start", "starts", "mask", "at_once", "stdevs"))
FINISH_WITH = {"enlarged": ("x",), "spread": ("x",), "shared_out": ("mask",)}
"""What a `finish` gets besides the values, by name; the others get nothing more."""

Arguments = Mapping[str, int | float | str | bool | tuple[int, ...] | Name]


@dataclass(frozen=True)
class Call:
    """`finish(around(make(network, layer, **options)).attribute(x, target, **arguments))`.

    `make` and `finish` name a class of `captum.attr`, or what is in `attribution.calls`. `classes`
    says which classes of Captum do the work, if not the two names. The argument `averaged` may be
    divided, because the map is a mean over it: into parts of `most` at most. With the arguments
    `sketch`, the call makes a rougher map sooner. `on_modules` is True if Captum hangs hooks on the
    network's own ReLUs. `inward` is True if gradients go from the layer to the picture, and not
    from the score to the layer. `draws_with_numpy` is True if it draws numbers from NumPy, too.
    `rounded` is True if the map is a mean over so many that the rounding errors of a faster forward
    pass average out.
    """

    make: str
    arguments: Arguments = field(default_factory=dict)
    layer: str = ""
    options: Mapping[str, float] = field(default_factory=dict)
    around: str = ""
    finish: str = "whole"
    classes: str = ""
    averaged: str = ""
    most: int = 0
    sketch: Mapping[str, int] = field(default_factory=dict)
    on_modules: bool = False
    inward: bool = False
    draws_with_numpy: bool = False
    rounded: bool = False

    @property
    def title(self) -> str:
        """The classes of Captum that do the work, as "NoiseTunnel(Saliency)"."""
        return self.classes or (f"{self.around}({self.make})" if self.around else self.make)

    def parts(self, at_once: int) -> tuple[int, ...]:
        """The values of the argument `averaged`, one for each time that the call is made.

        A call that does not divide its pictures into batches itself gets `at_once` at most.

        >>> Call("GradientShap", {"n_samples": 20}, averaged="n_samples", most=8).parts(9)
        (7, 7, 6)
        """
        if not self.averaged:
            return (1,)
        whole = int(str(self.arguments[self.averaged]))
        count = -(-whole // (self.most if self.uses(AT_ONCE) else min(self.most, at_once)))
        return tuple(whole // count + (part < whole % count) for part in range(count))

    def uses(self, name: Name) -> bool:
        return name in self.arguments.values()

    def named(self, name: Name) -> str:
        """The argument whose value has this name, or ""."""
        return next((key for key, value in self.arguments.items() if value == name), "")

    def rougher(self) -> Call:
        """The call that makes the rougher map."""
        return replace(self, arguments={**self.arguments, **self.sketch}, sketch={})


def look_up(name: str) -> Any:
    """A class of Captum, or what `attribution.calls` has by this name."""
    import captum.attr

    from densenet_viz.attribution import calls

    return getattr(captum.attr, name, None) or getattr(calls, name)


def run(
    call: Call,
    network: nn.Module,
    x: Tensor,
    target: int,
    given: Mapping[str, Any],
    show: Callable[[Tensor], None] | None = None,
) -> Tensor:
    """The map of a call, (3 or 1, S, S).

    Args:
        call: what to do.
        network: pictures to logits; with torchvision's names if the call has a layer.
        x: (1, 3, S, S), the picture's input.
        target: the class's index.
        given: the values of the call's names, and instead of a class what takes its place;
            `starts` also for a call that uses `start`.
        show: gets the map so far, if there is more than one part.
    """
    layer = [network.get_submodule(call.layer)] if call.layer else []
    method = given.get(call.make, look_up(call.make))(network, *layer, **call.options)
    if call.around:
        method = look_up(call.around)(method)
    arguments = {
        key: given.get(value.name) if isinstance(value, Name) else value
        for key, value in call.arguments.items()
    }
    needed = {"x": x, **given}

    def one(**more: Any) -> Tensor:
        # A copy, because Captum asks for gradients with respect to it.
        values = method.attribute(x.detach().clone(), target=target, **(arguments | more)).detach()
        more_for_it = [needed[name] for name in FINISH_WITH.get(call.finish, ())]
        finished: Tensor = look_up(call.finish)(values, *more_for_it)
        return finished

    start, parts = call.named(START), call.parts(given["at_once"])
    starts = [{start: each[None]} for each in given["starts"]] if start else [{}]
    total, done, whole = None, 0, len(starts) * sum(parts)
    for chosen in starts:
        for part in parts:
            values = one(**chosen, **({call.averaged: part} if call.averaged else {}))
            if part == whole:
                return values
            share = values.double() * part
            total, done = share if total is None else total + share, done + part
            if show is not None:
                show((total / done).float())
    assert total is not None
    return (total / done).float()
