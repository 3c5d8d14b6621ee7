import numpy as np
import pytest

from alliance.charts.projection import (
    EARTH_RADIUS,
    EUROPE,
    WORLD,
    EqualEarth,
    LambertAzimuthal,
)

PROJECTIONS = [LambertAzimuthal(10, 52), EqualEarth()]


def test_lambert_matches_the_published_example_of_epsg_3035():
    # EPSG guidance note 7-2: 50 N 5 E has easting 3962799.45 and northing 2999718.85 m. The
    # formula there is for the ellipsoid; the sphere differs by less than half a per cent.
    x, y = LambertAzimuthal(10, 52)(5, 50)
    assert x == pytest.approx(3962.79945 - 4321, rel=5e-3)
    assert y == pytest.approx(2999.71885 - 3210, rel=5e-3)


def test_lambert_matches_the_published_numerical_example_for_the_sphere():
    # Snyder 1987, page 332: radius 3, centre 40 N 100 W, point 20 S 100 E.
    x, y = LambertAzimuthal(-100, 40)(100, -20)
    assert x * 3 / EARTH_RADIUS == pytest.approx(-4.2339303, abs=1e-6)
    assert y * 3 / EARTH_RADIUS == pytest.approx(4.0257775, abs=1e-6)


def test_the_centre_is_the_origin_and_its_opposite_has_no_image():
    x, y = LambertAzimuthal(10, 52)([10, -170], [52, -52])
    assert (x[0], y[0]) == pytest.approx((0, 0), abs=1e-9)
    assert np.isnan(x[1]) and np.isnan(y[1])


def test_equal_earth_has_the_published_extent():
    # The paper gives the equator 2.05458 times the length of the central meridian.
    width = 2 * EqualEarth()(180, 0)[0]
    height = 2 * EqualEarth()(0, 90)[1]
    assert width / height == pytest.approx(2.05458, abs=2e-5)
    # The whole map has the area of the sphere.
    latitude = np.linspace(-90, 90, 20001)
    x, y = EqualEarth()(np.full_like(latitude, 180.0), latitude)
    area = np.trapezoid(2 * x, y)
    assert area == pytest.approx(4 * np.pi * EARTH_RADIUS**2, rel=1e-6)


@pytest.mark.parametrize("project", PROJECTIONS, ids=["lambert", "equal-earth"])
def test_areas_are_true_everywhere(project):
    longitude, latitude = np.meshgrid(np.linspace(-25, 45, 15), np.linspace(30, 72, 15))
    h = 1e-4
    (x1, y1), (x0, y0) = project(longitude + h, latitude), project(longitude - h, latitude)
    (x3, y3), (x2, y2) = project(longitude, latitude + h), project(longitude, latitude - h)
    got = ((x1 - x0) * (y3 - y2) - (x3 - x2) * (y1 - y0)) / (2 * h) ** 2
    want = EARTH_RADIUS**2 * np.cos(np.radians(latitude)) * np.radians(1) ** 2
    np.testing.assert_allclose(got, want, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "longitude", "latitude"),
    [
        ("Reykjavík", -21.9, 64.1),
        ("Lisboa", -9.1, 38.7),
        ("Athina", 23.7, 38.0),
        ("Valletta", 14.5, 35.9),
        ("Tromsø", 19.0, 69.65),
        ("İstanbul", 29.0, 41.0),
    ],
)
def test_the_view_of_europe_holds_its_corners(name, longitude, latitude):
    assert EUROPE.holds(longitude, latitude), name


@pytest.mark.parametrize(("longitude", "latitude"), [(-74, 40.7), (34.8, 32.1), (151, -34)])
def test_the_view_of_europe_does_not_hold_other_places(longitude, latitude):
    assert not EUROPE.holds(longitude, latitude)
    assert WORLD.holds(longitude, latitude)


def test_north_is_up_and_east_is_right():
    (stockholm_x, malmo_x), (stockholm_y, malmo_y) = EUROPE.place([18.07, 13.0], [59.33, 55.6])
    assert stockholm_x > malmo_x and stockholm_y < malmo_y
