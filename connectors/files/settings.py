"""What a `kind: files` source and its resources declare."""

from pathlib import PurePosixPath
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schema.dates import compile_format

Format = Literal["csv", "xlsx", "jsonl", "parquet", "duckdb"]
ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".duckdb": "duckdb",
}
"""Endings of files that say their format."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FilesSettings(_Model):
    """Settings of one department's folder."""

    directory: str = Field(min_length=1, description="Where the department drops its files.")
    store: str | None = Field(
        default=None,
        description="Where what was read is kept, for the next start and other processes; default: nowhere.",
    )
    follow_links: bool = Field(
        default=False, description="Whether links may lead out of `directory`; else they are refused."
    )
    check_seconds: float = Field(default=10, gt=0, description="Between looks at the files.")
    settle_seconds: float = Field(
        default=2, ge=0, description="A file that changed more recently is still being written."
    )
    max_file_bytes: int = Field(
        default=4 * 1_073_741_824, ge=1, description="Of one file, unpacked; larger ones are refused."
    )
    max_keys: int = Field(default=500, ge=1, description="Keys in one statement.")
    threads: int = Field(default=4, ge=1, description="Statements at once.")
    memory_mb: int = Field(
        default=512, ge=64, description="Of DuckDB, for reading; as much again while a file is taken in."
    )


class FilesOrigin(_Model):
    """`from:` of a resource: which files, and how they are written."""

    file: str = Field(
        min_length=1,
        description="Path below `directory`. `*`, `?`: all such files; `{yyyyMMdd}`: the latest day's.",
    )
    format: Format | None = Field(default=None, description="Default: by the file's ending.")
    encoding: str = Field(default="utf-8", description="Of text: `gb18030`, `utf-16`.")
    delimiter: str = Field(default=",", min_length=1, max_length=1, description="Of CSV.")
    header_row: int = Field(
        default=1, ge=0, description="Row of the names, of CSV and Excel; 0: none, so say `columns`."
    )
    columns: list[str] = Field(default=[], description="Names in the order of the file, where it has none.")
    sheet: str | None = Field(default=None, description="Of Excel; default: the only one.")
    table: str = Field(default="rows", min_length=1, description="Of DuckDB.")
    sorted_by: list[str] = Field(
        default=[],
        description="Columns in whose order the rows are kept; of DuckDB: in which they stand.",
    )

    @property
    def kind(self) -> Format:
        """The format, as declared or by the ending."""
        return self.format or ENDINGS[PurePosixPath(self.file).suffix.lower()]

    @property
    def dated(self) -> str | None:
        """The format of the day in the file's name."""
        _, mark, rest = self.file.partition("{")
        return rest.partition("}")[0] if mark else None

    @field_validator("file")
    @classmethod
    def _stays_below(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or "\0" in value or "\\" in value or "**" in value:
            raise ValueError("a path below the source's 'directory', without '..'")
        return value

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError:
            raise ValueError("not an encoding that Python knows") from None
        return value

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.format is None and PurePosixPath(self.file).suffix.lower() not in ENDINGS:
            raise ValueError(f"the ending says no format: say 'format', one of {', '.join(get_args(Format))}")
        if (self.header_row == 0) is not bool(self.columns):
            raise ValueError("'columns' stands in the place of names: with 'header_row: 0', and only then")
        if len(set(self.sorted_by)) < len(self.sorted_by):
            raise ValueError("a column of 'sorted_by' stands there once")
        if self.file.count("{") > 1 or self.file.count("{") != self.file.count("}"):
            raise ValueError("one day at most stands in a name, in braces")
        if self.dated is not None and ("/" in self.dated or not compile_format(self.dated).has_days):
            raise ValueError("the day in a name needs year, month and day, and no folder")
        return self
