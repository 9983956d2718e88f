"""What the apps above are asked from here."""

from django.dispatch import Signal

# Asked with `store` before and after its hours or its people's absences are changed; each receiver answers the ids of
# the promises that cannot be kept as things stand, so that whoever enters a closure reads how many it breaks.
promises_asked = Signal()
