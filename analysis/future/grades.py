"""The ladder of grades as positions in an array, and the day that decides who enters it."""

from __future__ import annotations

from ..base.schema.terms import STAGE_GRADES, STAGES

GRADES = 9
#: Positions of a stage's grades in the array, and of its entrance grade.
SPAN = {
    stage: slice(grades[0] - 1, grades[-1])
    for stage, grades in STAGE_GRADES.items()
    if stage in STAGES
}
ENTRANCE = {stage: span.start for stage, span in SPAN.items()}
#: Month and day by which a child must be six to enter first grade, where a scenario says nothing: the
#: built-in ones say it (`future/scenarios/baseline.yaml`, key `entry.cutoff`). Source: Compulsory Education Law,
#: art. 11 (age six); the day as in local enrolment rules.
CUTOFF = "08-31"
