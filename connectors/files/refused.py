"""What is wrong with a drop: for operators, in words that hold nothing of the data."""


class DropRefused(Exception):
    """The files are not what was declared; they are not looked at again before they change.

    The message names file, place and remedy, and no value.
    """


class DropNotThere(Exception):
    """No file stands there (yet): it may be written or exchanged at this moment."""
