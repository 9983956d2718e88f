from django.urls import path

from followup import views

app_name = "followup"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("<int:pk>", views.task, name="task"),
    path("<int:pk>/take", views.take, name="take"),
    path("<int:pk>/letter", views.letter, name="letter"),
    path("<int:pk>/reassign", views.reassign, name="reassign"),
]
