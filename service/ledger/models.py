"""Tables of the ledger, and of the rules it was counted by."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Index, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.failures import VIOLATED
from service.db.metadata import Table
from service.errors import RetryableError


def _counted_twice() -> RetryableError:
    """Return the error for a register that was counted again twice at the same time."""
    return RetryableError("The register was being counted already. Try again.", retry_after=1)


class LedgerEntry(Table):
    """One signed entry about one subject. Triggers refuse any change; `ledger.rules.Cell` describes the dimensions."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        Index("ix_ledger_entries_measure_recorded_at", "measure", "recorded_at"),
        Index("ix_ledger_entries_recorded_at", "recorded_at"),
        Index("ix_ledger_entries_measure_occurred_on", "measure", "occurred_on"),
    )

    case_id: Mapped[UUID]
    id: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    subject_id: Mapped[UUID]
    """Of the human, the case or the offender that is counted; see `ledger.rules.Contribution`."""
    measure: Mapped[str] = mapped_column(Text)
    occurred_on: Mapped[date] = mapped_column(Date)
    nationality: Mapped[str] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    age_group: Mapped[str] = mapped_column(Text)
    province: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    delta: Mapped[int]


class LedgerTotal(Table):
    """The sums of the entries of one settled UTC day, in a month that is not closed.

    Every entry is summed twice: in its full cell, and in the coarse cell that keeps measure, day, nationality and
    detail only and holds `*` for the rest. A query that needs no more reads the coarse ones: far fewer rows. A day
    after its month was closed they are taken away.
    """

    __tablename__ = "ledger_totals"
    __table_args__ = (
        PrimaryKeyConstraint(
            "measure", "grain", "recorded_on", "occurred_on", "nationality", "detail", "sex", "age_group",
            "province", "channel", "kind",
        ),
        Index("ix_ledger_totals_measure_grain_occurred_on", "measure", "grain", "occurred_on"),
    )  # fmt: skip

    measure: Mapped[str] = mapped_column(Text)
    grain: Mapped[str] = mapped_column(Text)
    recorded_on: Mapped[date] = mapped_column(Date)
    occurred_on: Mapped[date] = mapped_column(Date)
    nationality: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    age_group: Mapped[str] = mapped_column(Text)
    province: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    delta: Mapped[int] = mapped_column(BigInteger)


class LedgerClosed(Table):
    """The UTC months of recording that are closed: all of their days are folded, and cells and months say their sums.

    Months without entries are passed over. Figures read nothing else of a closed month, but the entries themselves.
    """

    __tablename__ = "ledger_closed"

    recorded_month: Mapped[date] = mapped_column(Date, primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LedgerCell(Table):
    """The sums of the entries of one closed UTC month of recording, by every dimension and the month counted."""

    __tablename__ = "ledger_cells"
    __table_args__ = (
        PrimaryKeyConstraint(
            "measure", "occurred_month", "recorded_month", "nationality", "detail", "sex", "age_group", "province",
            "channel", "kind",
        ),
    )  # fmt: skip

    measure: Mapped[str] = mapped_column(Text)
    occurred_month: Mapped[date] = mapped_column(Date)
    """Its first day; so is that of `recorded_month`."""
    recorded_month: Mapped[date] = mapped_column(Date)
    nationality: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    age_group: Mapped[str] = mapped_column(Text)
    province: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    delta: Mapped[int] = mapped_column(BigInteger)


class LedgerMonth(Table):
    """The sums of the same entries by one dimension.

    Every cell is summed seven times: in the grain `whole`, by measure and detail alone, and once for each other
    dimension, in the grain of its name with the dimension's code. The number of rows depends on months and codes, not
    on how many people are counted. They are read from an index that holds all of them.
    """

    __tablename__ = "ledger_months"
    __table_args__ = (
        PrimaryKeyConstraint("measure", "grain", "recorded_month", "occurred_month", "detail", "code"),
        Index(
            "ix_ledger_months_sums", "measure", "grain", "recorded_month", "occurred_month",
            postgresql_include=["detail", "code", "delta"],
        ),
    )  # fmt: skip

    measure: Mapped[str] = mapped_column(Text)
    grain: Mapped[str] = mapped_column(Text)
    recorded_month: Mapped[date] = mapped_column(Date)
    """Its first day; so is that of `occurred_month`."""
    occurred_month: Mapped[date] = mapped_column(Date)
    detail: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    """Of the dimension that the grain keeps; `*` in `whole`."""
    delta: Mapped[int] = mapped_column(BigInteger)


class LedgerFold(Table):
    """The UTC days that were folded into totals.

    The unfolded tail begins after the latest one.
    """

    __tablename__ = "ledger_folds"

    recorded_on: Mapped[date] = mapped_column(Date, primary_key=True)
    folded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    entries: Mapped[int] = mapped_column(BigInteger)


class LedgerFolding(Table):
    """The day that is being folded, how far that is, and that it takes no more entries. There is one row at most."""

    __tablename__ = "ledger_folding"

    recorded_on: Mapped[date] = mapped_column(Date, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_by: Mapped[str] = mapped_column(Text)
    """The transaction that closed the day: nothing is summed in the same one."""
    writers: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """Transactions that were writing when the day was closed: nothing is summed before they have ended."""
    measure: Mapped[str] = mapped_column(Text)
    """Of what is summed, or cleaned, now; so are the days beside it."""
    summed_on: Mapped[date] = mapped_column(Date)
    summed_day: Mapped[date] = mapped_column(Date)
    months_summed: Mapped[bool]
    upto: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Entries recorded up to then are in the totals."""
    entries: Mapped[int] = mapped_column(BigInteger)
    slices: Mapped[int]
    entries_summed: Mapped[bool]


class ClockTolerance(Table):
    """Limits other than 25 s behind the database's clock and 5 s ahead of it, for what is recorded. The owner's only.

    There is a row only where a register is filled by a clock that is not the present one, as tests do.
    """

    __tablename__ = "clock_tolerance"

    one: Mapped[bool] = mapped_column(primary_key=True)
    """Always true: there is one row."""
    behind_s: Mapped[int]
    ahead_s: Mapped[int]


class RegisterId(Table):
    """The id of this register, which goes with its dumps (`service/marks.py`). There is one row."""

    __tablename__ = "register_ids"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CountedBy(Table):
    """The versions of the counting rules under which the whole register was counted, and when it had been (UTC)."""

    __tablename__ = "counted_by"
    __table_args__ = (PrimaryKeyConstraint("version", info={VIOLATED: _counted_twice}),)

    version: Mapped[int] = mapped_column(autoincrement=False)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
