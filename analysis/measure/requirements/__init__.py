"""What the items of government guarantee, quality and recognition come to, from the tables.

One function per requirement of the standard, named after its entry. Each says what was found in
every year, at which schools, and what was not reported; whether that is enough is decided in
`analysis.measure.evaluate`. Requirements without a function take the value that the county reports
under the entry's id.
"""
