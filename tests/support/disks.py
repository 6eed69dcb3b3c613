"""The disk below a journal's writer, which a test may fill."""

from domain.journal import Connection, connect

_NEEDS_ROOM = """
CREATE TABLE disk (room integer);
INSERT INTO disk VALUES (1000);
GRANT SELECT ON disk TO PUBLIC;
CREATE FUNCTION needs_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF octet_length(NEW.facts) > (SELECT room FROM journal.disk) THEN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER needs_room BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION needs_room();
"""


class Disk:
    """How much room the journal has."""

    def __init__(self, database: str) -> None:
        self.connection = connect(database, role="login")
        if self.connection.engine == "postgresql":
            self.connection.script(_NEEDS_ROOM)

    def connect(self, database: str) -> Connection:
        """The writer's connection, which has this much room."""
        self.writer = connect(database)
        return self.writer

    def only(self, room: int) -> None:
        """So many bytes are left (on PostgreSQL: for each entry)."""
        if self.connection.engine == "sqlite":
            [(pages,)] = self.writer.execute("PRAGMA page_count")
            self.writer.execute(f"PRAGMA max_page_count = {pages + room // 4096}")
        else:
            self.connection.execute("UPDATE disk SET room = ?", (room,))
