"""The sources of the cited numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One place of one publication.

    `short` is its name in a chart, `where` is the table or page in it, `url` is its address. A page
    without a date has no `year`.
    """

    short: str
    title: str
    where: str
    url: str
    year: int | None = None

    @property
    def words(self) -> str:
        """The source in one line.

        >>> PAPER_TABLE_3.words
        'Huang et al., Densely Connected Convolutional Networks, table 3 (2017)'
        """
        return f"{self.title}, {self._place}"

    @property
    def brief(self) -> str:
        """The source in a table.

        >>> PAPER_TABLE_3.brief
        'paper, table 3'
        """
        return f"{self.short}, {self.where}"

    @property
    def link(self) -> str:
        """The source as a Markdown link."""
        return f"[{self.title}]({self.url}), {self._place}"

    @property
    def _place(self) -> str:
        return f"{self.where} ({self.year})" if self.year else self.where


_PAPER = "Huang et al., Densely Connected Convolutional Networks"
_PAPER_URL = "https://arxiv.org/abs/1608.06993"

PAPER_TABLE_2 = Source("paper", _PAPER, "table 2", _PAPER_URL, 2017)
PAPER_TABLE_3 = Source("paper", _PAPER, "table 3", _PAPER_URL, 2017)
AUTHORS_README = Source(
    "authors’ code",
    "The authors’ code, liuzhuang13/DenseNet",
    "README, Torch models on ImageNet",
    "https://github.com/liuzhuang13/DenseNet#results-on-imagenet-and-pretrained-models",
    2017,
)
FB_RESNET = Source(
    "fb.resnet.torch",
    "fb.resnet.torch",
    "pretrained models",
    "https://github.com/facebookarchive/fb.resnet.torch/tree/master/pretrained",
    2016,
)
TORCHVISION = Source(
    "torchvision",
    "torchvision 0.28",
    "weights IMAGENET1K_V1",
    "https://docs.pytorch.org/vision/stable/models/densenet.html",
)
KERAS_APPLICATIONS = Source(
    "Keras",
    "Keras Applications",
    "table of models",
    "https://keras.io/api/applications/",
)
MMPRETRAIN = Source(
    "MMPretrain",
    "OpenMMLab’s MMPretrain",
    "DenseNet model card",
    "https://github.com/open-mmlab/mmpretrain/tree/main/configs/densenet",
    2022,
)
RDNET = Source(
    "RDNet",
    "Kim, Heo, Han, DenseNets Reloaded: Paradigm Shift Beyond ResNets and ViTs",
    "the authors’ model cards",
    "https://arxiv.org/abs/2403.19588",
    2024,
)
VOVNET = Source(
    "VoVNet",
    "Lee et al., An Energy and GPU-Computation Efficient Backbone Network",
    "section 3",
    "https://arxiv.org/abs/1904.09730",
    2019,
)
