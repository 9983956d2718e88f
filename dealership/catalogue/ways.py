"""The pages of the parts desk, for the bar above each of them."""

from typing import Any

from dealership import web
from dealership.catalogue import queries


def ways(request: Any) -> list[dict[str, Any]]:
    """Return what this person may open; a store alone never sees the word transfer."""
    found = web.desk_links("parts", request.user)
    if queries.siblings(web.store_of(request)).exists():
        found += web.desk_links("transfers", request.user)
    return found
