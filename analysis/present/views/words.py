"""Words for the ids that stand in the cells of results."""

from __future__ import annotations

from ...base.files import N_

BASES = {"observed": N_("observed"), "projected": N_("projected")}
ORIGINS = {"computed": N_("computed"), "reported": N_("reported")}
SUBJECTS = {"cv": N_("CV"), "indicator": N_("Indicator"), "school": N_("School")}
METHODS = {
    "unweighted": N_("schools not weighted"),
    "rounded_first": N_("rounded before comparing"),
    "unsplit": N_("shared resources not apportioned"),
}
COMPARED = {
    "same": N_("same"),
    "stricter": N_("stricter"),
    "weaker": N_("weaker"),
    "additional": N_("additional"),
    "not_stated": N_("not stated"),
}
QUANTITIES = {
    "amount": N_("Resource in all"),
    "mean": N_("County mean"),
    "sd": N_("Standard deviation"),
    "cv": N_("CV"),
    "limit": N_("Limit"),
    "gini": N_("Gini"),
    "theil": N_("Theil"),
    "lacking": N_("Lacking in all"),
    "schools_short": N_("Schools that lack it"),
    "missing": N_("Schools without a value"),
    "schools": N_("Schools"),
    "schools_met": N_("Schools meeting the rule"),
    "students": N_("Students"),
}
