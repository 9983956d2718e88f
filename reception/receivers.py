"""What this app hears from below: two entries of a customer became one, so the visits are the survivor's.

And what it answers: whose form a paper is."""

from typing import Any

from django.dispatch import receiver

from dealership.customers.models import Customer
from dealership.customers.signals import customers_merged
from dealership.paperwork.models import IssuedDocument
from dealership.paperwork.signals import addressee_asked
from reception import operations


@receiver(customers_merged, dispatch_uid="reception.customers_merged")
def follow_the_survivor(survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    operations.follow_survivor(survivor, duplicate)


@receiver(addressee_asked, dispatch_uid="reception.addressee_asked")
def tell_whose_form_it_is(document: IssuedDocument, **kwargs: Any) -> Customer | None:
    return Customer.objects.filter(visits__intake=document).first()
