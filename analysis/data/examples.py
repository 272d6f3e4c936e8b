"""The rows that show how a table is filled in, and how they are known again."""

from __future__ import annotations

from ..base.schema.terms import Label

#: Stands in place of a school's id in the example rows of a template.
EXAMPLE_ID = Label("示例", "Example")

#: A row of every table as it might be filled in; it stands on the sheet that explains.
EXAMPLES = {
    "schools": {
        "school_id": "3150202001",
        "name": Label("示例学校", "Example School"),
        "type": "nine_year",
        "ownership": "public",
        "sponsor": 7,
        "area": "town",
        "boarding": "no",
        "built_year": 1998,
    },
    "school_years": {
        "school_id": "3150202001",
        "year": 2024,
        "students_primary": 620,
        "students_junior": 310,
        "classes_primary": 15,
        "classes_junior": 7,
        "teachers_primary": 40,
        "teachers_junior": 28,
        "above_qualification_primary": 30,
        "above_qualification_junior": 24,
        "backbone_primary": 7,
        "backbone_junior": 4,
        "pe_arts_primary": 6,
        "pe_arts_junior": 3,
        "teaching_area_m2": 5200.5,
        "indoor_sports_area_m2": 800,
        "outdoor_sports_area_m2": 9600,
        "equipment_value_cny": 2150000,
        "multimedia_rooms": 25,
        "operating_funds_cny": 790000,
        "training_funds_cny": 47000,
    },
    "enrolment": {
        "school_id": "3150202001",
        "year": 2024,
        "grade": 1,
        "students": 98,
        "classes": 2,
        "largest_class": 49,
    },
    "rooms": {"school_id": "3150202001", "year": 2024, "kind": "music", "area_m2": 96},
    "county_years": {
        "year": 2024,
        "item": "salary_teachers_cny",
        "value": "98000",
        "evidence": Label("财政局工资统计", "Payroll statistics"),
    },
}
