"""What the apps above are asked from here."""

from django.dispatch import Signal

# Asked with `document` when a copy is to be sent; whoever had it issued answers the customer it was made out to, the
# others None. A paper itself holds only what is printed on it.
addressee_asked = Signal()
