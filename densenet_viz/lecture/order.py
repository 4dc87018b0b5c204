"""In which order a deck's pictures are made: first those of the slide that is shown."""

from __future__ import annotations

from collections.abc import Container, Sequence


class Order:
    """The order of a deck's pictures; the slide that is shown may change while they are made.

    Threads may share it.

    Args:
        slides: for each slide, the keys of its pictures, in the order of its steps.
    """

    def __init__(self, slides: Sequence[Sequence[str]]) -> None:
        self._slides = tuple(map(tuple, slides))
        self._shown = 0

    def show(self, slide: int) -> None:
        """Notes that a slide, counted from 0, is shown now; others than the deck's are ignored."""
        if 0 <= slide < len(self._slides):
            self._shown = slide

    def next(self, made: Container[str]) -> str | None:
        """The key of the picture to make next; None if all are made.

        The shown slide's pictures come first, then those of the later slides, then those of the
        earlier ones, the nearest first.

        Args:
            made: the keys of the pictures that are made.

        >>> order = Order([["a"], [], ["b", "c"], ["a"]])
        >>> order.show(2)
        >>> order.next({"b"}), order.next({"b", "c"}), order.next({"a", "b", "c"})
        ('c', 'a', None)
        """
        later, earlier = self._slides[self._shown :], reversed(self._slides[: self._shown])
        keys = (key for slide in (*later, *earlier) for key in slide)
        return next((key for key in keys if key not in made), None)
