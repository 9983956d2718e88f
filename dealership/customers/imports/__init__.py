"""Tables of another system on their way in.

1. `reading` turns the uploaded bytes into a table of texts, or says in a sentence why it cannot.
2. `columns` knows the headers other systems use and reads each cell.
3. `planning` compares every row with what the desk knows: new, changed, unchanged or wrong. It saves nothing.
4. `applying` plans once more inside one transaction and carries the plan out, all or nothing.
"""
