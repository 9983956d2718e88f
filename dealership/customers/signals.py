"""What the apps above hear from here."""

from django.dispatch import Signal

# Sent inside the merging transaction with `survivor`, `duplicate`, `by`, `at`: an app that keeps its own rows about
# customers points them to the survivor, or raises to stop the merge.
customers_merged = Signal()
