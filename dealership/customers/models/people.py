"""Customers, how to reach them, who belongs to them, and what they agreed to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.customers import names, numbers
from dealership.customers.models.birthdays import Birthday


class Channel(models.TextChoices):
    CALL = "call", gettext_lazy("call")
    SMS = "sms", gettext_lazy("text message")
    EMAIL = "email", gettext_lazy("e-mail")
    LETTER = "letter", gettext_lazy("letter")


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> CustomerQuerySet:
        """Leave out the duplicates that were merged into another customer."""
        return self.filter(merged_into=None)


class Customer(Birthday):
    """A person or an organisation that keeps vehicles; shared by all stores."""

    class Kind(models.TextChoices):
        PERSON = "person", gettext_lazy("person")
        ORGANISATION = "organisation", gettext_lazy("organisation")

    class Title(models.TextChoices):
        MR = "mr", gettext_lazy("Mr")
        MS = "ms", gettext_lazy("Ms")

    class BoardDisplay(models.TextChoices):
        FULL = "full", gettext_lazy("full name")
        SURNAME = "surname", gettext_lazy("surname with title")
        PLATE = "plate", gettext_lazy("plate only")

    kind = models.CharField(gettext_lazy("kind"), max_length=16, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(gettext_lazy("name"), max_length=80)
    title = models.CharField(gettext_lazy("title"), max_length=4, choices=Title.choices, blank=True)
    initials = models.CharField(
        gettext_lazy("pinyin initials"), max_length=200, blank=True, db_index=True, editable=False
    )
    email = models.EmailField(gettext_lazy("e-mail"), blank=True)
    address_home = models.CharField(gettext_lazy("home address"), max_length=200, blank=True)
    address_work = models.CharField(gettext_lazy("work address"), max_length=200, blank=True)
    preferred_channel = models.CharField(
        gettext_lazy("reached best by"), max_length=8, choices=Channel.choices, default=Channel.CALL
    )
    call_from = models.TimeField(gettext_lazy("call from"), null=True, blank=True)
    call_until = models.TimeField(gettext_lazy("call until"), null=True, blank=True)
    board_display = models.CharField(
        gettext_lazy("on the welcome board"), max_length=8, choices=BoardDisplay.choices, default=BoardDisplay.SURNAME
    )
    interests = models.CharField(
        gettext_lazy("interests"), max_length=200, blank=True, help_text=gettext_lazy("separated by spaces")
    )
    notes = models.TextField(gettext_lazy("notes"), blank=True)
    avoid_topics = models.CharField(gettext_lazy("topics to avoid"), max_length=200, blank=True)
    key_account = models.BooleanField(gettext_lazy("key account"), default=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
        verbose_name=gettext_lazy("merged into"),
    )
    created_at = models.DateTimeField(gettext_lazy("created at"), editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta(Birthday.Meta):
        abstract = False
        verbose_name = gettext_lazy("customer")
        verbose_name_plural = gettext_lazy("customers")
        ordering = ["name", "pk"]
        permissions = [
            ("import_customers", "Can import customers and vehicles"),
            ("merge_customers", "Can merge duplicate customers"),
        ]
        constraints = [
            *Birthday.Meta.constraints,
            models.CheckConstraint(name="customers_customer_named", condition=~Q(name="")),
            models.CheckConstraint(name="customers_customer_kind", condition=Q(kind__in=["person", "organisation"])),
            models.CheckConstraint(name="customers_customer_title", condition=Q(title__in=["", "mr", "ms"])),
            models.CheckConstraint(
                name="customers_customer_channel", condition=Q(preferred_channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="customers_customer_board_display", condition=Q(board_display__in=["full", "surname", "plate"])
            ),
            models.CheckConstraint(
                name="customers_customer_call_time",
                condition=Q(call_from__isnull=True, call_until__isnull=True)
                | Q(call_from__isnull=False, call_until__isnull=False, call_from__lt=F("call_until")),
                violation_error_message=gettext_lazy("The call time needs a beginning and a later end."),
            ),
            models.CheckConstraint(
                name="customers_customer_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def salutation(self) -> str:
        """Address the customer in the reader's language: 王先生, Ms Wang; an organisation by its name."""
        title = self.title if self.kind == self.Kind.PERSON else ""
        return names.salutation(self.name, title, translation.get_language() or settings.LANGUAGE_CODE)

    @property
    def phone(self) -> Phone | None:
        """Return the preferred or first number, None where nobody gave one."""
        phones = list(self.phones.all())
        return next((phone for phone in phones if phone.preferred), phones[0] if phones else None)

    @property
    def interest_tags(self) -> list[str]:
        return self.interests.split()

    def board_name(self, plate: str) -> str:
        """Write the customer on a public board as he wished (clause 3.1.3.5): name, surname with title, or plate."""
        if self.board_display == self.BoardDisplay.PLATE:
            return plate or _("Our guest")
        if self.board_display == self.BoardDisplay.FULL or self.kind == self.Kind.ORGANISATION:
            return self.name
        # Without a title the salutation would be the whole name, which was not wished for.
        return self.salutation if self.title else _("Guest %(surname)s") % {"surname": names.surname(self.name)}


class Phone(models.Model):
    """A number of a customer; validated for the country of the store, stored as E.164."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", gettext_lazy("mobile")
        HOME = "home", gettext_lazy("home")
        WORK = "work", gettext_lazy("work")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="phones", verbose_name=gettext_lazy("customer")
    )
    number = models.CharField(gettext_lazy("number"), max_length=20, db_index=True)
    kind = models.CharField(gettext_lazy("kind"), max_length=8, choices=Kind.choices, default=Kind.MOBILE)
    preferred = models.BooleanField(gettext_lazy("preferred"), default=False)

    class Meta:
        verbose_name = gettext_lazy("phone number")
        verbose_name_plural = gettext_lazy("phone numbers")
        ordering = ["-preferred", "pk"]
        constraints = [
            models.CheckConstraint(name="customers_phone_kind", condition=Q(kind__in=["mobile", "home", "work"])),
            models.CheckConstraint(name="customers_phone_e164", condition=Q(number__startswith="+")),
            models.UniqueConstraint(fields=["customer", "number"], name="customers_phone_once_per_customer"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(preferred=True), name="customers_phone_one_preferred"
            ),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        return numbers.shown(self.number)


class Contact(Birthday):
    """A key person of an organisation, or somebody of the customer's family."""

    class Kind(models.TextChoices):
        KEY_PERSON = "key_person", gettext_lazy("key person")
        FAMILY = "family", gettext_lazy("family")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="contacts", verbose_name=gettext_lazy("customer")
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(gettext_lazy("name"), max_length=80)
    relation = models.CharField(
        gettext_lazy("relation or post"),
        max_length=40,
        blank=True,
        help_text=gettext_lazy("such as wife, fleet manager"),
    )
    phone = models.CharField(gettext_lazy("phone"), max_length=20, blank=True)
    notes = models.CharField(gettext_lazy("notes"), max_length=300, blank=True)
    consented = models.BooleanField(
        gettext_lazy("agreed"), default=False, help_text=gettext_lazy("this person agreed that we keep the data")
    )

    class Meta(Birthday.Meta):
        abstract = False
        verbose_name = gettext_lazy("contact")
        verbose_name_plural = gettext_lazy("contacts")
        ordering = ["kind", "name", "pk"]
        constraints = [
            *Birthday.Meta.constraints,
            models.CheckConstraint(name="customers_contact_kind", condition=Q(kind__in=["key_person", "family"])),
            models.CheckConstraint(name="customers_contact_named", condition=~Q(name="")),
            models.CheckConstraint(name="customers_contact_phone", condition=Q(phone="") | Q(phone__startswith="+")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_shown(self) -> str:
        return numbers.shown(self.phone) if self.phone else ""


class Consent(models.Model):
    """One answer of a customer to "may we contact you"; never changed, the latest one counts."""

    class Purpose(models.TextChoices):
        SERVICE = "service", gettext_lazy("about the service of the car")
        MARKETING = "marketing", gettext_lazy("offers and greetings")

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="consents", verbose_name=gettext_lazy("customer")
    )
    purpose = models.CharField(gettext_lazy("purpose"), max_length=12, choices=Purpose.choices)
    channel = models.CharField(gettext_lazy("channel"), max_length=8, choices=Channel.choices)
    granted = models.BooleanField(gettext_lazy("granted"))
    at = models.DateTimeField(gettext_lazy("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("recorded by"),
    )
    source = models.CharField(
        gettext_lazy("source"), max_length=80, blank=True, help_text=gettext_lazy("where the customer said so")
    )

    class Meta:
        verbose_name = gettext_lazy("consent")
        verbose_name_plural = gettext_lazy("consents")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["customer", "purpose", "channel", "at"], name="customers_consent_latest")]
        constraints = [
            models.CheckConstraint(name="customers_consent_purpose", condition=Q(purpose__in=["service", "marketing"])),
            models.CheckConstraint(name="customers_consent_channel", condition=Q(channel__in=Channel.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.get_channel_display()}"


class Merge(models.Model):
    """The trail of a merge: who, when, and which rows moved to the survivor."""

    survivor = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="merges", verbose_name=gettext_lazy("survivor")
    )
    duplicate = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="merged_away", verbose_name=gettext_lazy("duplicate")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("by"),
    )
    at = models.DateTimeField(gettext_lazy("at"))
    moved = models.JSONField(gettext_lazy("moved rows"), default=dict)

    class Meta:
        verbose_name = gettext_lazy("merge")
        verbose_name_plural = gettext_lazy("merges")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="customers_merge_of_two", condition=~Q(survivor=F("duplicate"))),
            models.UniqueConstraint(fields=["duplicate"], name="customers_merge_once"),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} > {self.survivor}"
