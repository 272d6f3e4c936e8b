"""Sites (不计校数) and the schools that they belong to.

Tables as entered come in; tables of schools go out, with the sites remembered. It may import the schema.
"""
