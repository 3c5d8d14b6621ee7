"""Cities, organisations and teams in the API, and what the API of the other apps shares."""

from ninja import Router

from alliance.network.api.needs_offers import router as needs_offers_router
from alliance.network.api.peer_reviews import router as peer_reviews_router
from alliance.network.api.routes import router as routes_router
from alliance.network.api.teams import router as teams_router
from alliance.network.api.webhooks import router as webhooks_router

router = Router()
for part in (
    routes_router,
    needs_offers_router,
    peer_reviews_router,
    teams_router,
    webhooks_router,
):
    router.add_router("", part)

__all__ = ["router"]
