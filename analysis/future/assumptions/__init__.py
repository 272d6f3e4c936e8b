"""What one assumes about the coming years, as files.

In come scenario files, the county's roster and its plan; out go checked scenarios: their sections, the
moves with what each does to pupils and premises, the plan as one more part, and the schools that take
part. It may import the tables, the plan and the rooms below; how a course uses an assumption is not
known here.
"""
