"""Who is signed in is a row, so that signing out ends it; keys of the API have a name, an end and networks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(60), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_sessions_digest")),
    )
    op.create_index(op.f("ix_account_sessions_account_id"), "account_sessions", ["account_id"])
    op.create_table(
        "api_token_networks",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("fk_api_token_networks_token_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_api_token_networks_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "network_id", name=op.f("pk_api_token_networks")),
    )
    with op.batch_alter_table("api_tokens") as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("expires_at", moment, nullable=True))
        batch_op.add_column(sa.Column("all_networks", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("used_on", sa.Date(), nullable=True))
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_column("session_version")
