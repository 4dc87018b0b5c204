"""Gradients: what a small change does."""

from __future__ import annotations

from densenet_viz.attribution.call import Call
from densenet_viz.attribution.method import Method, Ours

ROWS = (
    Method(
        name="saliency",
        title="Saliency",
        family="gradients",
        question="Which pixels change the score most if they change a little?",
        caution=(
            "It is noisy and local: where the network is sure, the gradient can be small although "
            "the pixel matters. Look at groups of pixels, not at single ones."
        ),
        unit="change of the class's score per unit of input",
        paper=(
            'Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional Networks", '
            "ICLR workshop 2014, section 3; signs are kept"
        ),
        call=lambda _settings: Call("Saliency", {"abs": False}),
        axioms=("dummy", "implementation invariance", "linearity"),
    ),
    Method(
        name="input-x-gradient",
        title="Input × gradient",
        family="gradients",
        question="How much would each pixel add if the score were linear, with its slope here?",
        caution=(
            "The score is not linear: the values do not add up to it, and a pixel with the mean "
            "colour of the normalisation always gets zero, even if it matters."
        ),
        unit="share of the score's linear part",
        paper=(
            'Shrikumar, Greenside, Shcherbina, Kundaje, "Not Just a Black Box", 2016 '
            "(arXiv 1605.01713), section 3"
        ),
        call=lambda _settings: Call("InputXGradient"),
        axioms=("dummy", "implementation invariance", "linearity"),
    ),
    Method(
        name="full-gradient",
        title="FullGrad",
        family="gradients",
        question="Where does the score come from, if every bias of the network counts, too?",
        caution=(
            "Most of the score can come from biases. The share of a bias is shown at the cells of "
            "its layer, which are coarse in late layers. A bias counts even if no pixel changed it."
        ),
        unit="share of the class's score",
        paper=(
            'Srinivas, Fleuret, "Full-Gradient Representation for Neural Network Visualization", '
            "NeurIPS 2019, equation 2; with signs, and each layer at its own scale"
        ),
        call=None,
        ours=Ours(
            "full_gradient.full_gradient",
            likeness="Captum has no method that counts the biases of the norms",
            reason=(
                "it needs the gradient at each norm; its values and the classifier's bias add up "
                "to the score exactly"
            ),
        ),
        axioms=("linearity",),
        only_logit=(
            "its sum over the pixels and the biases is exact only for a score that is linear "
            "between the ReLUs, and a softmax or a sigmoid bends it."
        ),
    ),
)
