"""What is planned beside the projection: places, teachers by the quota, other stages, smaller classes.

A projected study comes in; tables for planning go out, and no verdict reads them. It may import the
projection and what is measured.
"""
