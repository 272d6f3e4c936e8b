"""The documentation site: pages made from the program, and a hook of MkDocs that puts them in."""
