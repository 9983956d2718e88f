"""What the shelves tell the desks above: goods came, or are to come on another day."""

from django.dispatch import Signal

goods_came = Signal()  # store, part, by, at: there is more of it than before
supply_changed = Signal()  # store, part, news, by, at: `news` says whether it was ordered or only moved
