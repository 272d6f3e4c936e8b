"""A report's web page as a Word document in the style of official documents, to be edited.

The page and what its cover says of the document come in; the bytes of a .docx file go out. These
modules may import the base room only, pandoc, Typst (for pictures) and python-docx.
"""
