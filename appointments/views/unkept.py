"""The promises the store cannot keep, for the booking desk to call about."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse

from appointments import queries
from dealership.web import allow, page, store_of

ON_A_PAGE = 50


@allow("appointments.book_appointment")
def unkept(request: Any) -> HttpResponse:
    """Whom to offer another time because the store is closed then or the advisor away; each with why."""
    found = queries.unkept(store_of(request)).prefetch_related("customer__phones")
    shown = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(made, queries.why_unkept(made)) for made in shown.object_list]
    return page(request, "appointments/unkept.html", {"shown": shown, "rows": rows})
