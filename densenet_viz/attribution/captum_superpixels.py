"""The Captum calls that cover parts of a picture: windows and superpixels."""

from __future__ import annotations

from collections.abc import Mapping

from densenet_viz.attribution.captum_call import Call, MakeCall, Nodes
from densenet_viz.attribution.parameters import Settings

_OCCLUSION = """method = Occlusion(network)
values = torch.stack([
    method.attribute(
        x, baselines=start[None], target=TARGET, perturbations_per_eval=8,
        sliding_window_shapes=(3, {window}, {window}), strides=(3, {stride}, {stride}),
    )
    for start in starts
]).mean(0)[0, :1]"""

_SUPERPIXELS = """{before}values = torch.stack([
    method.attribute(
        x, baselines=start[None], target=TARGET, feature_mask=mask{more}
    )
    for start in starts
]).mean(0)[0, :1]
values = values / sizes[mask[0, :1]]  # each superpixel's value, shared out over its pixels"""

_ORDERS = """def orders(features, count):
    random = np.random.default_rng({seed})
    for number in range(count):
        if number % 2 == 0:
            order = random.permutation(features)
        yield (order if number % 2 == 0 else order[::-1]).tolist()


method = ShapleyValueSampling(network)
method.permutation_generator = orders  # Captum's own are drawn without a seed
"""

_LIME = """def shown(x, num_interp_features, **_more):
    random = np.random.default_rng({seed})
    yield torch.ones(1, num_interp_features)
    for row in random.random(({samples}, num_interp_features)) < 0.5:
        yield torch.from_numpy(row[None]).float()


def nearness(_x, _changed, members, **_more):
    return torch.exp(-(((1 - members.mean().sqrt()) / {width}) ** 2) / 2)


class Ridge:
    def fit(self, loader):
        members, scores, weights = (part.double().numpy() for part in next(iter(loader)))
        scores, weights = scores.ravel(), weights.ravel()
        centred = members - np.average(members, axis=0, weights=weights)
        heights = scores - np.average(scores, weights=weights)
        products = (centred.T * weights) @ centred + np.eye(members.shape[1])
        self.weights = np.linalg.solve(products, (centred.T * weights) @ heights)

    def representation(self):
        return torch.from_numpy(self.weights).float()


method = Lime(network, Ridge(), nearness, perturb_func=shown)
"""

_KERNEL = """class LeastSquares:
    def fit(self, loader):
        members, scores, weights = (part.double().numpy() for part in next(iter(loader)))
        scale = np.sqrt(weights.ravel())[:, None]
        rows = np.hstack([members, np.ones((len(members), 1))])
        self.weights = np.linalg.lstsq(scale * rows, scale[:, 0] * scores.ravel(), rcond=1e-10)[0]

    def representation(self):
        return torch.from_numpy(self.weights[:-1]).float()


torch.manual_seed({seed})
method = KernelShap(network)
method.interpretable_model = LeastSquares()  # Captum's own needs scikit-learn
"""


def _occlusion(settings: Settings, _nodes: Nodes) -> Call:
    body = _OCCLUSION.format(window=settings["window"], stride=settings["stride"])
    return Call(("Occlusion",), body, str(settings["baseline"]))


def _by_superpixels(name: str, before: str, more: str = "", differs: str = "") -> MakeCall:
    def call(settings: Settings, _nodes: Nodes) -> Call:
        numbers = {**settings, "width": int(settings.get("width", 0)) / 100}
        body = _SUPERPIXELS.format(before=before.format(**numbers), more=more.format(**settings))
        starts = f"{settings['baseline']}:{settings.get('seed', 0)}"
        return Call((name,), body, starts, superpixels=True, differs=differs)

    return call


CALLS: Mapping[str, MakeCall] = {
    "occlusion": _occlusion,
    "feature-ablation": _by_superpixels(
        "FeatureAblation",
        "method = FeatureAblation(network)\n",
        ", perturbations_per_eval=8",
    ),
    "shapley-sampling": _by_superpixels(
        "ShapleyValueSampling",
        _ORDERS,
        ", n_samples={permutations},\n        perturbations_per_eval=8",
    ),
    "lime": _by_superpixels("Lime", _LIME, ", n_samples={samples} + 1"),
    "kernel-shap": _by_superpixels(
        "KernelShap",
        _KERNEL,
        ", n_samples={samples}",
        "Captum draws other coalitions; this map's came in pairs with their complements",
    ),
}
