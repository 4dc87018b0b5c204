"""The connections inside the dense blocks of a DenseNet, their channels and their names.

A connection is the slice of channels that one reader reads from one source. The sources of a block
are 0, what enters the block, and its layers 1 to L. Its readers are the layers 1 to L and, as
L + 1, what comes after the block: the transition, or the last norm and the classifier.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from densenet_viz.facts.configuration import Configuration

INPUT, TRANSITION, CLASSIFIER, ALL = "input", "transition", "classifier", "all"
"""Names of source 0, of reader L + 1, and of all readers of a source."""


class UnknownConnection(ValueError):
    """A text names no connection of the network; the message says what is allowed."""


@dataclass(frozen=True, order=True)
class Connection:
    """What `reader` reads of the maps of `source`, both in one block (counted from 1).

    >>> first = Connection(1, 0, 2)
    >>> first.channels(Configuration()), first.name(Configuration())
    (range(0, 64), 'denseblock1:input>layer2')
    """

    block: int
    source: int
    reader: int

    def channels(self, spec: Configuration) -> range:
        """The channels, of all that the reader reads."""
        return source_channels(spec, self.block, self.source)

    def name(self, spec: Configuration) -> str:
        """Its name in an address or a command."""
        return f"denseblock{self.block}:{source_name(self.source)}>{self._reader(spec)}"

    def _reader(self, spec: Configuration) -> str:
        return reader_name(spec, self.block, self.reader)


def source_channels(spec: Configuration, block: int, source: int) -> range:
    """The channels of a source among all channels of its block.

    >>> source_channels(Configuration(), 2, 1)
    range(128, 160)
    """
    first = spec.block_inputs[block - 1]
    if source == 0:
        return range(first)
    start = first + (source - 1) * spec.growth_rate
    return range(start, start + spec.growth_rate)


def source_name(source: int) -> str:
    """`input`, or `layer3`."""
    return f"layer{source}" if source else INPUT


def reader_name(spec: Configuration, block: int, reader: int) -> str:
    """`layer3`, `transition`, or `classifier`."""
    if reader <= spec.block_config[block - 1]:
        return f"layer{reader}"
    return CLASSIFIER if block == len(spec.block_config) else TRANSITION


def reader_norm(spec: Configuration, block: int, reader: int) -> str:
    """The module of the norm through which a reader reads.

    >>> [reader_norm(Configuration(), 4, reader) for reader in (1, 17)]
    ['features.denseblock4.denselayer1.norm1', 'features.norm5']
    """
    if reader <= spec.block_config[block - 1]:
        return f"features.denseblock{block}.denselayer{reader}.norm1"
    last = block == len(spec.block_config)
    return "features.norm5" if last else f"features.transition{block}.norm"


def connections_of(spec: Configuration, block: int | None = None) -> Iterator[Connection]:
    """All connections of the network, or of one block: reader after reader, sources in order.

    >>> sum(1 for _ in connections_of(Configuration(), 1))  # 21 between layers, 7 after them
    28
    """
    blocks = range(1, len(spec.block_config) + 1) if block is None else (block,)
    for number in blocks:
        for reader in range(1, spec.block_config[number - 1] + 2):
            yield from (Connection(number, source, reader) for source in range(reader))


_FORM = re.compile(
    r"denseblock(\d{1,3}):(?:layer(\d{1,3})|input)>(?:layer(\d{1,3})|transition|classifier|all)"
)


def read_connections(text: str, spec: Configuration) -> tuple[Connection, ...]:
    """The connection that a text names, or with `>all` every connection of a source.

    >>> read_connections("denseblock2:layer2>layer5", Configuration())
    (Connection(block=2, source=2, reader=5),)
    >>> len(read_connections("denseblock1:layer5>all", Configuration()))
    2

    Raises:
        UnknownConnection: it names none of this network.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UnknownConnection(
            f"{text[:60]!r} was given; a connection looks like denseblock2:layer2>layer5, "
            "denseblock2:input>transition or denseblock2:layer2>all."
        )
    block, source, reader = (int(part) if part else 0 for part in found.groups())
    if not 1 <= block <= len(spec.block_config):
        raise UnknownConnection(
            f"{text[:60]!r} was given; blocks 1 to {len(spec.block_config)} are allowed."
        )
    layers, after = spec.block_config[block - 1], text.rpartition(">")[2].strip()
    readers = range(source + 1, layers + 2)
    if found[2] is not None and not 1 <= source <= layers:
        raise UnknownConnection(f"{text[:60]!r} was given; layers 1 to {layers} are allowed.")
    if after == ALL:
        return tuple(Connection(block, source, one) for one in readers)
    if found[3] is None:
        reader = layers + 1
        if after != reader_name(spec, block, reader):
            allowed = reader_name(spec, block, reader)
            raise UnknownConnection(f"{text[:60]!r} was given; after block {block} is {allowed}.")
    if reader not in readers or (found[3] is not None and reader > layers):
        raise UnknownConnection(
            f"{text[:60]!r} was given; a reader of {source_name(source)} is a later layer up to "
            f"{layers}, or {reader_name(spec, block, layers + 1)}."
        )
    return (Connection(block, source, reader),)


def pack_cuts(cuts: Collection[Connection]) -> str:
    """Connections as a short text for an address.

    >>> pack_cuts([Connection(2, 2, 5), Connection(1, 0, 7)])
    '1.0-7~2.2-5'
    """
    return "~".join(f"{one.block}.{one.source}-{one.reader}" for one in sorted(set(cuts)))


def unpack_cuts(text: str, spec: Configuration) -> frozenset[Connection]:
    """The connections of a text that `pack_cuts` wrote.

    >>> sorted(unpack_cuts("2.2-5", Configuration()))
    [Connection(block=2, source=2, reader=5)]

    Raises:
        UnknownConnection: a part names none of this network.
    """
    every = frozenset(connections_of(spec))
    parts = text.split("~", len(every)) if text else []
    found = {_SHORT.fullmatch(part) for part in parts}
    cuts = frozenset(Connection(*map(int, one.groups())) for one in found if one)
    if None in found or not cuts <= every:
        raise UnknownConnection("A cut of the address is no connection of this network.")
    return cuts


_SHORT = re.compile(r"(\d{1,3})\.(\d{1,3})-(\d{1,3})")
