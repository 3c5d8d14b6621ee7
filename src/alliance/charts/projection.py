"""Map projections on a sphere, and the two views of maps.

Both projections are equal-area, so that no country looks larger than it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Radius of the sphere that has the area of the GRS 80 ellipsoid, in km.
EARTH_RADIUS = 6371.007

Floats = NDArray[np.float64]


class Projection(Protocol):
    """Degrees in, kilometres on the plane out; x points east, y points north."""

    def __call__(self, longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
        """Project arrays of equal shape, in degrees."""
        ...


@dataclass(frozen=True)
class LambertAzimuthal:
    """Lambert azimuthal equal-area projection around a centre, in degrees.

    Source: Snyder, Map Projections: A Working Manual (USGS, 1987), equations 24-2 to 24-4. The
    point opposite to the centre has no image and becomes NaN.
    """

    longitude: float
    latitude: float

    def __call__(self, longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
        lam = np.radians(np.asarray(longitude, dtype=float) - self.longitude)
        phi = np.radians(np.asarray(latitude, dtype=float))
        phi0 = math.radians(self.latitude)
        nearness = 1 + math.sin(phi0) * np.sin(phi) + math.cos(phi0) * np.cos(phi) * np.cos(lam)
        with np.errstate(divide="ignore", invalid="ignore"):
            k = EARTH_RADIUS * np.sqrt(2 / np.where(nearness > 1e-12, nearness, np.nan))
        x = k * np.cos(phi) * np.sin(lam)
        y = k * (math.cos(phi0) * np.sin(phi) - math.sin(phi0) * np.cos(phi) * np.cos(lam))
        return x, y


@dataclass(frozen=True)
class EqualEarth:
    """Equal Earth projection of the whole world, centred on Greenwich.

    Source: Šavrič, Patterson and Jenny, The Equal Earth map projection, International Journal of
    Geographical Information Science 33 (2019), 454-465.
    """

    def __call__(self, longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
        a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
        lam = np.radians(np.asarray(longitude, dtype=float))
        root3 = math.sqrt(3)
        theta = np.arcsin(root3 / 2 * np.sin(np.radians(np.asarray(latitude, dtype=float))))
        t2 = theta * theta
        t6 = t2 * t2 * t2
        slope = a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)
        x = EARTH_RADIUS * 2 * root3 * lam * np.cos(theta) / (3 * slope)
        y = EARTH_RADIUS * theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))
        return x, y


@dataclass(frozen=True)
class View:
    """A rectangle of a projection's plane, drawn `width` units wide.

    `left`, `bottom`, `right` and `top` are in km on the plane.
    """

    code: str
    projection: Projection
    left: float
    bottom: float
    right: float
    top: float
    width: int

    @property
    def scale(self) -> float:
        """Units of the drawing for one km."""
        return self.width / (self.right - self.left)

    @property
    def height(self) -> int:
        """Height of the drawing, in its units."""
        return round((self.top - self.bottom) * self.scale)

    def place(self, longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
        """Positions in the drawing: x to the right, y downwards, from the upper left corner."""
        x, y = self.projection(longitude, latitude)
        return (x - self.left) * self.scale, (self.top - y) * self.scale

    def holds(self, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
        """Whether each place, in degrees, is within the drawing."""
        x, y = self.place(longitude, latitude)
        inside: NDArray[np.bool_] = (x >= 0) & (x <= self.width) & (y >= 0) & (y <= self.height)
        return inside


#: From Iceland's east to the Bosporus and Moscow; the projection is that of EU statistics (LAEA).
EUROPE = View("europe", LambertAzimuthal(10, 52), -1960, -1890, 2040, 2230, 480)
#: All inhabited land; Antarctica is left out.
WORLD = View("world", EqualEarth(), -17250, -6750, 17250, 8400, 720)

VIEWS = {view.code: view for view in (EUROPE, WORLD)}
