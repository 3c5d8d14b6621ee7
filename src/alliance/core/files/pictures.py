"""Re-encoding a picture. Runs in a child of `contained`: a small file may contain many pixels."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

from PIL import Image, ImageOps, UnidentifiedImageError

from alliance.core.files.rows import Limits


def read(
    content: bytes, *, limits: Limits, formats: list[str], most_pixels: int, longest_side: int = 0
) -> Iterator[list[str]]:
    """The format and the picture in base64 without its metadata; nothing if it is no picture.

    It is scaled down if a side has more pixels than `longest_side`, unless that is 0. Instead of
    them the code of the broken rule: `many-pixels` or `moving-picture`.
    """
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            kind = image.format or ""
            if image.width * image.height > most_pixels:
                yield ["many-pixels"]
            elif getattr(image, "n_frames", 1) > 1:
                yield ["moving-picture"]
            else:
                # The orientation that the camera recorded is applied before it is dropped.
                ImageOps.exif_transpose(image, in_place=True)
                image.load()
                # Only the pixels are kept: no location, no owner, no thumbnail.
                image.info = {}
                if longest_side:
                    image.thumbnail((longest_side, longest_side))
                out = io.BytesIO()
                image.save(out, format=kind, exif=b"", **({"quality": 88} if kind != "PNG" else {}))
                yield [kind, base64.b64encode(out.getvalue()).decode()]
    except UnidentifiedImageError:
        return
    except Image.DecompressionBombError:
        yield ["many-pixels"]
