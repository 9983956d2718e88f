"""What technician and storekeeper do at the counter, for the tests about parts."""

from urllib.parse import urlencode

from dealership.catalogue import operations as catalogue
from dealership.catalogue.models import Stock, StockReservation
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import IssueSlipLine, WorkOrder
from workorders.operations import lines, signing, writeup


def fresh(order):
    return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()


def two_parts(crew, stock=5, at=TUESDAY_NINE):
    """Return a draft with a second part of four pieces, read out."""
    order = factories.draft(crew, at, part_stock=stock)
    plugs = factories.part(crew.store, name="火花塞", price_fen=3333, stock=stock, at=at)
    writeup.add_part(order, part=plugs, quantity=4, by=crew.service_advisor, at=at)
    lines.confirm_all(order, by=crew.service_advisor, at=at)
    return order


def with_team(crew, order, at=TUESDAY_NINE, **details):
    """Let the customer sign the draft, and a team have it."""
    factories.sign(order, crew.service_advisor, at, **details)
    signing.give_copies(order, by=crew.service_advisor, at=at)
    factories.give_to_team(order, crew, at)
    return order


def stock(line):
    """Return (there, reserved) of a line's part."""
    shelf = Stock.objects.get(store=line.order.store, part=line.part)
    return shelf.quantity, shelf.reserved


def kept(order):
    """Return what is put aside for the order, by part number."""
    rows = StockReservation.objects.filter(reference=queries.kept_for(order), ended_at=None)
    found = {}
    for row in rows:
        found[row.part.number] = found.get(row.part.number, 0) + row.quantity
    return found


def drawn_of(line):
    return IssueSlipLine.objects.get(line=line, returned__lt=line.quantity)


def receive(crew, part, quantity, reference="D-9", at=TUESDAY_NINE):
    return catalogue.receive_goods(crew.store, part, quantity, reference=reference, by=crew.parts, at=at)


def issuing(technician, *line_pks, **values):
    """Return what the counter's page posts when both have signed for the lines."""
    typed = {"lines": [str(pk) for pk in line_pks], "technician": str(technician.pk)}
    signed = dict.fromkeys(["drawn", "handed"], factories.signature_data_url())
    return typed | signed | {"under": urlencode(typed, doseq=True)} | values
