"""Members move into the store; the ledger remembers who sent what on which relay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As they were at this revision: a migration never imports what may change later.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _hubs()
    _members()
    _consents()
    _limits()
    _issues()
    _deliveries()
    _relays()


def _hubs() -> None:
    """What hubs owe us makes room: a subscription is a member's."""
    op.create_table(
        "hub_subscriptions",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("pushed_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_hub_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_hub_subscriptions_token")),
    )
    op.execute("INSERT INTO hub_subscriptions SELECT * FROM subscriptions")
    op.drop_table("subscriptions")


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", ID, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("text_only", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("soft_days", sa.JSON(), nullable=False),
        sa.Column("scored_at", MOMENT, nullable=True),
        sa.Column("probed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("mark", name=op.f("uq_members_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_members_mailbox"), "members", ["mailbox"], unique=False)
    op.create_index(op.f("ix_members_state"), "members", ["state"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "member_id", "digest", name=op.f("uq_subscriptions_member_id_digest")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_subscriptions_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_subscriptions_digest_state_member_id"),
        "subscriptions",
        ["digest", "state", "member_id"],
        unique=False,
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_consents_mark_id"), "consents", ["mark", "id"], unique=False
    )
    op.create_table(
        "suppressions",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_suppressions")),
    )


def _limits() -> None:
    op.create_table(
        "audiences",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_audiences")),
    )
    op.create_table(
        "used_tokens",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_used_tokens")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"], unique=False)
    op.create_index(
        op.f("ix_attempts_kind_mark_at"),
        "attempts",
        ["kind", "mark", "at"],
        unique=False,
    )
    op.create_table(
        "letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_letters_member_id_asked_at"),
        "letters",
        ["member_id", "asked_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_letters_state_due_at"), "letters", ["state", "due_at"], unique=False
    )


def _issues() -> None:
    for name, kind in (
        ("edits", sa.JSON()),
        ("deadline_at", MOMENT),
        ("told_at", MOMENT),
        ("approved_at", MOMENT),
        ("decided_by", sa.String()),
        ("held_why", sa.Text()),
        ("planned_at", MOMENT),
        ("planned", sa.Integer()),
        ("closed_at", MOMENT),
    ):
        op.add_column("issues", sa.Column(name, kind, nullable=True))
    op.create_index(
        op.f("ix_issue_stories_uid"), "issue_stories", ["uid"], unique=False
    )


def _deliveries() -> None:
    """Made anew: columns that must have a value cannot be added to a table with rows.

    What was sent before keeps its id, its state and its words.
    """
    op.execute("CREATE TABLE old_deliveries AS SELECT * FROM deliveries")
    op.drop_table("deliveries")
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("issue_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("relay", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("first_due_at", MOMENT, nullable=True),
        sa.UniqueConstraint(
            "issue_id", "mailbox", name=op.f("uq_deliveries_issue_id_mailbox")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_deliveries_issue_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_deliveries_issue_id_state_due_at_id"),
        "deliveries",
        ["issue_id", "state", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_deliveries_issue_id_domain"),
        "deliveries",
        ["issue_id", "domain"],
        unique=False,
    )
    op.create_index(
        op.f("ix_deliveries_member_id"), "deliveries", ["member_id"], unique=False
    )
    op.execute(_KEEP)
    op.drop_table("old_deliveries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)


_KEEP = """
INSERT INTO deliveries (
    id, issue_id, member_id, address, mailbox, name, domain, state, attempts, due_at,
    detail, changed_at, lease_until, fence, variant, message_id, relay, status,
    first_due_at
)
SELECT
    id, issue_id, NULL, address, mailbox, name,
    substr(mailbox, length(rtrim(mailbox, replace(mailbox, '@', ''))) + 1),
    state, attempts,
    CASE WHEN state = 'planned' THEN changed_at ELSE due_at END,
    detail, changed_at, NULL, 0, '', '', '', '',
    CASE WHEN state IN ('planned', 'deferred', 'sending') THEN changed_at END
FROM old_deliveries
"""

_COUNT_ON = """
SELECT setval(pg_get_serial_sequence('deliveries', 'id'), max(id))
FROM deliveries HAVING max(id) IS NOT NULL
"""


def _relays() -> None:
    op.create_table(
        "relays",
        sa.Column("relay", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", MOMENT, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=True),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("relay", "domain", name=op.f("pk_relays")),
    )
    op.create_table(
        "generations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_generations")),
    )
    op.create_table(
        "bounces",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("delivery_id", ID, nullable=True),
        sa.Column("letter_id", ID, nullable=True),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bounces_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bounces_at"), "bounces", ["at"], unique=False)
    op.create_index(
        op.f("ix_bounces_delivery_id"), "bounces", ["delivery_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounces_member_id_at"), "bounces", ["member_id", "at"], unique=False
    )
