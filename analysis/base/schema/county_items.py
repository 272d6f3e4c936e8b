"""Items that a county reports for itself, not for its schools, and which is a part of which."""

from __future__ import annotations

from types import MappingProxyType

from .terms import SUBJECTS, Label

_NUMBERS = "一二三四五六七八九"
#: Pupils who came to the county less those who left it since the year before.
NET_MIGRATION = MappingProxyType(
    {
        "net_migration_primary": Label(
            "小学净转入学生数（人，不含一年级新生；转出较多填负数）",
            "Net migration of primary pupils (persons, without entrants; negative: more left)",
        ),
        "net_migration_junior": Label(
            "初中净转入学生数（人，不含初中新生；转出较多填负数）",
            "Net migration of junior pupils (persons, without entrants; negative: more left)",
        ),
        **{
            f"net_migration_grade{grade}": Label(
                f"{name}年级净转入学生数（人；转出较多填负数）",
                f"Net migration of grade {grade} (persons; negative: more left)",
            )
            for grade, name in enumerate(_NUMBERS, 1)
        },
    }
)

#: Items of county_years from which `analysis.measure.requirements` computes, and series that are only shown.
COUNTY_INPUTS = MappingProxyType(
    {
        "births": Label("出生人口（人）", "Births (persons)"),
        "entrants_grade1": Label("小学一年级招生数（人）", "Entrants to grade 1 (persons)"),
        "entrants_grade7": Label("初中一年级招生数（人）", "Entrants to grade 7 (persons)"),
        **NET_MIGRATION,
        "kindergarten_children": Label("在园幼儿数（人）", "Children in kindergarten (persons)"),
        "kindergarten_places": Label("幼儿园学位数（个）", "Kindergarten places"),
        "senior_general_entrants": Label(
            "普通高中招生数（人）", "Entrants of general senior schools (persons)"
        ),
        "senior_general_places": Label("普通高中学位数（个）", "Places of general senior schools"),
        "senior_vocational_entrants": Label(
            "中等职业学校招生数（人）", "Entrants of vocational senior schools (persons)"
        ),
        "senior_vocational_places": Label(
            "中等职业学校学位数（个）", "Places of vocational senior schools"
        ),
        "budget_education_cny": Label("一般公共预算教育经费（元）", "Education budget (yuan)"),
        "salary_teachers_cny": Label(
            "义务教育教师年平均工资收入（元）", "Mean yearly salary of teachers (yuan)"
        ),
        "salary_civil_servants_cny": Label(
            "当地公务员年平均工资收入（元）", "Mean yearly salary of local civil servants (yuan)"
        ),
        "operating_standard_primary_cny": Label(
            "小学生均公用经费基准定额（元）", "Public-use funds standard per primary student (yuan)"
        ),
        "operating_standard_junior_cny": Label(
            "初中生均公用经费基准定额（元）", "Public-use funds standard per junior student (yuan)"
        ),
        "teachers_total": Label("应参加培训的专任教师数（人）", "Teachers who are to be trained"),
        "teachers_trained_360h": Label(
            "五年内培训满360学时的教师数（人）", "Teachers trained 360 hours in five years"
        ),
        "teachers_in_post": Label("在岗专任教师数（人）", "Full-time teachers in post"),
        "teachers_certified": Label("持有教师资格证的专任教师数（人）", "Certified teachers"),
        "special_post_teachers": Label("特岗教师数（人）", "Special-post teachers"),
        "teachers_eligible_rotation": Label(
            "符合交流条件的教师数（人）", "Teachers eligible for rotation"
        ),
        "teachers_rotated": Label("实际交流教师数（人）", "Teachers rotated"),
        "backbone_rotated": Label("其中：交流的骨干教师数（人）", "Backbone teachers rotated"),
        "zone_students_primary": Label(
            "划片范围内小学适龄儿童数（人）", "Primary children of the residence zones"
        ),
        "zone_enrolled_primary": Label(
            "其中：就近入学的小学生数（人）", "of them enrolled near home (primary)"
        ),
        "zone_students_junior": Label(
            "划片范围内初中适龄少年数（人）", "Junior-age children of the residence zones"
        ),
        "zone_enrolled_junior": Label(
            "其中：就近入学的初中生数（人）", "of them enrolled near home (junior)"
        ),
        "quality_senior_places": Label(
            "优质高中招生名额（个）", "Places of quality senior secondary schools"
        ),
        "quality_senior_places_allocated": Label(
            "其中：分配到初中的名额（个）", "of them allocated to junior schools"
        ),
        "quality_senior_places_rural": Label(
            "其中：分配到农村初中的名额（个）", "of them allocated to rural junior schools"
        ),
        "migrant_children_eligible": Label(
            "符合条件的随迁子女数（人）", "Eligible children of migrant workers"
        ),
        "migrant_children_public": Label("其中：在公办学校就读（人）", "of them in public schools"),
        "migrant_children_purchased": Label(
            "其中：政府购买服务在民办学校就读（人）", "of them in purchased private places"
        ),
        "left_behind_care": Label(
            "留守儿童关爱体系健全（是或否）",
            "Care for left-behind children is in place (yes or no)",
        ),
        "junior_graduates": Label("初中毕业生数（人）", "Junior secondary graduates"),
        "junior_entrants_three_years_ago": Label(
            "三年前初中一年级招生数（人）", "Junior entrants three years ago"
        ),
        "junior_transfers_in": Label("三年内转入初中生数（人）", "Junior students transferred in"),
        "junior_transfers_out": Label(
            "三年内转出初中生数（人）", "Junior students transferred out"
        ),
        "junior_deaths": Label("三年内死亡初中生数（人）", "Junior students deceased"),
        "disabled_children_registered": Label(
            "登记的适龄残疾儿童少年数（人）", "Registered disabled children of school age"
        ),
        "disabled_children_enrolled": Label("其中：已入学（人）", "of them enrolled"),
        **{
            f"monitoring_{kind}_{subject}": Label(
                f"质量监测：{name.zh}{label.zh}", f"Monitoring: {name.en}, {label.en}"
            )
            for kind, label in (
                ("level", Label("学业水平等级", "level")),
                ("ratio", Label("校际差异率", "between-school variance ratio")),
            )
            for subject, name in SUBJECTS.items()
        },
        "satisfaction_questionnaires_issued": Label(
            "满意度问卷发放数（份）", "Questionnaires issued"
        ),
        "satisfaction_questionnaires_valid": Label("其中：有效问卷（份）", "of them valid"),
        "satisfaction_questionnaires_satisfied": Label("其中：满意（份）", "of them satisfied"),
        "satisfaction_visits": Label("实地走访人数（人）", "Persons visited"),
        "satisfaction_visits_satisfied": Label("其中：满意（人）", "of them satisfied"),
        "satisfaction_visits_parents": Label("其中：家长（人）", "of them parents"),
        # the county's basics in the application form
        "population_persons": Label("人口总数（人）", "Population (persons)"),
        "rural_population_persons": Label("其中：农村人口（人）", "of them rural (persons)"),
        "towns": Label("乡镇数（个）", "Townships"),
        "villages": Label("行政村数（个）", "Villages"),
        "gdp_per_person_cny": Label("人均GDP（元）", "GDP per person (yuan)"),
        "fiscal_revenue_per_person_cny": Label(
            "人均财政收入（元）", "Fiscal revenue per person (yuan)"
        ),
        "rural_income_per_person_cny": Label(
            "农民人均纯收入（元）", "Net income of farmers per person (yuan)"
        ),
        "urban_income_per_person_cny": Label(
            "城镇居民人均可支配收入（元）", "Disposable income of townspeople per person (yuan)"
        ),
        "staff_primary": Label("小学教职工（人）", "Primary staff"),
        "staff_junior": Label("初中教职工（人）", "Junior secondary staff"),
    }
)

#: Items of county_years that together are part of others, and how grave it is if they are more.
COUNTY_PARTS = (
    *(
        (parts if isinstance(parts, tuple) else (parts,), (whole,), "error")
        for parts, whole in (
            ("teachers_trained_360h", "teachers_total"),
            ("teachers_certified", "teachers_in_post"),
            ("special_post_teachers", "teachers_in_post"),
            ("teachers_rotated", "teachers_eligible_rotation"),
            ("backbone_rotated", "teachers_rotated"),
            ("zone_enrolled_primary", "zone_students_primary"),
            ("zone_enrolled_junior", "zone_students_junior"),
            ("quality_senior_places_allocated", "quality_senior_places"),
            ("quality_senior_places_rural", "quality_senior_places_allocated"),
            ("migrant_children_public", "migrant_children_eligible"),
            ("disabled_children_enrolled", "disabled_children_registered"),
            ("satisfaction_questionnaires_valid", "satisfaction_questionnaires_issued"),
            ("satisfaction_questionnaires_satisfied", "satisfaction_questionnaires_valid"),
            ("satisfaction_visits_satisfied", "satisfaction_visits"),
            ("satisfaction_visits_parents", "satisfaction_visits"),
            ("junior_deaths", "junior_entrants_three_years_ago"),
            ("rural_population_persons", "population_persons"),
        )
    ),
    (
        ("migrant_children_purchased", "migrant_children_public"),
        ("migrant_children_eligible",),
        "warning",
    ),
    # some repeat a year
    (
        ("junior_graduates",),
        ("junior_entrants_three_years_ago", "junior_transfers_in"),
        "warning",
    ),
)


def whole_of(name: str) -> str | None:
    """The item without which the name of another one says nothing (其中：…), None for all others."""
    if not COUNTY_INPUTS[name].zh.startswith("其中"):
        return None
    whole = next(
        wholes[0] for parts, wholes, _ in COUNTY_PARTS if name in parts and len(wholes) == 1
    )
    return whole_of(whole) or whole
