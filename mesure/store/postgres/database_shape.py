"""Shape of a PostgreSQL database: what it is made of, and what its migrations make.

The migrations are carried out once more among the temporary tables of a connection of its own,
which are gone with it: no right is needed for it but the one to make such tables.
"""

from typing import Any, Final

from psycopg import Connection
from sqlalchemy import StaticPool, create_engine

from mesure.store.schema import shape, versions
from mesure.store.schema.shape import Parts

# Everything in the first schema of the search path. What belongs to an extension is not ours.
_MINE: Final = """
    WITH place AS (SELECT %(place)s::regnamespace::oid AS id),
    relation AS (
        SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity
        FROM pg_class c, place WHERE c.relnamespace = place.id AND c.relkind IN
        ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
            SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
            AND d.classid = 'pg_class'::regclass)
    )
"""
_ASKED: Final = (
    """
    SELECT CASE relkind WHEN 'r' THEN 'table ' ELSE 'view ' END || relname,
        CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'hides rows' ELSE '' END
    FROM relation
    """,
    """
    SELECT 'column ' || r.relname || '.' || a.attname,
        format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || ' ' || coalesce(l.collname, '') || ' ' || a.attgenerated::text || a.attidentity::text
        || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
        AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    """,
    """
    SELECT 'index ' || c.relname, pg_get_indexdef(c.oid)
        || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' (not whole)' END
    FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid
    """,
    """
    SELECT 'constraint ' || r.relname || '.' || o.conname, pg_get_constraintdef(o.oid)
        || CASE WHEN o.convalidated THEN '' ELSE ' (not held)' END
    FROM relation r JOIN pg_constraint o ON o.conrelid = r.oid AND o.contype NOT IN ('n', 't')
    """,
    """
    SELECT 'trigger ' || r.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled::text
    FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
    """,
    """
    SELECT DISTINCT 'reference ' || r.relname, 'not held'
    FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND t.tgisinternal
        AND t.tgenabled <> 'O'
    """,
    """
    SELECT 'rule ' || r.relname || '.' || w.rulename, pg_get_ruledef(w.oid)
    FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
    """,
    """
    SELECT 'policy ' || r.relname || '.' || p.polname, ''
    FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
    """,
    """
    SELECT 'child ' || r.relname || '.' || c.relname, ''
    FROM relation r JOIN pg_inherits h ON h.inhparent = r.oid JOIN pg_class c ON c.oid = h.inhrelid
    """,
    """
    SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', ''
    FROM pg_proc p, place WHERE p.pronamespace = place.id AND NOT EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'
        AND d.classid = 'pg_proc'::regclass)
    """,
)


def parts(connection: Connection[Any]) -> Parts:
    """Return what the first schema of the search path is made of."""
    row = connection.execute("SELECT current_schema()").fetchone()
    assert row is not None, "a schema is being used"
    return _parts(connection, row[0])


def _parts(connection: Connection[Any], place: str) -> Parts:
    return {
        name: shape.plain(text).replace(f"{place}.", "").replace("pg_temp.", "")
        for asked in _ASKED
        for name, text in connection.execute(f"{_MINE}{asked}", {"place": place})
    }


def meant(connection: Connection[Any]) -> Parts:
    """Return what the migrations make of an empty place; the connection serves nothing else."""
    connection.rollback()
    connection.execute("SET search_path TO pg_temp")
    connection.commit()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool
    )
    with engine.connect() as migrated:
        versions.migrate(migrated, "among temporary tables")
        migrated.commit()
    row = connection.execute("SELECT pg_my_temp_schema()::regnamespace::text").fetchone()
    assert row is not None, "there are temporary tables"
    return _parts(connection, row[0])
