"""The ministry's statistical return sheets, as county offices have them -> a county folder.

`forms.yaml` says what stands where, by labels; `forms` reads it, `sheets` opens workbooks,
`locate` finds a labelled figure, `gather` puts the figures of many files together, `folder` makes
the county of them and `reconcile` the page that shows where every figure came from.
"""
