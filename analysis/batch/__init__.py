"""Reports of many counties at once, on all cores or a cluster.

In come folders of counties and what is wanted of them; out go the reports of all that are not up to
date, an account of what was made and why not, an index for people and a manifest for programs. It
may import `report` and what is below it; nothing else knows processes, kernels or the cluster.
"""
