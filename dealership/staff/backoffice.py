"""What every page of the back office keeps to: the person's own stores, and nothing with a history deleted."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from dealership.staff.models import Store


class DeskAdmin(admin.ModelAdmin):
    """Rows are added and changed, not deleted; every choice offers only what its own list would show."""

    keeps_rows = True  # False where nothing refers to a row and its deletion rewrites no history
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None
    save_as = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not self.keeps_rows and super().has_delete_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **self._within_reach(db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **self._within_reach(db_field, request, kwargs))

    def _within_reach(self, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Offer only rows the person could also see in the list of that table."""
        related = db_field.related_model
        if "queryset" not in kwargs and self.admin_site.is_registered(related):
            kwargs["queryset"] = self.admin_site.get_model_admin(related).get_queryset(request)
        return kwargs


class ReadOnlyAdmin(DeskAdmin):
    """Rows are looked at; they come into being and change through the desk alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StoreScopedAdmin(DeskAdmin):
    """Lists the rows of the stores the person works in; `store_path` leads from the row to its store."""

    store_path = "store"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return within_stores(super().get_queryset(request), request.user, self.store_path)


def within_stores(rows: QuerySet, user: Any, path: str = "store") -> QuerySet:
    """Keep the rows whose store (at the end of a path of foreign keys) the user works in; a superuser sees all."""
    return rows if user.is_superuser else rows.filter(**{f"{path}__in": stores_of(user)})


def stores_of(user: Any) -> QuerySet[Store]:
    """Return the stores the user may look after in the back office."""
    return Store.objects.all() if user.is_superuser else Store.objects.filter(staff=user)


class ReadOnlyInline(admin.TabularInline):
    """Rows shown below the record they belong to: whoever may open it may read them, nobody edits them."""

    fields: ClassVar[Any] = ()
    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.fields  # some are no part of any form, such as the moment a row was written

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


class MoveInline(ReadOnlyInline):
    """The history of a record."""

    fields: ClassVar[Any] = ["at", "by", "from_state", "to_state", "reason"]
