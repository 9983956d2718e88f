from django.urls import path

from dealership.overview import views

app_name = "overview"
urlpatterns = [path("", views.today, name="today"), path("history/<int:pk>", views.vehicle, name="vehicle")]
