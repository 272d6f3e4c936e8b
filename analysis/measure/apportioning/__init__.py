"""Schools that span stages -> one row per school and stage, each with its share of what is shared.

Through-schools, combined secondary schools and schools with attached classes record areas,
equipment and rooms once. The official rule (数据拆分) divides them among the stages in proportion to
students weighted 1 : 1.1 : 1.32 (primary : junior : senior). Teachers are recorded by stage and
are not divided. Which rows count for the evaluation, and why the others do not, is decided here too.

Source: 测算均衡系数拆分公式 (weights); 沈阳市优质均衡指标计算公式 (which four quantities are divided,
indoor sports area taken out first); 河北省具体办法 and application form, table II-2 (scope).
"""
