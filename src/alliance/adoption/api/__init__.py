"""API of adoptions, chains of adoptions, and the balance of cities."""

from ninja import Router

from alliance.adoption.api.adopting import router as adopting_router
from alliance.adoption.api.agreements import router as agreements_router
from alliance.adoption.api.chain import router as chain_router
from alliance.adoption.api.give_and_take import router as give_and_take_router

router = Router()
for part in (chain_router, agreements_router, adopting_router, give_and_take_router):
    router.add_router("", part)

__all__ = ["router"]
