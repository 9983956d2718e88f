from django.urls import path

from dealership.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("stock", views.stock, name="stock"),
    path("receive", views.receive, name="receive"),
    path("count", views.count, name="count"),
]
