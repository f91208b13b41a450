"""${message}.

Revision: ${up_revision}, after ${down_revision | comma,n}, made on ${create_date}.
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    op.execute(
        """
        ${upgrades if upgrades else "-- the statements of this step"}
        """
    )


def downgrade() -> None:
    op.execute(
        """
        ${downgrades if downgrades else "-- the statements that take them back, keeping the data"}
        """
    )
