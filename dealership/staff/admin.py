"""The back office's pages for stores, people and teams."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dealership.staff import backoffice
from dealership.staff.models import Absence, Store, Team, User
from dealership.staff.roles import ADMIN_ROLES, Role

# The permissions of a role come from the table in roles.py; a page to edit them would promise too much.
admin.site.unregister(Group)


@admin.register(Store)
class StoreAdmin(backoffice.StoreScopedAdmin):
    store_path = "pk"
    list_display = ["name", "code", "brand", "phone", "time_zone"]
    search_fields = ["name", "code", "brand"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["code"] if obj else []  # begins the numbers of forms already printed


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(Role(obj.name).label)


@admin.register(User)
class PersonAdmin(backoffice.StoreScopedAdmin, UserAdmin):
    """People of the manager's stores; who also works elsewhere is changed by somebody who works there as well."""

    list_display = ["full_name", "username", "phone", "technical", "is_active"]
    list_filter = ["is_active", "technical"]
    search_fields = ["full_name", "username", "phone"]
    ordering = ["full_name", "username"]
    filter_horizontal = []
    readonly_fields = ["last_login"]
    people = (None, {"fields": ["full_name", "phone", "email"]})
    work = (_("Work"), {"fields": ["stores", "groups", "technical"]})
    add_fieldsets = [(None, {"fields": ["username", "password1", "password2"]}), people, work]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        access = ["is_active", "last_login"]
        if request.user.is_superuser:  # type: ignore[union-attr]
            access.append("is_superuser")
        log_in = (None, {"fields": ["username", "password"]})
        return [log_in, self.people, self.work, (_("Access"), {"fields": access})]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = admin.ModelAdmin.get_queryset(self, request)
        if request.user.is_superuser:  # type: ignore[union-attr]
            return rows
        colleagues = User.stores.through.objects.filter(store__in=backoffice.stores_of(request.user))
        return rows.filter(pk__in=colleagues.values("user"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or within_reach(request.user, obj))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        if db_field.name == "groups":
            roles = Group.objects.filter(name__in=Role.values)
            kwargs |= {"queryset": roles, "form_class": RolesField, "label": _("roles"), "help_text": ""}
            # Somebody without a role would log in to an empty page.
            kwargs["required"] = not request.user.is_superuser  # type: ignore[union-attr]
        if db_field.name == "stores":
            # Somebody without a store would vanish from the list of the manager who took them on.
            kwargs["required"] = not request.user.is_superuser  # type: ignore[union-attr]
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Open the back office to exactly those whose roles need it."""
        super().save_related(request, form, formsets, change)
        person = form.instance
        person.is_staff = person.is_superuser or person.has_role(*ADMIN_ROLES)
        person.save(update_fields=["is_staff"])


def within_reach(user: Any, person: User) -> bool:
    """Say whether the user may change the person's account, which includes setting a new password."""
    if user.is_superuser:
        return True
    if person.is_superuser or person.user_permissions.exists():
        return False
    return not person.stores.exclude(pk__in=backoffice.stores_of(user)).exists()


@admin.register(Absence)
class AbsenceAdmin(backoffice.CalendarAdmin):
    """When whom of the manager's people is away; what was entered by mistake is taken out again."""

    keeps_rows = False
    list_display = ["user", "first_on", "last_on", "reason"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "reason"]
    date_hierarchy = "first_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # By their people's list, not by a path to the stores: who works in two of them would be away twice.
        people = self.admin_site.get_model_admin(User).get_queryset(request)
        return super().get_queryset(request).filter(user__in=people)


class TeamForm(forms.ModelForm):
    def clean(self) -> Any:
        given = super().clean() or self.cleaned_data
        store = given.get("store")
        people = {given.get("leader"), given.get("advisor"), *given.get("members", [])} - {None}
        if store and people:
            there = set(store.staff.filter(pk__in=[person.pk for person in people]))
            names = ", ".join(sorted(str(person) for person in people - there))
            if names:
                raise forms.ValidationError(_("Not working in this store: %(names)s"), params={"names": names})
        return given


@admin.register(Team)
class TeamAdmin(backoffice.StoreScopedAdmin):
    form = TeamForm
    list_display = ["name", "store", "leader", "skills", "dispatch_mode"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["store", "leader"]
    search_fields = ["name", "leader__full_name", "skills"]
    filter_horizontal = ["members"]
