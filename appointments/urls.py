from django.urls import path

from appointments import views

app_name = "appointments"
urlpatterns = [
    path("", views.grid, name="grid"),
    path("book", views.book, name="book"),
    path("<int:pk>", views.appointment, name="appointment"),
    path("<int:pk>/no-show", views.no_show, name="no_show"),
]
