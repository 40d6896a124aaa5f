"""What runs in the user's own interpreter, confined: standard library only, Python 3.8 and up.

These files are copied into a folder as the package `NAME`, which that interpreter finds first:
a name of its own, so that no module of the user's is hidden by one of these, and never
`selftaught`, which the user's environment lacks or has in another version.
"""
