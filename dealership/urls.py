"""Every address of the desk."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = admin.site.site_title = _("After-sales desk: back office")
admin.site.index_title = _("Back office")

urlpatterns = [
    path("", include("dealership.overview.urls")),
    path("staff/", include("dealership.staff.urls")),
    path("customers/", include("dealership.customers.urls")),
    path("catalogue/", include("dealership.catalogue.urls")),
    path("papers/", include("dealership.paperwork.urls")),
    path("appointments/", include("appointments.urls")),
    path("reception/", include("reception.urls")),
    path("workorders/", include("workorders.urls")),
    path("followup/", include("followup.urls")),
    path("admin/", admin.site.urls),
]
