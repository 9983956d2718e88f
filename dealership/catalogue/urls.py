from django.urls import path

from dealership.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("stock", views.stock, name="stock"),
    path("receive", views.receive, name="receive"),
    path("count", views.count, name="count"),
    path("supplies", views.supplies, name="supplies"),
    path("supplies/order", views.order, name="order"),
    path("supplies/<int:pk>/day", views.supply_day, name="supply_day"),
    path("supplies/<int:pk>/cancel", views.supply_cancel, name="supply_cancel"),
]
