"""Names of the graph, derived from the catalogue's."""


def pascal(name: str) -> str:
    """`tradeName` -> `TradeName`."""
    return name[:1].upper() + name[1:]


def label_field(item: str) -> str:
    """The field beside a coded item that gives its label."""
    return f"{item}Label"


def masked_field(item: str) -> str:
    """The field beside an item that gives its masked form."""
    return f"{item}Masked"
