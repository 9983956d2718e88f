from django.urls import path, re_path

from dealership.catalogue.views import counting, shelves, supplies, transfers

app_name = "catalogue"
urlpatterns = [
    path("stock", shelves.stock, name="stock"),
    path("receive", shelves.receive, name="receive"),
    path("to-order", shelves.to_order, name="to_order"),
    path("<int:pk>/place", shelves.place, name="place"),
    path("count", counting.count, name="count"),
    path("supplies", supplies.supplies, name="supplies"),
    path("supplies/order", supplies.order, name="order"),
    path("supplies/<int:pk>/day", supplies.supply_day, name="supply_day"),
    path("supplies/<int:pk>/cancel", supplies.supply_cancel, name="supply_cancel"),
    path("transfers", transfers.transfers, name="transfers"),
    path("transfers/ask", transfers.ask, name="ask_store"),
    path("transfers/<int:pk>/refuse", transfers.refuse, name="refuse_transfer"),
    re_path("^transfers/(?P<pk>[0-9]+)/(?P<step>agree|send|receive|withdraw)$", transfers.act, name="transfer_step"),
]
