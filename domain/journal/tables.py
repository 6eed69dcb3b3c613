"""The journal's tables on both engines, and the guards that let them only grow."""

from secrets import token_bytes
from uuid import uuid4

from domain.journal.database import OWNER, SCHEMA, WRITER, Connection, Failure
from domain.journal.engines import connect

_NOT_ALLOWED = "42501"
_SOMEBODY_ELSE_DID = ("42710", "23505", "XX000")

LOCK = 0x6D656E746F72
"""The advisory lock that a writer holds on PostgreSQL."""

LAYOUT = 1
"""The shape of these tables; it rises when they change."""

COLUMNS = (
    "position",
    "root",
    "stream",
    "version",
    "kind",
    "occurred_on",
    "recorded_at",
    "source",
    "actor",
    "role",
    "via",
    "on_behalf_of",
    "rules_version",
    "command",
    "facts",
    "commitment",
    "hash",
    "bucket",
)

INDEXES = {
    "events_stream": "CREATE UNIQUE INDEX events_stream ON events (stream, version)",
    "events_root": "CREATE INDEX events_root ON events (root, position){of_others}",
    "events_actor": "CREATE INDEX events_actor ON events (actor, position)",
    "events_recorded_at": "CREATE INDEX events_recorded_at ON events (recorded_at)",
}
"""What is looked up by something else than its position.

On SQLite the index on root leaves out the streams that are their own root, which the one on streams finds (0013). Whom
personal text concerns is found by their relationships.
"""

_TABLES = """
CREATE TABLE events (
    position      {whole} PRIMARY KEY,
    root          {text} NOT NULL,
    stream        {text} NOT NULL,
    version       {whole} NOT NULL,
    kind          {small} NOT NULL,
    occurred_on   {text} NOT NULL,
    recorded_at   {whole} NOT NULL,
    source        {text} NOT NULL,
    actor         {text} NOT NULL,
    role          {text} NOT NULL,
    via           {text} NOT NULL,
    on_behalf_of  {text},
    rules_version {small} NOT NULL,
    command       {text} NOT NULL,
    facts         {facts} NOT NULL,
    commitment    {bytes} NOT NULL,
    hash          {bytes} NOT NULL,
    bucket        {small} NOT NULL
);
CREATE TABLE kinds (
    id {small} PRIMARY KEY, kind {text} NOT NULL, schema {small} NOT NULL, first_position {whole} NOT NULL,
    UNIQUE (kind, schema)
);
CREATE TABLE personal (
    position {whole} NOT NULL, subject {text} NOT NULL, envelope {text} NOT NULL, PRIMARY KEY (position, subject)
){by_key};
CREATE TABLE commands (
    actor {text} NOT NULL, key {text} NOT NULL, fingerprint {bytes} NOT NULL, answered_at {whole} NOT NULL,
    first_position {whole}, last_position {whole}, answer {text} NOT NULL, PRIMARY KEY (actor, key)
);
CREATE INDEX commands_answered_at ON commands (answered_at);
CREATE TABLE journal (
    one {small} PRIMARY KEY CHECK (one = 1), id {text} NOT NULL, epoch {whole} NOT NULL, schema {small} NOT NULL,
    secret {bytes} NOT NULL, pointer {text}
);
"""

_SQLITE_TYPES = {
    "whole": "INTEGER",
    "small": "INTEGER",
    "text": "TEXT",
    "facts": "TEXT",
    "bytes": "BLOB",
    "by_key": " WITHOUT ROWID",
    "of_others": " WHERE root <> stream",
}
_POSTGRES_TYPES = {
    "whole": "bigint",
    "small": "integer",
    "text": 'text COLLATE "C"',
    "facts": "bytea",
    "bytes": "bytea",
    "by_key": "",
    "of_others": "",
}

SQLITE_GUARDS = {
    "events_in_order": """
        CREATE TRIGGER events_in_order BEFORE INSERT ON events
            WHEN NEW.position IS NOT coalesce((SELECT max(position) FROM events), 0) + 1
              OR NOT coalesce(NEW.version = (SELECT max(version) FROM events WHERE stream = NEW.stream) + 1,
                              NEW.version IN (0, 1))
        BEGIN
            SELECT RAISE(ABORT, 'events are appended: the position must follow the last one')
             WHERE NEW.position IS NOT coalesce((SELECT max(position) FROM events), 0) + 1;
            SELECT RAISE(ABORT, 'events are appended: the version must follow the last one of its stream');
        END""",
    "events_not_updated": """
        CREATE TRIGGER events_not_updated BEFORE UPDATE ON events BEGIN
            SELECT RAISE(ABORT, 'events are never changed'); END""",
    "events_not_deleted": """
        CREATE TRIGGER events_not_deleted BEFORE DELETE ON events BEGIN
            SELECT RAISE(ABORT, 'events are never deleted'); END""",
    "kinds_in_order": """
        CREATE TRIGGER kinds_in_order BEFORE INSERT ON kinds BEGIN
            SELECT RAISE(ABORT, 'kinds are appended')
             WHERE NEW.id IS NOT coalesce((SELECT max(id) FROM kinds), 0) + 1
                OR EXISTS (SELECT 1 FROM kinds WHERE kind = NEW.kind AND schema = NEW.schema); END""",
    "kinds_not_updated": """
        CREATE TRIGGER kinds_not_updated BEFORE UPDATE ON kinds BEGIN
            SELECT RAISE(ABORT, 'kinds are never changed'); END""",
    "kinds_not_deleted": """
        CREATE TRIGGER kinds_not_deleted BEFORE DELETE ON kinds BEGIN
            SELECT RAISE(ABORT, 'kinds are never deleted'); END""",
}
"""`INSERT OR REPLACE` fires no DELETE trigger, so what is taken is refused before it is replaced.

What is asked of every row is asked once, in WHEN; only a row that is refused pays for its sentence.
"""

_POSTGRES_FUNCTIONS = """
CREATE FUNCTION in_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first bigint; last bigint; many bigint;
BEGIN
    SELECT min(position), max(position), count(*) INTO first, last, many FROM added;
    IF many > 0 AND (last - first + 1 <> many OR first <> 1 + coalesce((
            SELECT e.position FROM journal.events e WHERE e.position < first ORDER BY e.position DESC LIMIT 1), 0)) THEN
        RAISE EXCEPTION 'events are appended: the position must follow the last one' USING ERRCODE = '23000';
    END IF;
    PERFORM 1
       FROM (SELECT stream, min(version) AS first, max(version) AS last, count(*) AS many FROM added GROUP BY stream) a
     WHERE a.last - a.first + 1 <> a.many OR NOT coalesce(
            a.first = 1 + (SELECT e.version FROM journal.events e WHERE e.stream = a.stream AND e.version < a.first
                            ORDER BY e.version DESC LIMIT 1), a.first IN (0, 1))
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'events are appended: the version must follow the last one of its stream'
              USING ERRCODE = '23000';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed, deleted or truncated', TG_TABLE_NAME USING ERRCODE = '23000';
END $$;
"""

POSTGRES_GUARDS = {
    "events_in_order": """
        CREATE TRIGGER events_in_order AFTER INSERT ON events REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION in_order()""",
    "events_only_grow": """
        CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON events
            FOR EACH STATEMENT EXECUTE FUNCTION only_grows()""",
    "kinds_only_grow": """
        CREATE TRIGGER kinds_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON kinds
            FOR EACH STATEMENT EXECUTE FUNCTION only_grows()""",
}
"""On statements, so that a refusal costs one look for each batch; a taken position or version meets a unique index."""

_GRANTS = f"""
GRANT USAGE ON SCHEMA {SCHEMA} TO {WRITER};
GRANT SELECT, INSERT ON events, kinds TO {WRITER};
GRANT SELECT, INSERT, DELETE ON personal TO {WRITER};
GRANT SELECT, INSERT, UPDATE, DELETE ON commands TO {WRITER};
GRANT SELECT, UPDATE (epoch, pointer) ON journal TO {WRITER};
"""


def create(database: str) -> None:
    """Make the journal's tables and guards; leave them be where they are, with the rights that they need."""
    with connect(database, role="login", create=True) as connection, connection.transaction(write=True):
        if connection.engine == "sqlite":
            if not exists(connection):
                connection.script(_TABLES.format(**_SQLITE_TYPES))
                _finish(connection, SQLITE_GUARDS)
            return
        connection.execute("SELECT pg_advisory_xact_lock(?)", (LOCK,))
        if exists(connection):
            if _is_separate(connection):
                _separate_roles(connection)  # a restored copy has no rights on its database
        else:
            separate = _separate_roles(connection)
            connection.script(f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {OWNER if separate else 'CURRENT_USER'}")
            if separate:
                connection.script(f"SET ROLE {OWNER}")
            connection.script(_TABLES.format(**_POSTGRES_TYPES) + _POSTGRES_FUNCTIONS)
            _finish(connection, POSTGRES_GUARDS)
            if separate:
                connection.script(_GRANTS + "RESET ROLE;")


def exists(connection: Connection) -> bool:
    """Whether there is a journal in this database."""
    if connection.engine == "sqlite":
        return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'"))
    return connection.execute("SELECT to_regclass('journal.journal') IS NOT NULL") == [(True,)]


def guards(connection: Connection) -> tuple[str, ...]:
    """The names of the guards that should be there and are not, or not as they should be."""
    if connection.engine == "sqlite":
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        whole = {name for name, sql in rows if sql.split() == SQLITE_GUARDS.get(name, "").split()}
        return tuple(name for name in SQLITE_GUARDS if name not in whole)
    rows = connection.execute(
        """SELECT t.tgname::text, c.relname::text, t.tgtype::integer, p.proname::text, p.prosrc
             FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE c.relnamespace = to_regnamespace('journal') AND t.tgenabled IN ('O', 'A')
              AND t.tgqual IS NULL AND cardinality(t.tgattr::int2[]) = 0"""
    )
    there = {name: told for name, *told, source in rows if source in _POSTGRES_FUNCTIONS}
    return tuple(name for name, guard in POSTGRES_GUARDS.items() if there.get(name) != _told(guard))


def _told(guard: str) -> list[object]:
    """How PostgreSQL tells this trigger: its table, when it fires (in bits), and its function."""
    when, _, rest = guard.partition(" ON ")
    bits = {"BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
    return [rest.split()[0], sum(bits.get(word, 0) for word in when.split()), rest.split()[-1].removesuffix("()")]


def loosen(connection: Connection) -> bool:
    """Take away what is asked of every row, for the current transaction, in which `tighten` puts it back.

    False where we may not: on PostgreSQL, as one who cannot become the owner.
    """
    if connection.engine == "postgresql":
        asked = """SELECT quote_ident(tableowner) FROM pg_tables WHERE schemaname = 'journal' AND tablename = 'events'
                      AND pg_has_role(session_user, tableowner, 'SET')"""
        owner = connection.execute(asked)
        if not owner:
            return False
        connection.execute(f"SET LOCAL ROLE {owner[0][0]}")
        connection.execute("DROP TRIGGER events_in_order ON events")
    else:
        connection.execute("DROP TRIGGER events_in_order")
    for name in INDEXES:
        connection.execute(f"DROP INDEX {name}")
    return True


def tighten(connection: Connection) -> None:
    """Put back what `loosen` took away."""
    guarded = SQLITE_GUARDS if connection.engine == "sqlite" else POSTGRES_GUARDS
    for statement in (*_indexes(connection), guarded["events_in_order"]):
        connection.execute(statement)
    if connection.engine == "postgresql":
        connection.execute("ANALYZE events")


def protection(connection: Connection) -> str:
    """In one sentence, who could take the guards away."""
    if connection.engine == "sqlite":
        return "Triggers let the events only grow; who may write the file could drop them, and the hashes would tell."
    owner, writer, login = connection.execute(
        """SELECT tableowner::text, current_user::text, session_user::text
             FROM pg_tables WHERE schemaname = 'journal' AND tablename = 'events'"""
    )[0]
    if owner != writer:
        return f"Triggers let the events only grow; {writer}, who writes, does not own them ({owner} does)."
    return (
        f"Triggers let the events only grow, but {writer}, who writes, owns the table and could drop them: {login} may "
        f"not make roles. To have it otherwise, let an administrator make the roles {OWNER} and {WRITER} (NOLOGIN), "
        f"grant both to {login} and CREATE on this database to both, before the journal is made."
    )


def _indexes(connection: Connection) -> list[str]:
    types = _SQLITE_TYPES if connection.engine == "sqlite" else _POSTGRES_TYPES
    return [statement.format(**types) for statement in INDEXES.values()]


def _finish(connection: Connection, guarded: dict[str, str]) -> None:
    for statement in (*_indexes(connection), *guarded.values()):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO journal (one, id, epoch, schema, secret) VALUES (1, ?, 1, ?, ?)",
        (str(uuid4()), LAYOUT, token_bytes(32)),
    )


def _is_separate(connection: Connection) -> bool:
    """Whether the writer of the journal that is there is not its owner."""
    asked = """SELECT 1 FROM pg_roles r, pg_namespace n
                WHERE r.rolname = ? AND n.nspname = ? AND has_schema_privilege(r.oid, n.oid, 'USAGE')"""
    return bool(connection.execute(asked, (WRITER, SCHEMA)))


def _separate_roles(connection: Connection) -> bool:
    """Make the owner and the writer, neither of whom can log in; False where we may not."""
    for _ in range(5):
        connection.execute("SAVEPOINT roles")
        try:
            for role in (OWNER, WRITER):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,)):
                    connection.execute(f"CREATE ROLE {role} NOLOGIN")
                if not connection.execute("SELECT 1 WHERE pg_has_role(?, 'SET')", (role,)):
                    connection.execute(f"GRANT {role} TO CURRENT_USER")
            database = connection.execute("SELECT quote_ident(current_database())")[0][0]
            connection.execute(f"GRANT CREATE ON DATABASE {database} TO {OWNER}, {WRITER}")
        except Failure as failure:
            connection.execute("ROLLBACK TO roles")
            if failure.code == _NOT_ALLOWED:
                return False
            if failure.code not in _SOMEBODY_ELSE_DID:
                raise
        else:
            return True
    return False
