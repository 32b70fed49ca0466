"""Rounds of matching: who was asked and said what, the groups that came of it; and date polls whose session is confidential."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

_REPLY = "IN ('yes', 'no')"


def upgrade() -> None:
    with op.batch_alter_table("polls", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("polls", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("confidential", server_default=None)
    _make_rounds()
    _make_enrolments()
    _make_groups()


def downgrade() -> None:
    """All rounds are forgotten, and with them who met whom."""
    for name in (
        "match_seats",
        "match_groups",
        "match_proposals",
        "match_aparts",
        "match_topics",
        "match_enrolments",
        "match_rounds",
    ):
        op.drop_table(name)
    with op.batch_alter_table("polls", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("confidential")


def _make_rounds() -> None:
    op.create_table(
        "match_rounds",
        _id(),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        _flag("everybody"),
        sa.Column("audience_id", sa.Integer(), nullable=True),
        _moment("closes_at", needed=True),
        sa.Column("smallest", sa.Integer(), nullable=False),
        sa.Column("largest", sa.Integer(), nullable=False),
        _flag("trio"),
        _flag("apart_organisations"),
        _flag("apart_hierarchy"),
        sa.Column("regions", sa.String(length=32), nullable=False),
        _flag("mix_sizes"),
        sa.Column("no_repeats", sa.Integer(), nullable=False),
        _flag("facilitator"),
        _moment("created_at", needed=True),
        *map(_moment, ("opened_at", "called_at", "wanted_at", "sent_at", "rated_from", "ended_at")),
        _check("match_rounds", "roundkind", "kind IN ('intervision', 'buddy', 'workplace')"),
        _check("match_rounds", "regions", "regions IN ('any', 'mix', 'near')"),
        _check("match_rounds", "sizes", "smallest BETWEEN 2 AND largest"),
        _check("match_rounds", "largest", "largest <= 20"),
        _check("match_rounds", "no_repeats", "no_repeats BETWEEN 0 AND 10"),
        _check("match_rounds", "sent", "opened_at IS NOT NULL OR sent_at IS NULL"),
        _reference("match_rounds", "network_id", "networks.id"),
        _reference("match_rounds", "audience_id", "audiences.id", "SET NULL"),
        _key("match_rounds"),
        sqlite_autoincrement=True,
    )
    _index("match_rounds", "network_id")
    _index("match_rounds", "audience_id")


def _make_enrolments() -> None:
    op.create_table(
        "match_enrolments",
        _id(),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        _moment("answered_at"),
        sa.Column("offers", sa.String(length=300), nullable=False),
        sa.Column("seeks", sa.String(length=300), nullable=False),
        sa.Column("dayparts", sa.Integer(), nullable=False),
        _flag("facilitates"),
        _moment("created_at", needed=True),
        _check("match_enrolments", "reply", f"answer {_REPLY}"),
        _check("match_enrolments", "dayparts", "dayparts BETWEEN 0 AND 1023"),
        _reference("match_enrolments", "round_id", "match_rounds.id"),
        _reference("match_enrolments", "person_id", "people.id"),
        _key("match_enrolments"),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_match_enrolments_round_id_person_id")),
        sqlite_autoincrement=True,
    )
    _index("match_enrolments", "person_id")
    op.create_table(
        "match_topics",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        _check("match_topics", "side", "side IN ('offers', 'seeks')"),
        _reference("match_topics", "enrolment_id", "match_enrolments.id"),
        _reference("match_topics", "theme_id", "themes.id"),
        sa.PrimaryKeyConstraint("enrolment_id", "theme_id", "side", name=op.f("pk_match_topics")),
    )
    _index("match_topics", "theme_id")
    op.create_table(
        "match_aparts",
        _id(),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        _reference("match_aparts", "round_id", "match_rounds.id"),
        _reference("match_aparts", "first_id", "people.id"),
        _reference("match_aparts", "second_id", "people.id"),
        _key("match_aparts"),
        sa.UniqueConstraint(
            "round_id", "first_id", "second_id", name=op.f("uq_match_aparts_round_id_first_id_second_id")
        ),
        sqlite_autoincrement=True,
    )
    _index("match_aparts", "first_id")
    _index("match_aparts", "second_id")


def _make_groups() -> None:
    op.create_table(
        "match_proposals",
        _id(),
        sa.Column("round_id", sa.Integer(), nullable=False),
        _moment("made_at", needed=True),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("library", sa.String(length=60), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("obstacles", sa.JSON(), nullable=False),
        _reference("match_proposals", "round_id", "match_rounds.id"),
        _key("match_proposals"),
        sa.UniqueConstraint("round_id", name=op.f("uq_match_proposals_round_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "match_groups",
        _id(),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        _reference("match_groups", "proposal_id", "match_proposals.id"),
        _reference("match_groups", "poll_id", "polls.id", "SET NULL"),
        _key("match_groups"),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_match_groups_proposal_id_number")),
        sqlite_autoincrement=True,
    )
    _index("match_groups", "poll_id")
    op.create_table(
        "match_seats",
        _id(),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        *map(_moment, ("answered_at", "left_at", "absent_at")),
        sa.Column("useful", sa.Boolean(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=True),
        _moment("rated_at"),
        _check("match_seats", "reply", f"answer {_REPLY}"),
        _reference("match_seats", "group_id", "match_groups.id"),
        _reference("match_seats", "enrolment_id", "match_enrolments.id"),
        _key("match_seats"),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_match_seats_enrolment_id")),
        sqlite_autoincrement=True,
    )
    _index("match_seats", "group_id")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name: str, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _reference(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
