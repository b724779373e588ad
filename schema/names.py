"""Names derived from the catalogue's: of the graph's fields, and of columns asked for as items are."""

_COLUMN = "column:"


def pascal(name: str) -> str:
    """`tradeName` -> `TradeName`."""
    return name[:1].upper() + name[1:]


def label_field(item: str) -> str:
    """The field beside a coded item that gives its label."""
    return f"{item}Label"


def masked_field(item: str) -> str:
    """The field beside an item that gives its masked form."""
    return f"{item}Masked"


def column_item(column: str) -> str:
    """The name under which a column is asked for that need be no item (`column:ID_NO`)."""
    return f"{_COLUMN}{column}"


def is_column(item: str) -> bool:
    """Whether a name asks for a column and not for an item: nobody's right is needed for it."""
    return item.startswith(_COLUMN)


def column_asked(item: str) -> str:
    """The column that such a name asks for."""
    return item.removeprefix(_COLUMN)
