"""Every look-up of the case file. Those made for a caller start at one of `scope.py`'s `..._visible_to`.

`whole.py` and `folding.py` do not: they compare and count the whole register, and show nobody anything.
"""
