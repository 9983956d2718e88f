from django.urls import path

from dealership.customers.views import imports, people, plans, recalls, vehicles

app_name = "customers"
urlpatterns = [
    path("", people.search, name="search"),
    path("new", people.create, name="create"),
    path("<int:pk>", people.file, name="file"),
    path("<int:pk>/edit", people.edit, name="edit"),
    path("<int:pk>/phones/new", people.phone_create, name="phone_create"),
    path("phones/<int:pk>/prefer", people.phone_prefer, name="phone_prefer"),
    path("phones/<int:pk>/drop", people.phone_drop, name="phone_drop"),
    path("<int:pk>/contacts/new", people.contact_create, name="contact_create"),
    path("contacts/<int:pk>/drop", people.contact_drop, name="contact_drop"),
    path("<int:pk>/consents/new", people.consent_create, name="consent_create"),
    path("<int:pk>/merge", people.merge, name="merge"),
    path("<int:pk>/merge/<int:other>", people.merge_with, name="merge_with"),
    path("<int:pk>/vehicles/new", vehicles.vehicle_create, name="vehicle_create"),
    path("vehicles/<int:pk>", vehicles.vehicle, name="vehicle"),
    path("vehicles/<int:pk>/edit", vehicles.vehicle_edit, name="vehicle_edit"),
    path("vehicles/<int:pk>/keeper", vehicles.keeper, name="keeper"),
    path("vehicles/<int:pk>/mileage", vehicles.mileage, name="mileage"),
    path("vehicles/<int:pk>/care-card", vehicles.care_card, name="care_card"),
    path("vehicles/<int:pk>/recalls/<int:number>", recalls.recall_close, name="recall_close"),
    path("vehicles/<int:pk>/plan/new", plans.plan_line_create, name="plan_line_create"),
    path("vehicles/plan/<int:pk>/drop", plans.plan_line_drop, name="plan_line_drop"),
    path("vehicles/recommendations/<int:pk>/end", plans.recommendation_end, name="recommendation_end"),
    path("import", imports.upload, name="import_upload"),
    path("import/<int:pk>", imports.preview, name="import_preview"),
    path("import/<int:pk>/wrong.csv", imports.wrong_rows_file, name="import_wrong_rows"),
]
