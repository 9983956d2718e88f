"""What the apps above hear from here."""

from django.dispatch import Signal

# Sent inside the merging transaction with `survivor`, `duplicate`, `by`, `at`: an app that keeps its own rows about
# customers points them to the survivor, or raises to stop the merge.
customers_merged = Signal()

# Sent inside the correcting transaction with `customer`, `changed` (the names of the fields that differ now), `at`:
# what was made ready for the customer by the old data follows.
customer_corrected = Signal()
