"""Issued papers in the back office: to find and to read, never to change."""

from django.contrib import admin
from django.urls import reverse

from dealership.paperwork.models import IssuedDocument, PrintLog, Signature
from dealership.staff import backoffice


class SignatureInline(backoffice.ReadOnlyInline):
    model = Signature
    fk_name = "document"
    fields = ["role", "signer_name", "signed_at", "taken_by", "unsigned", "reason", "witness"]


class PrintLogInline(backoffice.ReadOnlyInline):
    model = PrintLog
    fields = ["printed_at", "copy", "printed_by"]


@admin.register(IssuedDocument)
class IssuedDocumentAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["number", "kind", "issued_at", "issued_by", "store"]
    list_filter = ["kind", ("store", admin.RelatedOnlyFieldListFilter), "issued_at"]
    search_fields = ["number", "fingerprint"]
    date_hierarchy = "issued_at"
    list_select_related = ["issued_by", "store"]
    inlines = [SignatureInline, PrintLogInline]

    def view_on_site(self, document: IssuedDocument) -> str:
        return reverse("paperwork:document", args=[document.pk])
