"""What is required, and what a county has decided: standards and plans as dated data.

In come profiles and plans in YAML, those that come with the package (`profiles/`) and a county's
own; out go `Standard` with the `Rules` of any day, each with its source, and `Plan`. It may import
`base`.
"""
