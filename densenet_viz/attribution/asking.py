"""One question to one network: counts its passes, reports progress, and makes fitting batches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from densenet_viz.attribution.places import module_of
from densenet_viz.attribution.twins import fused_of, rounded_of, twin_of
from densenet_viz.errors import Cancelled
from densenet_viz.network.fused.differentiable import DifferentiableDenseNet
from densenet_viz.network.fused.network import FusedDenseNet

if TYPE_CHECKING:
    from densenet_viz.attribution.call import Call
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.attributions import Explains

LOOKED_AT = 8
"""The most pictures of a batch while previews are shown: a third of a second at 224 px."""

PREVIEW_SECONDS = 0.15
"""The shortest time between two previews of a map that is still being computed."""


class Explanation(NamedTuple):
    """A method's result.

    `values` is (3 or 1, S, S), signed; `delta` is the sum of the values minus the score's rise, if
    the method promises that they are equal; `nodes` are the places (0 to 1) on the path between
    baseline and picture at which gradients were taken, if there is one path. If pieces of the path
    were scaled, `unscaled_delta` is the delta before scaling, and `scaled_by` the smallest and the
    largest factor.
    """

    values: Tensor
    delta: float | None = None
    nodes: tuple[float, ...] = ()
    unscaled_delta: float | None = None
    scaled_by: tuple[float, float] | None = None


class Watch:
    """Counts forward passes; before each batch it reports progress and checks for cancelling."""

    def __init__(
        self,
        total: int,
        on_progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.done = 0
        self.back = 0
        self._total = total
        self._on_progress = on_progress
        self._cancelled = cancelled

    def before(self, pictures: int) -> None:
        """Call it before `pictures` go forward.

        Raises:
            Cancelled: the caller cancelled.
        """
        self.stop_if_cancelled()
        self.report(min(1.0, self.done / self._total))
        self.done += pictures

    def expect(self, more: int) -> None:
        """Adds `more` pictures to the expected total."""
        self._total += more

    def report(self, part: float) -> None:
        if self._on_progress is not None:
            self._on_progress(part)

    def stop_if_cancelled(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("The attribution was cancelled.")


class Asking:
    """A picture, a network and a class; every method works with them.

    Attributes:
        model: the model to explain.
        x: (1, 3, S, S) float32, the network's input.
        target: the class's index.
        watch: gets every pass.
        explains: what of the class is explained; this is its score below.
    """

    def __init__(
        self,
        model: LoadedModel,
        x: Tensor,
        target: int,
        *,
        watch: Watch,
        explains: Explains = "logit",
        device: str = "cpu",
        on_preview: Callable[[Tensor], None] | None = None,
    ) -> None:
        self.model = model
        self.device = device
        self.x = x.to(device)
        self.target = target
        self.watch = watch
        self.explains = explains
        self.fused = fused_of(model, device)
        self._on_preview = on_preview
        self._shown = time.monotonic() if on_preview is None else -PREVIEW_SECONDS

    @property
    def is_watched(self) -> bool:
        """Whether previews are shown."""
        return self._on_preview is not None

    @property
    def size(self) -> int:
        """Pixels a side of the network's input."""
        return self.model.input_size

    @property
    def batch(self) -> int:
        """Pictures that go forward and back together; fewer if previews are shown."""
        fitting = self.fused.batch_for(self.size)
        return fitting if self._on_preview is None else min(fitting, LOOKED_AT)

    def of_logits(self, logits: Tensor) -> Tensor:
        """(N, classes) scores: the logits themselves, or their probabilities."""
        return logits if self.explains == "logit" else probabilities(self.model, logits)

    def scores(self, pictures: Tensor, *, target: int | None = None) -> Tensor:
        """(N,) scores of the class for (N, 3, S, S) inputs, in batches."""
        asked = self.target if target is None else target
        answers = []
        for part in split_evenly(pictures, 2 * self.batch):
            self.watch.before(len(part))
            answers.append(self.of_logits(self.fused.logits(part.to(self.device)))[:, asked])
        return torch.cat(answers)

    def gradients(self, pictures: Tensor, *, rounded: bool = False) -> tuple[Tensor, Tensor]:
        """(N,) scores and (N, 3, S, S) gradients of the score for each input, in batches.

        Args:
            pictures: (N, 3, S, S).
            rounded: the gradients are only used in a sum of many, where the rounding errors of a
                faster forward pass average out.
        """
        fused = rounded_of(self.model, self.device) if rounded else self.fused
        answers = []
        for part in split_evenly(pictures, self.batch):
            self.watch.before(len(part))
            self.watch.back += len(part)
            answers.append(self._gradients(fused, part.to(self.device)))
        scores, gradients = zip(*answers, strict=True)
        return torch.cat(scores), torch.cat(gradients)

    def _gradients(self, fused: FusedDenseNet, pictures: Tensor) -> tuple[Tensor, Tensor]:
        if self.explains == "logit":
            return fused.gradients(pictures, self.target)
        with torch.enable_grad():
            x = pictures.detach().requires_grad_()
            scores = self.of_logits(DifferentiableDenseNet(fused)(x))[:, self.target]
            (gradients,) = torch.autograd.grad(scores.sum(), x)
        return scores.detach(), gradients

    def about(self, x: Tensor) -> Asking:
        """The same question about another input, (1, 3, S, S); it shows no previews."""
        return Asking(
            *(self.model, x, self.target),
            watch=self.watch,
            explains=self.explains,
            device=self.device,
        )

    def network(self, call: Call, *, plain: bool = False) -> nn.Module:
        """The network that Captum is given, made for one call; its passes are counted.

        Its outputs are scores (`of_logits`). It is the fast evaluation, or a copy of the modules if
        the call hangs hooks on modules that the fast one has not, or if it should be `plain`.
        """
        if plain or call.on_modules or (call.layer and not self._is_part(call.layer)):
            network = self.twin(call.inward)
        else:
            fused = rounded_of(self.model, self.device) if call.rounded else self.fused
            only_inside = bool(call.layer) and not call.inward
            fast = DifferentiableDenseNet(fused, only_inside=only_inside)
            network = self._counted(fast, call.inward)
        # A hook, not a module around it, so that layers keep their names.
        network.register_forward_hook(lambda _net, _given, logits: self.of_logits(logits))
        return network

    def _is_part(self, module: str) -> bool:
        return module in {module_of(place) for place in self.fused.places}

    def twin(self, inward: bool = False) -> nn.Module:
        """A private copy of the network for hooks and changes; its passes are counted, too."""
        return self._counted(twin_of(self.model, self.device), inward)

    def _counted(self, network: nn.Module, inward: bool) -> nn.Module:
        def back(gradient: Tensor) -> None:
            self.watch.back += len(gradient)

        def after(_net: nn.Module, given: tuple[Tensor], logits: Tensor) -> None:
            end = given[0] if inward else logits  # where every gradient passes
            if end.requires_grad:
                end.register_hook(back)

        network.register_forward_pre_hook(lambda _net, given: self.watch.before(len(given[0])))
        network.register_forward_hook(after)
        return network

    def show(self, values: Tensor) -> None:
        """Sends the map so far as a preview, at most a few times a second."""
        now = time.monotonic()
        if self._on_preview is not None and now - self._shown >= PREVIEW_SECONDS:
            self._shown = now
            self._on_preview(values)


def split_evenly(pictures: Tensor, most: int) -> tuple[Tensor, ...]:
    """Parts of at most `most` pictures, as equal as possible: a last part of one would be slow.

    >>> [len(part) for part in split_evenly(torch.zeros(25), 8)]
    [7, 6, 6, 6]
    """
    return torch.tensor_split(pictures, max(1, -(-len(pictures) // most)))


def probabilities(model: LoadedModel, logits: Tensor) -> Tensor:
    """(N, classes) calibrated probabilities of (N, classes) logits, at least float32.

    They are computed in float64, so that the gradient does not vanish where one is nearly 1.
    """
    scaled = logits.double() / model.temperature
    found = scaled.softmax(1) if model.exclusive else scaled.sigmoid()
    return found if logits.element_size() == 8 else found.float()
