"""Cities and organisations in the API, and what the API's parts in the other rooms share."""

from alliance.network.api.routes import router

__all__ = ["router"]
