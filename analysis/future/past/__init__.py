"""What a county's past says about its coming years.

In come the observed tables; out go arrays by school, grade and year, the breaks found in them (schools
opened, closed, merged), entry by the cut-off date, and the rates of progression, entry and shares that a
course uses. It may import the assumptions and the rooms below.
"""
