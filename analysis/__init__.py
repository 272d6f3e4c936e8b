"""Junheng 均衡: how far a county's schools are from high-quality and balanced education."""

from .apportion import apportion
from .dispersion import coefficient_of_variation
from .files import InputError
from .load import County, load_county, read_county
from .outlook import project
from .projection import progression_ratios, project_enrolment
from .review import review
from .scenario import load_scenario
from .standards import load_standard
from .study import Study, analyze

__version__ = "0.1.0"
__all__ = [
    "County",
    "InputError",
    "Study",
    "analyze",
    "apportion",
    "coefficient_of_variation",
    "load_county",
    "load_scenario",
    "load_standard",
    "progression_ratios",
    "project",
    "project_enrolment",
    "read_county",
    "review",
]
