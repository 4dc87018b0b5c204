"""The Captum call of each method, as text: `captum_code` puts it at the end of its script.

Each text can use `network`, `x` (1, 3, S, S) and `TARGET`, and on request `starts` (the baselines),
`mask` and `sizes` (the superpixels). It defines `values`, (3 or 1, S, S).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from densenet_viz.attribution import captum_superpixels
from densenet_viz.attribution.captum_call import Call, MakeCall, Nodes
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.parameters import Settings
from densenet_viz.attribution.places import module_of


def call_of(method: str, settings: Settings, nodes: Nodes) -> Call:
    """The lines for a map of `method` with these settings.

    Raises:
        AttributionError: Captum has no similar call.
    """
    if method in _CALLS:
        return _CALLS[method](settings, nodes)
    raise AttributionError(NOT_IN_CAPTUM.get(method, f"Captum has no call for {method[:40]}."))


NOT_IN_CAPTUM: Mapping[str, str] = {
    "lrp": "Captum has only one rule of layer-wise relevance propagation for norms. With it, their "
    "offsets absorb nearly all relevance, so there is no Captum code for this map.",
}
"""Methods that Captum has no call for, and why."""


def _plain(name: str) -> MakeCall:
    signed = ", abs=False" if name == "Saliency" else ""
    body = f"values = {name}(network).attribute(x.requires_grad_(), target=TARGET{signed})[0]"
    return lambda _settings, _nodes: Call((name,), body)


# -- gradients and paths --------------------------------------------------------------------

_PIECES = """# Where on the path the slope was taken.
NODES = [
{nodes}
]
start = starts[:1]
path = [start + node * (x - start) for node in NODES]
pieces = IntegratedGradients(network)
with torch.no_grad():
    scores = [float(network(place)[0, TARGET]) for place in path]
values, unscaled = torch.zeros_like(x), 0.0
for before, after, low, high in zip(path, path[1:], scores, scores[1:]):
    # With two steps, Captum's trapezoid rule weights both ends with 1/4: hence the 2.
    piece = 2 * pieces.attribute(
        after, baselines=before, target=TARGET, n_steps=2, method="riemann_trapezoid"
    )
    # Its sum should be the score's rise over it: scaled to that, by a half at most.
    unscaled += float(piece.sum())
    ratio = (high - low) / float(piece.sum())
    values += piece * (min(max(ratio, {least}), {most}) if ratio > 0 else 1)
values = values[0]
print(f"unscaled, the sum misses the score's rise by {{unscaled - scores[-1] + scores[0]:.4g}}")"""

_WHOLE = """path = IntegratedGradients(network)
values = torch.stack([
    path.attribute(
        x, baselines=start[None], target=TARGET, n_steps={steps}, internal_batch_size=8
    )
    for start in starts
]).mean(0)[0]"""

_OTHER_STEPS = (
    "its steps are where the score rises, which Captum does not do; here they are at the "
    "nodes of the Gauss-Legendre rule"
)


def _integrated_gradients(settings: Settings, nodes: Nodes) -> Call:
    adaptive, baseline = settings["rule"] == "adaptive", str(settings["baseline"])
    imports = ("IntegratedGradients",)
    if adaptive and nodes:
        from densenet_viz.attribution.explain.quadrature import SCALED

        places = textwrap.indent(textwrap.fill(", ".join(map(repr, nodes)), 92), "    ")
        body = _PIECES.format(nodes=places, least=1 - SCALED, most=1 + SCALED)
        return Call(imports, body, baseline)
    body = _WHOLE.format(steps=settings["n_steps"])
    return Call(imports, body, baseline, differs=_OTHER_STEPS if adaptive else "")


_NOISY = """generator = torch.Generator().manual_seed({seed})
noise = torch.randn(({samples}, *x.shape[1:]), generator=generator)
copies = x + {percent} / 100 * (x.max() - x.min()) * noise
method = {method}(network)
maps = torch.cat([
    method.attribute(one[None].requires_grad_(), target=TARGET{more})
    for one in copies
]).detach().double()
values = {formed}"""

_FORMS = {
    "mean": "maps.mean(0).float()",
    "squared": "(maps**2).mean(0).float()",
    "variance": "((maps**2).mean(0) - maps.mean(0) ** 2).float()",
}

_UNDER_NOISE: Mapping[str, tuple[str, str]] = {
    "saliency": ("Saliency", ", abs=False"),
    "input-x-gradient": ("InputXGradient", ""),
    "guided-backprop": ("GuidedBackprop", ""),
    "integrated-gradients": ("IntegratedGradients", ", baselines=starts, n_steps=64"),
    "deeplift": ("DeepLift", ", baselines=starts"),
}

_MAX_POOL = (
    "Captum's DeepLIFT divides the max pool's difference differently where its windows "
    "overlap, so its values do not add up"
)


def _smoothgrad(settings: Settings, _nodes: Nodes) -> Call:
    over = str(settings["over"])
    if over not in _UNDER_NOISE:
        raise AttributionError(f"Captum has no call for SmoothGrad over {over[:40]}.")
    method, more = _UNDER_NOISE[over]
    body = _NOISY.format(
        seed=settings["seed"],
        samples=settings["samples"],
        percent=settings["noise"],
        method=method,
        more=more,
        formed=_FORMS[str(settings["form"])],
    )
    differs = {"integrated-gradients": _OTHER_STEPS, "deeplift": _MAX_POOL}.get(over, "")
    return Call((method,), body, "black" if "starts" in more else "", differs=differs)


_SHAP = """generator = torch.Generator().manual_seed({after})
drawn = starts[torch.randint(len(starts), ({samples},), generator=generator)]
places = torch.rand(({samples}, 1, 1, 1), generator=generator)
noise = torch.randn(({samples}, *x.shape[1:]), generator=torch.Generator().manual_seed({seed}))
ends = x + {percent} / 100 * (x.max() - x.min()) * noise
points = drawn + places * (ends - drawn)
gradient = Saliency(network)
# Captum's GradientShap does this with noise and places that it draws itself.
values = sum(
    (end - start) * gradient.attribute(point[None].requires_grad_(), target=TARGET, abs=False)[0]
    for start, end, point in zip(drawn, ends, points)
) / {samples}"""


def _gradient_shap(settings: Settings, _nodes: Nodes) -> Call:
    seed = int(settings["seed"])
    body = _SHAP.format(
        seed=seed, after=seed + 1, samples=settings["samples"], percent=settings["noise"]
    )
    return Call(("Saliency",), body, f"{settings['baseline']}:{seed}")


# -- layers ---------------------------------------------------------------------------------

_ENLARGED = (
    'values = LayerAttribution.interpolate(coarse, x.shape[2:], interpolate_mode="bilinear")[0]'
)


def _module(settings: Settings) -> str:
    return f'network.get_submodule("{module_of(str(settings["layer"]))}")'


def _grad_cam(settings: Settings, _nodes: Nodes) -> Call:
    body = f"coarse = LayerGradCam(network, {_module(settings)}).attribute(x, target=TARGET)"
    return Call(("LayerAttribution", "LayerGradCam"), f"{body}\n{_ENLARGED}")


def _layer_gradient(settings: Settings, _nodes: Nodes) -> Call:
    name = "LayerGradientXActivation"
    body = (
        f"method = {name}(network, {_module(settings)})\n"
        f"coarse = method.attribute(x, target=TARGET).sum(1, keepdim=True)\n{_ENLARGED}"
    )
    return Call(("LayerAttribution", name), body)


_LAYER_PATH = """method = {name}(network, {module})
coarse = torch.stack([
    method.attribute(
        x, baselines=start[None], target=TARGET, n_steps={steps}, internal_batch_size=8
    ).detach()
    for start in starts
]).mean(0).sum(1, keepdim=True)
{enlarged}"""


_SPREAD = """
# Each place's share is spread over its pixels, so that the sum stays.
values = values * (coarse[0, 0].numel() / values.numel())"""


def _layer_path(name: str, after: str = "") -> MakeCall:
    def call(settings: Settings, _nodes: Nodes) -> Call:
        body = _LAYER_PATH.format(
            name=name, module=_module(settings), steps=settings["n_steps"], enlarged=_ENLARGED
        )
        return Call(("LayerAttribution", name), body + after, str(settings["baseline"]))

    return call


def _guided_grad_cam(settings: Settings, _nodes: Nodes) -> Call:
    body = (
        f"method = GuidedGradCam(network, {_module(settings)})\n"
        "values = method.attribute(\n"
        '    x.requires_grad_(), target=TARGET, interpolate_mode="bilinear"\n'
        ")[0].detach()"
    )
    return Call(("GuidedGradCam",), body)


# -- rules ----------------------------------------------------------------------------------


def _deeplift(settings: Settings, _nodes: Nodes) -> Call:
    body = (
        "values = torch.stack([\n"
        "    DeepLift(network).attribute(x.requires_grad_(), baselines=start[None], "
        "target=TARGET).detach()\n"
        "    for start in starts\n"
        "]).mean(0)[0]"
    )
    return Call(("DeepLift",), body, str(settings["baseline"]), differs=_MAX_POOL)


def _deeplift_shap(settings: Settings, _nodes: Nodes) -> Call:
    body = (
        "method = DeepLiftShap(network)\n"
        "values = method.attribute(x.requires_grad_(), baselines=starts, target=TARGET)[0].detach()"
    )
    drawn = f"{settings['distribution']}:{settings['seed']}:{settings['samples']}"
    return Call(("DeepLiftShap",), body, drawn, differs=_MAX_POOL)


_CALLS: Mapping[str, MakeCall] = {
    "saliency": _plain("Saliency"),
    "input-x-gradient": _plain("InputXGradient"),
    "guided-backprop": _plain("GuidedBackprop"),
    "deconvolution": _plain("Deconvolution"),
    "smoothgrad": _smoothgrad,
    "integrated-gradients": _integrated_gradients,
    "gradient-shap": _gradient_shap,
    "grad-cam": _grad_cam,
    "layer-gradient-x-activation": _layer_gradient,
    "layer-conductance": _layer_path("LayerConductance", _SPREAD),
    "internal-influence": _layer_path("InternalInfluence"),
    "guided-grad-cam": _guided_grad_cam,
    "deeplift": _deeplift,
    "deeplift-shap": _deeplift_shap,
    **captum_superpixels.CALLS,
}
