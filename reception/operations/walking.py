"""Walking round the car: every point in order, damaged or not there, damages on the outline, photos."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import pictures
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import queries
from reception.models import UNDERBODY, DamageMark, Photo, PointCheck, Result, Visit, Zone
from reception.operations.intake import require_covered, require_open

MOST_PHOTOS = 60  # of one visit; a full walk-round has about thirty points


class KeyTaken(NotAllowed):
    """A request key was sent again with something else behind it."""


@transaction.atomic
def check_point(visit: Visit, *, zone: str, result: str, by: User, at: datetime) -> None:
    """Answer one point: in order or not applicable (2.2.2.3, 3.2.1.13); damage is said by marking it."""
    require_covered(visit, by)
    require_lift(visit, zone)
    if result == Result.DAMAGE:
        raise NotAllowed(_("Say which damage it is."))
    if visit.damage_marks.filter(zone=zone).exists():
        raise NotAllowed(_("There is a damage at this point. Take it off first."))
    keep(visit, zone, result, by, at)
    note_end(visit, at)


@transaction.atomic
def finish_walk_round(visit: Visit, *, by: User, at: datetime) -> None:
    """Every other point was looked at and is in order: one press for what is still blank, never before it."""
    require_covered(visit, by)
    PointCheck.objects.bulk_create(
        PointCheck(visit=visit, zone=zone, result=Result.OK, checked_at=at, by=by) for zone in queries.blank(visit)
    )
    note_end(visit, at)


@transaction.atomic
def see_from_below(visit: Visit, *, by: User, at: datetime) -> None:
    """The car is on the lift, for a first service or where it leaks (3.2.3.1, 3.2.4.3)."""
    require_covered(visit, by)
    Visit.objects.filter(pk=visit.pk, lifted_at=None).update(lifted_at=at)
    visit.refresh_from_db()
    note_end(visit, at)


@transaction.atomic
def tell_underbody(visit: Visit, *, by: User, at: datetime) -> None:
    """The customer, who cannot see below the car, is told at once what was found there (3.2.4.4)."""
    require_covered(visit, by)
    if visit.lifted_at is None:
        raise NotAllowed(_("First look at the car from below."))
    Visit.objects.filter(pk=visit.pk).update(underbody_told_at=at)
    visit.refresh_from_db()


@transaction.atomic
def mark_damage(
    visit: Visit, *, zone: str, kind: str, by: User, at: datetime,
    x: int | None = None, y: int | None = None, request_key: UUID | None = None,
) -> DamageMark:  # fmt: skip
    """Note a damage on the car's outline (2.2.11.8); the same press sent twice is one mark.

    Without a place tapped on the outline the same damage at the same point is the same mark.
    """
    require_covered(visit, by)
    require_lift(visit, zone)
    marks = DamageMark.objects.filter(visit=visit, zone=zone, kind=kind)
    same = marks.filter(request_key=request_key) if request_key else marks
    mark = same.first() or (marks.filter(x=None).first() if x is None else None)
    if mark is None:
        require_new(DamageMark, request_key)
        mark = DamageMark.objects.create(
            visit=visit, zone=zone, kind=kind, x=x, y=y, marked_at=at, request_key=request_key or uuid4()
        )
        if zone in UNDERBODY:  # what is found later has to be told again
            Visit.objects.filter(pk=visit.pk).update(underbody_told_at=None)
    keep(visit, zone, Result.DAMAGE, by, at)
    note_end(visit, at)
    return mark


@transaction.atomic
def unmark_damage(mark: DamageMark, *, by: User, at: datetime) -> None:
    """Take a mark off; a point without any is blank again and has to be looked at anew."""
    require_open(mark.visit, by)
    visit, zone = mark.visit, mark.zone
    mark.delete()
    if not visit.damage_marks.filter(zone=zone).exists():
        PointCheck.objects.filter(visit=visit, zone=zone).delete()
    note_end(visit, at)


@transaction.atomic
def add_photo(
    visit: Visit, *, picture: bytes, by: User, at: datetime,
    mark_key: UUID | None = None, request_key: UUID | None = None,
) -> Photo:  # fmt: skip
    """Keep a picture (a plain JPEG, see dealership.pictures) of the car or of one damage; sent twice it is one.

    Raises NotAllowed where the damage is not on this visit, or the visit has as many pictures as anybody looks at.
    """
    require_covered(visit, by)
    known = Photo.objects.filter(request_key=request_key, visit=visit).first() if request_key else None
    if known is not None:
        return known
    require_new(Photo, request_key)
    mark = visit.damage_marks.filter(request_key=mark_key).first() if mark_key else None
    if mark_key and mark is None:
        raise NotAllowed(_("This damage is not on the form any more. Mark it again, then take the photo."))
    if visit.photos.count() >= MOST_PHOTOS:
        raise NotAllowed(_("This visit has %(n)d photos already.") % {"n": MOST_PHOTOS})
    photo = Photo(visit=visit, mark=mark, taken_at=at, by=by, request_key=request_key)
    pictures.attach(photo, picture)
    photo.save(force_insert=True)
    return photo


@transaction.atomic
def remove_photo(photo: Photo, *, by: User) -> None:
    """Take a picture off that shows nothing; its file goes when the row is gone for good."""
    require_open(photo.visit, by)
    stored, name = photo.picture.storage, str(photo.picture.name)
    photo.delete()
    transaction.on_commit(lambda: stored.delete(name))


def require_lift(visit: Visit, zone: str) -> None:
    if zone in UNDERBODY and visit.lifted_at is None:
        raise NotAllowed(_("First look at the car from below."))


def require_new(model: type[DamageMark] | type[Photo], request_key: UUID | None) -> None:
    """Refuse a key that already stands for something else: it would hide what was sent now."""
    if request_key and model.objects.filter(request_key=request_key).exists():
        raise KeyTaken(_("This was sent before with something else. Please reload the page and enter it again."))


def keep(visit: Visit, zone: str, result: str, by: User, at: datetime) -> None:
    """Write one point, with the moment it was seen (3.2.1.3); the same answer again keeps its moment."""
    known = PointCheck.objects.filter(visit=visit, zone=Zone(zone)).first()
    if known is None:
        PointCheck.objects.create(visit=visit, zone=zone, result=result, checked_at=at, by=by)
    elif known.result != result:
        PointCheck.objects.filter(pk=known.pk).update(result=result, checked_at=at, by=by)


def note_end(visit: Visit, at: datetime) -> None:
    """Note when the last blank point was answered, and that it is not over where one is blank again."""
    ended = None if queries.blank(visit) else visit.walked_round_at or at
    if ended != visit.walked_round_at:
        Visit.objects.filter(pk=visit.pk).update(walked_round_at=ended)
        visit.walked_round_at = ended
