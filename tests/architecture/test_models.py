"""What every table keeps to: a choice is a rule of the database, not only of a form."""

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Q
from django.db.models.expressions import BaseExpression, F

from tests.architecture import tree


def our_models():
    return [model for label in tree.SHELF for model in apps.get_app_config(label).get_models()]


def conditions(condition):
    """Yield (field name, lookup, value) for every leaf of a condition."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from conditions(child)
        elif isinstance(child, tuple):
            name, _, lookup = child[0].partition("__")
            yield name, lookup or "exact", child[1]
        elif isinstance(child, BaseExpression):
            yield from ((part.name, "", None) for part in child.flatten() if isinstance(part, F))


def constrained_values(model, field):
    """Return the sets of values that constraints let a field have; `None` stands for another kind of rule."""
    leaves = [
        leaf
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
        for leaf in conditions(constraint.condition)
        if leaf[0] == field.name
    ]
    return [frozenset(map(str, value)) if lookup == "in" else None for _, lookup, value in leaves]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_choice_is_held_by_the_database(model):
    loose = []
    for field in model._meta.concrete_fields:
        if not field.choices:
            continue
        offered = frozenset(str(value) for value, _ in field.flatchoices if value is not None)
        held = constrained_values(model, field)
        if not any(values is None or values - {""} == offered - {""} for values in held):
            loose.append(f"{field.name}: {sorted(offered)}")
    assert loose == []
