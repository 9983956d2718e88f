"""What every page of the back office keeps to: the person's own stores, and nothing with a history deleted."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import ngettext

from dealership import web
from dealership.staff.models import Store
from dealership.staff.signals import promises_asked


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


class CalendarAdmin(DeskAdmin):
    """Rows that decide when customers are received: facts, never refused because somebody is booked then.

    But whoever enters one reads at once how many booked customers it lets down, and where they are listed.
    """

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = let_down(request.user)
        super().save_model(request, obj, form, change)
        tell_let_down(request, before)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        before = let_down(request.user)
        super().delete_model(request, obj)
        tell_let_down(request, before)


def let_down(user: Any) -> dict[Store, set[int]]:
    """Return the promises the person's stores cannot keep, by the ids the desk above answers."""
    return {store: unkept(store) for store in stores_of(user)}


def unkept(store: Store) -> set[int]:
    answers: list[tuple[Any, Any]] = promises_asked.send(sender=Store, store=store)
    return {pk for _receiver, ids in answers for pk in ids}


def tell_let_down(request: Any, before: dict[Store, set[int]]) -> None:
    """Say for each store how many promises cannot be kept any more since then; the list is the current store's."""
    for store, ids in let_down(request.user).items():
        if not (count := len(ids - before[store])):
            continue
        sentence = ngettext(
            "%(n)d booked customer cannot be received as agreed any more. Please call and agree on another time.",
            "%(n)d booked customers cannot be received as agreed any more. Please call and agree on other times.",
            count,
        ) % {"n": count}
        here = store == request.store
        ways = web.desk_links("unkept", request.user) if here else []
        link = format_html_join("", ' <a href="{}">{}</a>', ((way["url"], way["label"]) for way in ways))
        messages.warning(request, format_html("{}{}{}", "" if here else f"{store}: ", sentence, link))


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
