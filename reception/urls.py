from django.urls import path, re_path

from reception.views import arriving, intake, lane
from reception.views.presses import PRESSES

app_name = "reception"
urlpatterns = [
    path("", lane.lane, name="lane"),
    path("arrive/<int:pk>", lane.arrive, name="arrive"),
    path("arrive/<int:pk>/receive", arriving.arrive_and_receive, name="arrive_and_receive"),
    path("here", arriving.here, name="here"),
    path("here/<str:token>", arriving.here_code, name="here_code"),
    path("walk-in", lane.walk_in, name="walk_in"),
    path("<int:pk>", intake.intake, name="intake"),
    path("<int:pk>/receive", lane.receive, name="receive"),
    path("<int:pk>/damage/<int:mark>/remove", intake.undamage, name="undamage"),
    path("<int:pk>/photo/<int:photo>/remove", intake.remove_photo, name="remove_photo"),
    path("photo/<int:pk>", intake.photo, name="photo"),
    path("<int:pk>/sign", intake.sign, name="sign"),
    path("<int:pk>/leave", intake.leave, name="leave"),
    re_path(f"^(?P<pk>[0-9]+)/(?P<what>{'|'.join(PRESSES)})$", intake.press, name="press"),
]
