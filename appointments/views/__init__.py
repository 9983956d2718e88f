"""The booking desk's pages, split by subject; `asking.py` reads what stands in an address."""
