from django.urls import path

from dealership.paperwork import views

app_name = "paperwork"
urlpatterns = [
    path("<int:pk>", views.document, name="document"),
    path("<int:pk>/print", views.print_copy, name="print"),
    path("<int:pk>/send", views.send, name="send"),
    path("<int:pk>/sign", views.sign, name="sign"),
    path("<int:pk>/page.css", views.page_css, name="page_css"),
    path("<int:pk>/code.svg", views.code, name="code"),
    path("<int:pk>/content-code.svg", views.content_code, name="content_code"),
    path("signature/<int:pk>.png", views.signature, name="signature"),
]
