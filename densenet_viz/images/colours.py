"""Images in any colours -> RGB in sRGB, over white."""

from __future__ import annotations

import io

from PIL import Image, ImageCms


def over_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An image in L, LA, RGB, RGBA or CMYK as RGB in sRGB; transparent parts become white.

    Args:
        image: with or without alpha.
        profile: its ICC profile, if it has one.
    """
    if image.mode not in ("LA", "RGBA"):
        return _srgb(image, profile)
    opaque = _srgb(image.convert(image.mode.removesuffix("A")), profile)
    white = Image.new("RGB", image.size, "white")
    white.paste(opaque, mask=image.getchannel("A"))
    return white


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An L, RGB or CMYK image in sRGB; a broken profile or one of another kind is ignored."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except Exception:  # as with EXIF: better a picture in plain colours than none
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def lab_to_rgb(image: Image.Image) -> Image.Image:
    """CIE L*a*b* in sRGB; Pillow's own `convert` does not know this mode."""
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None
    return converted
