from django.urls import path

from dealership.overview.views import figures, sheet, today

app_name = "overview"
urlpatterns = [
    path("", today.today, name="today"),
    path("history/<int:pk>", today.vehicle, name="vehicle"),
    path("sheet", sheet.sheet, name="sheet"),
    path("sheet.csv", sheet.as_csv, name="sheet_csv"),
    path("sheet.xlsx", sheet.as_xlsx, name="sheet_xlsx"),
    path("figures/appointments", figures.appointments, name="booking_figures"),
    path("figures/house", figures.house, name="house_figures"),
]
