from django.urls import path

from reception.views import intake, lane

app_name = "reception"
urlpatterns = [
    path("", lane.lane, name="lane"),
    path("arrive/<int:pk>", lane.arrive, name="arrive"),
    path("walk-in", lane.walk_in, name="walk_in"),
    path("<int:pk>", intake.intake, name="intake"),
    path("<int:pk>/receive", lane.receive, name="receive"),
    path("<int:pk>/covers", intake.covers, name="covers"),
    path("<int:pk>/damage", intake.damage, name="damage"),
    path("<int:pk>/damage/<int:mark>/remove", intake.undamage, name="undamage"),
    path("<int:pk>/walked-round", intake.walked_round, name="walked_round"),
    path("<int:pk>/complaint", intake.complaint, name="complaint"),
    path("<int:pk>/condition", intake.condition, name="condition"),
    path("<int:pk>/sign", intake.sign, name="sign"),
    path("<int:pk>/leave", intake.leave, name="leave"),
]
