"""A process of its own that settles orders until it is killed: `python -m tests.faults.posting <order ids>`.

At the `point` named in the environment it dies of kill -9 in the midst of the third posting.
"""

import os
import signal
import sys


def die_at(point):
    """Die in the third act of this name, after or before it."""
    from workorders.operations import settlement

    name, after = point.split(" ")[0], point.endswith("after")
    owner = {"sign": settlement.paperwork}.get(name, settlement)
    function, count = getattr(owner, name), [0]

    def dying(*args, **kwargs):
        count[0] += 1
        if count[0] == 3 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if count[0] == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


def main(orders):
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    name = os.environ["POSTING_DATABASE"]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    from dealership.workflow import NotAllowed
    from tests import factories
    from workorders.models import WorkOrder
    from workorders.operations import settlement

    if point := os.environ.get("POSTING_DIES"):
        die_at(point)
    for order in WorkOrder.objects.filter(pk__in=orders).select_related("advisor").order_by("pk"):
        try:
            settlement.settle(
                order, signer_name="王建国", image=factories.signature_png(), call_from=None, call_until=None,
                by=order.advisor, at=factories.TUESDAY_NINE,
            )  # fmt: skip
        except NotAllowed:
            continue  # settled before the last death


if __name__ == "__main__":
    main([int(pk) for pk in sys.argv[1:]])
