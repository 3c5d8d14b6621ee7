"""The indicators in the API: catalogue, figures, comparison, releases, downloads."""

from ninja import Router

from alliance.indicators.api.catalogue import router as catalogue_router
from alliance.indicators.api.comparison import router as comparison_router
from alliance.indicators.api.downloads import router as downloads_router
from alliance.indicators.api.entering import router as entering_router
from alliance.indicators.api.figures import router as figures_router
from alliance.indicators.api.releases import router as releases_router

router = Router()
for part in (
    catalogue_router,
    figures_router,
    comparison_router,
    releases_router,
    downloads_router,
    entering_router,
):
    router.add_router("", part)

__all__ = ["router"]
