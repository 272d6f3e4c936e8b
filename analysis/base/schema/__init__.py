"""Tables, columns, units and their Chinese and English labels: the one place that knows them.

The tables are the contract with the people who fill them in. Loader, checks, template workbook,
charts and exports read names, labels, units and ranges from here and nowhere else. Terms follow
the bilingual statistics of the Ministry of Education where it has them.
"""
