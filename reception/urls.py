from django.urls import path

from reception import views

app_name = "reception"
urlpatterns = [
    path("", views.lane, name="lane"),
    path("arrive/<int:pk>", views.arrive, name="arrive"),
    path("walk-in", views.walk_in, name="walk_in"),
    path("<int:pk>", views.intake, name="intake"),
    path("<int:pk>/receive", views.receive, name="receive"),
    path("<int:pk>/covers", views.covers, name="covers"),
    path("<int:pk>/damage", views.damage, name="damage"),
    path("<int:pk>/damage/<int:mark>/remove", views.undamage, name="undamage"),
    path("<int:pk>/walked-round", views.walked_round, name="walked_round"),
    path("<int:pk>/complaint", views.complaint, name="complaint"),
    path("<int:pk>/condition", views.condition, name="condition"),
    path("<int:pk>/sign", views.sign, name="sign"),
    path("<int:pk>/leave", views.leave, name="leave"),
]
