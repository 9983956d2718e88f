from django.contrib.auth.views import LogoutView
from django.urls import path

from dealership.staff import views

app_name = "staff"
urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("language", views.language, name="language"),
    path("store/<int:pk>", views.switch_store, name="switch_store"),
]
