from django.urls import path, re_path

from reception.views import arriving, intake, lane, lounge, modes, reports, shifts, welcome
from reception.views.presses import PRESSES

app_name = "reception"
urlpatterns = [
    path("", lane.lane, name="lane"),
    path("arrive/<int:pk>", lane.arrive, name="arrive"),
    path("arrive/<int:pk>/receive", arriving.arrive_and_receive, name="arrive_and_receive"),
    path("here", arriving.here, name="here"),
    path("here/<str:token>", arriving.here_code, name="here_code"),
    path("opening", shifts.opening, name="opening"),
    path("opening/report", shifts.opening_report, name="opening_report"),
    path("mode", modes.set_mode, name="set_mode"),
    path("quick", modes.quick, name="quick"),
    path("lounge", lounge.lounge, name="lounge"),
    path("report", reports.report, name="report"),
    path("courtesy", reports.courtesy, name="courtesy"),
    path("walk-in", lane.walk_in, name="walk_in"),
    path("<int:pk>", intake.intake, name="intake"),
    path("<int:pk>/hand-over", modes.hand_over, name="hand_over"),
    path("<int:pk>/greeted", welcome.greet, name="greet"),
    path("<int:pk>/met", welcome.meet, name="meet"),
    path("<int:pk>/interests", welcome.interests, name="interests"),
    path("<int:pk>/lounge", lounge.seat, name="seat"),
    path("<int:pk>/tea", lounge.tea, name="tea"),
    path("<int:pk>/told", lounge.told, name="told"),
    path("<int:pk>/receive", lane.receive, name="receive"),
    path("<int:pk>/damage/<int:mark>/remove", intake.undamage, name="undamage"),
    path("<int:pk>/photo/<int:photo>/remove", intake.remove_photo, name="remove_photo"),
    path("photo/<int:pk>", intake.photo, name="photo"),
    path("<int:pk>/sign", intake.sign, name="sign"),
    path("<int:pk>/leave", intake.leave, name="leave"),
    re_path(f"^(?P<pk>[0-9]+)/(?P<what>{'|'.join(PRESSES)})$", intake.press, name="press"),
]
