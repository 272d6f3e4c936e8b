"""The ground under every room: what all of them need, and no rule of the field.

In come files, words and characters as people write them; out go texts that were read strictly,
sentences in Chinese and English, typefaces, and the schema: the tables, columns, indicators and
terms with their labels. It may import nothing of the other rooms.
"""
