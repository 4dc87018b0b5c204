"""What is chosen of one training: the network, the pictures, and how it is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from densenet_viz.facts.arithmetic.limits import SpecError, require, require_whole
from densenet_viz.facts.families import FAMILIES, Family, FamilySpec, Norm, dense_spec, matched
from densenet_viz.learning.data import DATA, DataName, DataRow

OptimiserName = Literal["adamw", "sgd"]
OPTIMISERS: Mapping[OptimiserName, str] = MappingProxyType(
    {"adamw": "AdamW", "sgd": "SGD with momentum"}
)
"""The optimisers' titles by name."""
RATES = (1e-6, 10.0)
"""Smallest and largest learning rate."""
MOST_EPOCHS = 40
MOST_PARAMETERS = 3_000_000
MOST_WORK = 6e12
"""Multiply-adds of all steps together: about a quarter of an hour on one slow processor."""
MOST_BYTES = 10**9
"""Memory of one step."""
_KEPT = 4
"""Arrays that a step keeps for each map that a layer reads: joined, after norm, after ReLU, and its
gradient."""


class SettingsError(ValueError):
    """Settings that cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class Settings:
    """One training, in numbers: the same settings give the same run.

    >>> settings = Settings()
    >>> settings.spec.parameters, settings.steps
    (72458, 132)

    Args:
        family: how a layer's maps reach later layers.
        growth_rate: k of the dense network (1 to 48). Another family has as many parameters as that
            dense network, within 2%.
        depth: as in `FamilySpec`.
        compression: theta of the transitions of dense and aggregated networks, above 0, up to 1.
        bottleneck: whether a dense layer is 1x1 then 3x3.
        norm: batch norm or none.
        data: which pictures.
        optimiser: a name of `OPTIMISERS`.
        learning_rate: the highest of the run; it rises to it and falls to 0.
        batch: pictures of one step (16 to 256).
        epochs: passes over the pictures (1 to 40).
        seed: of the first weights and of the order of the pictures (0 to 999,999).

    Raises:
        SettingsError: a value is outside its limits, or the whole would take too long.
    """

    family: Family = "dense"
    growth_rate: int = 8
    depth: int = 22
    compression: float = 0.5
    bottleneck: bool = False
    norm: Norm = "batch"
    data: DataName = "digits"
    optimiser: OptimiserName = "adamw"
    learning_rate: float = 6e-3
    batch: int = 64
    epochs: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        try:
            self._check()
        except SpecError as error:
            raise SettingsError(str(error)) from None

    def _check(self) -> None:
        for name, allowed in (("family", FAMILIES), ("data", DATA), ("optimiser", OPTIMISERS)):
            value = getattr(self, name)
            one = f"one of {', '.join(allowed)} is allowed"
            require(isinstance(value, str) and value in allowed, f"{name}={value!r}"[:60], one)
        for name, low, high in (
            ("growth_rate", 1, 48),
            ("batch", 16, 256),
            ("epochs", 1, MOST_EPOCHS),
            ("seed", 0, 999_999),
        ):
            require_whole(name, getattr(self, name), low, high)
        rate, (low_rate, high_rate) = self.learning_rate, RATES
        require(
            isinstance(rate, (int, float)) and low_rate <= rate <= high_rate,
            f"learning_rate={rate!r}",
            f"a number from {low_rate:g} to {high_rate:g} is allowed",
        )
        require(
            self.family == "dense" or not self.bottleneck,
            f"bottleneck with family={self.family}",
            "only a dense network can have it",
        )
        require(
            self.spec.parameters <= MOST_PARAMETERS,
            f"a network with {self.spec.parameters:,} parameters",
            f"up to {MOST_PARAMETERS:,} are allowed: choose a smaller growth rate or depth",
        )
        require(
            self.work <= MOST_WORK,
            f"a training of {self.work / 1e12:.1f} million million multiply-adds",
            f"up to {MOST_WORK / 1e12:.0f} are allowed: choose a smaller network or fewer epochs",
        )
        require(
            self.step_bytes <= MOST_BYTES,
            f"a step that takes {self.step_bytes / 1e9:.1f} GB of memory",
            f"up to {MOST_BYTES / 1e9:.0f} GB is allowed: choose a smaller network or batch",
        )

    @property
    def pictures(self) -> DataRow:
        """The set of pictures."""
        return DATA[self.data]

    @cached_property
    def spec(self) -> FamilySpec:
        """The network, with the pictures' size and classes."""
        row = self.pictures
        dense = dense_spec(
            self.depth,
            self.growth_rate,
            compression=self.compression,
            bottleneck=self.bottleneck,
            norm=self.norm,
            num_classes=len(row.labels),
            input_size=row.size,
            input_channels=row.channels,
        )
        return matched(dense, self.family)

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches of an epoch; the pictures that are left over wait for the next one."""
        return self.pictures.train // self.batch

    @property
    def steps(self) -> int:
        """Batches of all epochs together."""
        return self.epochs * self.steps_per_epoch

    @property
    def work(self) -> float:
        """Multiply-adds of all steps: a step takes three times those of its answers."""
        return 3.0 * self.spec.multiply_adds * self.batch * self.steps

    @property
    def step_bytes(self) -> int:
        """About how much memory a step takes: what its layers read, for each picture of a batch."""
        spec = self.spec
        values = sum(
            spec.reads(block, layer) * size * size
            for block, size in enumerate(spec.sizes)
            for layer in range(spec.layers)
        )
        return 4 * _KEPT * self.batch * values

    def to_dict(self) -> dict[str, Any]:
        """All values by name, as JSON can hold them."""
        return asdict(self)

    def to_address(self) -> dict[str, str]:
        """The values that are not the default, by their names in an address."""
        return {
            name: _written(getattr(self, field))
            for name, (field, _read) in _ADDRESS.items()
            if getattr(self, field) != getattr(Settings, field)
        }


def settings_from(values: Mapping[str, Any]) -> Settings:
    """The settings of a dictionary such as `Settings.to_dict` gives; missing values are defaults.

    Raises:
        SettingsError: a name is unknown, or a value cannot be used.
    """
    known = {field.name for field in fields(Settings)}
    for name in values:
        if name not in known:
            raise SettingsError(f"There is no setting {str(name)[:40]!r}.")
    try:
        return Settings(**dict(values))
    except (TypeError, OverflowError):
        raise SettingsError("A setting is of the wrong kind.") from None


def settings_in(address: Mapping[str, str]) -> Settings:
    """The settings that an address names; other parameters are ignored.

    >>> settings_in({"k": "12", "family": "plain", "model": "scenes"}).growth_rate
    12

    Raises:
        SettingsError: a value cannot be used; the sentence names the first one.
    """
    found: dict[str, Any] = {}
    for name, (field, read) in _ADDRESS.items():
        if name not in address:
            continue
        try:
            found[field] = read(address[name])
        except ValueError:
            raise SettingsError(f"{name}={address[name][:20]!r} in the address is wrong.") from None
    return settings_from(found)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _whole(text: str) -> int:
    if len(text) > 9:
        raise ValueError(text)
    return int(text)


_ADDRESS: Mapping[str, tuple[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "family": ("family", str),
        "k": ("growth_rate", _whole),
        "depth": ("depth", _whole),
        "theta": ("compression", float),
        "bottleneck": ("bottleneck", _truth),
        "norm": ("norm", str),
        "data": ("data", str),
        "optimiser": ("optimiser", str),
        "rate": ("learning_rate", float),
        "batch": ("batch", _whole),
        "epochs": ("epochs", _whole),
        "seed": ("seed", _whole),
    }
)
"""The name in the address, the setting, and how it is read."""
ADDRESS_NAMES = tuple(_ADDRESS)
"""The names of all settings in an address."""
