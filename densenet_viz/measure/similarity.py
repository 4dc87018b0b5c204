"""How alike two layers' features are: linear centred kernel alignment (CKA).

For the same n pictures, X (n, p) is what one layer writes and Y (n, q) what another one writes,
each column centred:

    CKA(X, Y) = ||Y'X||² / (||X'X|| ||Y'Y||)        (Frobenius norms)

(Kornblith, Norouzi, Lee, Hinton, "Similarity of Neural Network Representations Revisited", ICML
2019, section 3). It is 1 if one can be turned and scaled into the other, and 0 if they are not
linearly related. With few pictures and many numbers each it is never near 0, so compare values only
among networks that were measured with the same pictures. Here it is computed from the (n, n)
products K = XX' and L = YY', because ||Y'X||² = <K, L>.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.network.families import weight_layers


def layer_similarity(network: nn.Module, pictures: Tensor) -> NDArray[np.float64]:
    """(layers, layers), 0 to 1: the linear CKA of what each pair of weight layers writes.

    A layer that writes the same for every picture has 0 with all others.

    Args:
        network: used in the mode that it is in; each of its layers is called once.
        pictures: (N, 3, S, S) normalised, at least 2.
    """
    layers = [module for _, module in weight_layers(network)]
    products: dict[nn.Module, Tensor] = {}

    def catch(module: nn.Module, _args: object, output: Tensor) -> None:
        products[module] = centred_products(output)

    handles = [layer.register_forward_hook(catch) for layer in layers]
    try:
        with torch.no_grad():
            network(pictures)
    finally:
        for handle in handles:
            handle.remove()
    flat = torch.stack([products[layer].flatten() for layer in layers])
    lengths = flat.norm(dim=1, keepdim=True)
    unit = torch.where(lengths > 0, flat / lengths.clamp(min=1e-300), 0)
    return np.asarray((unit @ unit.T).clamp(0, 1).numpy(), dtype=np.float64)


def centred_products(written: Tensor) -> Tensor:
    """(N, N) float64: the products of the pictures' features, each feature with mean 0.

    Args:
        written: (N, ...), what a layer writes for N pictures.
    """
    features = written.detach().flatten(1).double()
    features = features - features.mean(0)
    return features @ features.T
