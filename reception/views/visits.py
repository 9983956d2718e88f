"""Finding a visit for its pages."""

from typing import Any

from django.shortcuts import get_object_or_404

from reception.models import Visit


def visit_of(request: Any, pk: int) -> Visit:
    return get_object_or_404(
        Visit.objects.select_related("vehicle", "customer", "advisor", "appointment", "store", "intake"),
        pk=pk,
        store__in=request.user.stores.all(),
    )
