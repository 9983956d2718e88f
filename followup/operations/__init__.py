"""Every change of the follow-up: the rules, the sweep that plans by them, the calls people make."""

from followup.operations.calls import cancel, reassign, record_call, record_letter, take
from followup.operations.planning import sweep
from followup.operations.rules import change_rule, seed_rules

__all__ = ["cancel", "change_rule", "reassign", "record_call", "record_letter", "seed_rules", "sweep", "take"]
