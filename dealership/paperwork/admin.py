"""Issued papers in the back office: to find and to read, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from dealership.paperwork.models import IssuedDocument, Signature


class ReadOnly:
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("paperwork.view_issueddocument")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SignatureInline(ReadOnly, admin.TabularInline):
    model = Signature
    fk_name = "document"
    fields = ["role", "signer_name", "signed_at", "taken_by", "refused", "reason", "witness"]
    extra = 0


@admin.register(IssuedDocument)
class IssuedDocumentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["number", "kind", "issued_at", "issued_by", "store"]
    list_filter = ["kind", "store", "issued_at"]
    search_fields = ["number", "fingerprint"]
    date_hierarchy = "issued_at"
    list_select_related = ["issued_by", "store"]
    inlines = [SignatureInline]

    def get_queryset(self, request: Any) -> QuerySet[IssuedDocument]:
        return super().get_queryset(request).filter(store__in=request.user.stores.all())

    def view_on_site(self, document: IssuedDocument) -> str:
        return reverse("paperwork:document", args=[document.pk])
