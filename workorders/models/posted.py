"""What is written once: the classes refuse a change, and the database what slips past them (migration 0007)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dealership.workflow import NotAllowed


def refusal() -> NotAllowed:
    return NotAllowed(_("What was posted is never changed. Put it right with an entry against it."))


class PostedQuerySet(models.QuerySet):
    def update(self, **facts: Any) -> int:
        raise refusal()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise refusal()

    def delete(self) -> tuple[int, dict[str, int]]:
        raise refusal()


class Posted(models.Model):
    """A row of the books: made, never changed, never deleted."""

    objects = PostedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise refusal()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise refusal()
