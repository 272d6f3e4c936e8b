"""What the tables come to by the rules: shares of stages, ratios, variation, verdicts, trajectories.

In come a county (or the tables of a nation) and the rules of each year; out go the register, the
indicators of every school, coefficients of variation, the verdict on every requirement, and
`Study`, which holds them together. It may import `data`, `policy` and `base`, and nothing that
draws, writes or projects.
"""
