"""Return sheets of another year into a county's folder that is there already.

Figures of the sheets and the folder come in; merged tables and what changed go out. It may import the
rest of `ministry` but the import itself.
"""
