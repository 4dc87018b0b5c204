"""A live network with its labels, its input, and what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.images.fitting import Fit, fit_as, grey
from densenet_viz.results.attributions import Answer, Prediction, Verdict
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from torch import Tensor, nn

    from densenet_viz.network.familiarity import Familiarity
    from densenet_viz.network.own.layout import FileLayout

Colour = tuple[float, float, float]


def normalised(picture: Picture, mean: Colour, std: Colour) -> Tensor:
    """(S, S, 3) uint8 to (1, 3, S, S) float32, channels last.

    `mean` and `std` are per colour channel, of values from 0 to 1.
    """
    import torch

    scaled = torch.from_numpy(picture.astype(np.float32) / 255)
    normal = (scaled - torch.tensor(mean)) / torch.tensor(std)
    return normal.permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A network in evaluation mode, and what is needed to use it and to read its output.

    `mean` and `std` are per colour channel, of values from 0 to 1. Hold `lock` while you run, hook
    or differentiate `network`: one thread's hooks would see another thread's pass.
    """

    name: str
    title: str
    spec: DenseNetSpec
    network: nn.Module
    labels: tuple[str, ...]
    input_size: int
    mean: Colour
    std: Colour
    provenance: str
    """One sentence: what it was trained on."""
    knows: str
    """One sentence: what pictures it knows."""
    trained: bool
    temperature: float = 1.0
    """Logits are divided by it before the softmax, so that probabilities match frequencies."""
    familiarity: Familiarity | None = None
    """Where its features lie on pictures that it knows, if that was measured."""
    fit: Fit = "square"
    """How a picture becomes the square that the network gets."""
    exclusive: bool = True
    """Whether one class excludes the others: a softmax over all. Else each has its own sigmoid."""
    notes: tuple[str, ...] = ()
    """What a visitor should know of how their file was read, a sentence each."""
    layout: FileLayout | None = None
    """Where its weights are in the visitor's file; None if the file is not an uploaded one."""
    own_file: str = ""
    """SHA-256 of the weight file that a user named; "" if the weights are published ones."""
    lock: RLock = field(default_factory=RLock)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what decides its maps and answers: weights, labels, picture preparation.

        It distinguishes two models with the same name. The weights are hashed by name, as values.
        """
        digest = sha256(
            repr(
                (
                    *(self.spec, self.labels, self.input_size, self.mean, self.std),
                    *(self.temperature, self.fit, self.exclusive),
                )
            ).encode()
        )
        for name, value in sorted(self.network.state_dict().items()):
            digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
            digest.update(value.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def picture(self, picture: Picture) -> Picture:
        """(H, W, 3) uint8 of any size to the (S, S, 3) uint8 that the network gets."""
        square = fit_as(picture, self.input_size, self.fit)
        return grey(square) if self.spec.input_channels == 1 else square

    def tensor(self, picture: Picture) -> Tensor:
        """(H, W, 3) uint8 of any size to (1, 3, S, S) float32, normalised, channels last."""
        return self.prepared(self.picture(picture))

    def prepared(self, square: Picture) -> Tensor:
        """(S, S, 3) uint8 that `picture` made to (1, 3, S, S) float32, as `tensor` does.

        A picture that is fitted a second time can lose its margin a second time.
        """
        return normalised(square, self.mean, self.std)

    def uniform(self, colour: Colour) -> Tensor:
        """A picture of one colour, given as values from 0 to 1, as a (1, 3, S, S) input."""
        import torch

        normal = (torch.tensor(colour) - torch.tensor(self.mean)) / torch.tensor(self.std)
        size = self.input_size
        return normal.view(1, 3, 1, 1).expand(1, 3, size, size).contiguous()

    def prediction(self, logits: ArrayLike, index: int) -> Prediction:
        """One class from (classes,) logits, with its calibrated probability."""
        return Prediction(index, self.labels[index], float(self._chances(logits)[index]))

    def predictions(self, logits: ArrayLike, top: int = 5) -> tuple[Prediction, ...]:
        """The most probable classes of (classes,) logits, best first."""
        chances = self._chances(logits)
        order = np.argsort(-chances, kind="stable")[:top]
        return tuple(Prediction(int(i), self.labels[i], float(chances[i])) for i in order)

    def answer(self, picture: Picture) -> Answer:
        """The network's output for (H, W, 3) uint8 of any size, in one forward pass."""
        import torch

        from densenet_viz.network.familiarity import answers
        from densenet_viz.network.shares import alone

        with self.lock, alone(), torch.no_grad():
            logits, features = answers(self.network, self.tensor(picture))
        return Answer(logits[0].numpy(), self._verdict(features.numpy()))

    def _verdict(self, features: NDArray[np.float32]) -> Verdict | None:
        """How far a picture of (1, channels) features is from what the network was trained on."""
        if self.familiarity is None:
            return None
        return Verdict(float(self.familiarity.distances(features)[0]), self.familiarity.limit)

    def _chances(self, logits: ArrayLike) -> NDArray[np.float64]:
        """(classes,) probabilities of the logits divided by the temperature.

        They sum to one only if the classes exclude each other.
        """
        values = np.asarray(logits, dtype=np.float64) / self.temperature
        if not self.exclusive:
            from scipy.special import expit

            return np.asarray(expit(values), dtype=np.float64)
        powers = np.exp(values - values.max())
        return np.asarray(powers / powers.sum(), dtype=np.float64)
