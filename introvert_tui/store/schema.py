"""The tables, as numbered migrations; `PRAGMA user_version` is the number of the last one that ran.

- A message is stored once, by `uri`; each account that sees it has a `copy` with its own refs and tokens, whether
  it was said to that account, and whether that was dealt with (`dealt_by` says by which hello or action, so that
  taking that back takes back exactly that). Only the account in `brought_by` may change a message's text; once it is
  removed, the next that reads the message takes its place.
- A message that came over a bridge and its original are one row, whichever came first; `original` is the other address.
- Conversations that turn out to be one are joined: `merged_into` says where the messages went, and the old place still
  leads there. They never split.
- `conversation.row` is what the inbox shows of it, made when something changed, so that opening the inbox reads one
  table.
- `quiet`, `nod` and `distance` are wanted states, made true on the server when it can be reached; they are not queues
  of calls, and `have`, what is so there, is NULL where nobody can say. `person.muted_at` and `blocked_at` are what
  holds here, whatever the servers have taken in of it.
- `waited_at` is when a program last saw something wait for its `due_at`: later than now, the clock was set back since.
- `tries` is how often something was tried in vain since it last went well: each pause is longer than the one before.
- `company` is where only people are heard whom you know, until a time on the wall: a conversation, or everywhere (0).
- A `card` joins the profiles of one human, and holds your notes about them; who has neither has none.
- `outbox.after` says which step follows a sent hello; a crash between two steps is finished at the next visit.
- `message_fts` and `person_fts` hold folded words, written by triggers through functions of ours (`teach`). They keep
  these words themselves, so that what was folded by an older Python is taken out again as it was put in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

_FIRST = """
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  network TEXT NOT NULL,
  origin TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  facts TEXT,
  cursor TEXT,
  signed_in_at INT NOT NULL,
  wait_from INT NOT NULL,
  caught_up_at INT,
  trouble TEXT,
  notes TEXT NOT NULL DEFAULT '[]',
  filtered TEXT NOT NULL DEFAULT '[]',
  filtered_at INT,
  rest_until TEXT,
  away_since INT,
  paused_at INT,
  paused_until INT,
  removed_at INT,
  UNIQUE(network, remote_id)
) STRICT;
CREATE TABLE card(id INTEGER PRIMARY KEY, notes TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  network TEXT NOT NULL,
  uri TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  followed INT,
  card_id INT REFERENCES card,
  spoke_at INT,
  first_answered_at INT,
  answered_at INT,
  muted_at INT,
  blocked_at INT,
  UNIQUE(network, uri)
) STRICT;
CREATE INDEX acquaintance ON person(id) WHERE spoke_at IS NOT NULL OR answered_at IS NOT NULL;
CREATE INDEX person_card ON person(card_id) WHERE card_id IS NOT NULL;
CREATE TABLE conversation (
  id INTEGER PRIMARY KEY,
  network TEXT NOT NULL,
  place TEXT NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('thread','room')),
  state TEXT NOT NULL CHECK(state IN ('waiting','open','later','left')),
  door TEXT CHECK((door IS NOT NULL) = (state = 'left') AND (door IS NULL OR door IN ('ajar','closed'))),
  later_local TEXT,
  later_reason TEXT,
  left_at INT,
  need_at INT,
  last_at INT NOT NULL,
  row TEXT,
  note TEXT,
  merged_into INT REFERENCES conversation,
  UNIQUE(network, place)
) STRICT;
CREATE INDEX waiting ON conversation(need_at DESC, id) WHERE state = 'waiting' AND merged_into IS NULL;
CREATE INDEX recent ON conversation(last_at DESC, id) WHERE merged_into IS NULL;
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,
  conversation_id INT NOT NULL REFERENCES conversation,
  author_id INT NOT NULL REFERENCES person,
  brought_by INT NOT NULL REFERENCES account,
  parent_uri TEXT,
  claimed_at INT NOT NULL,
  seen_at INT NOT NULL,
  edited_at INT,
  gone TEXT,
  closed INT NOT NULL DEFAULT 0,
  warning TEXT,
  language TEXT,
  url TEXT,
  original TEXT,
  text TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX by_conversation ON message(conversation_id, seen_at, id);
CREATE INDEX by_author ON message(author_id, seen_at);
CREATE INDEX by_parent ON message(parent_uri);
CREATE INDEX by_url ON message(url) WHERE url IS NOT NULL;
CREATE INDEX by_original ON message(original) WHERE original IS NOT NULL;
CREATE TABLE copy (
  account_id INT NOT NULL REFERENCES account,
  ref TEXT NOT NULL,
  message_id INT NOT NULL REFERENCES message,
  token TEXT,
  place TEXT NOT NULL,
  parent TEXT,
  visibility INT NOT NULL,
  said_to_me TEXT,
  liked INT NOT NULL DEFAULT 0,
  dealt_at INT,
  dealt_by TEXT,
  looked_at INT,
  PRIMARY KEY(account_id, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX copy_message ON copy(message_id);
CREATE INDEX copy_dealt_by ON copy(dealt_by) WHERE dealt_by IS NOT NULL;
CREATE TABLE draft (
  key TEXT PRIMARY KEY,
  conversation_id INT NOT NULL REFERENCES conversation,
  account_id INT NOT NULL REFERENCES account,
  parent_id INT REFERENCES message,
  kind TEXT NOT NULL CHECK(kind IN ('hello','reply')),
  text TEXT NOT NULL,
  language TEXT,
  naming TEXT NOT NULL DEFAULT '[]',
  visibility INT NOT NULL DEFAULT 3,
  shown INT NOT NULL DEFAULT 0,
  updated_at INT NOT NULL
) STRICT;
CREATE INDEX draft_conversation ON draft(conversation_id, updated_at);
CREATE TABLE outbox (
  key TEXT PRIMARY KEY REFERENCES draft,
  state TEXT NOT NULL CHECK(state IN ('held','queued','sending','unsure','sent','refused','asks','dropped')),
  prepared TEXT,
  before TEXT,
  owner TEXT,
  attempts INT NOT NULL DEFAULT 0,
  attempted_at INT,
  attempted_uptime INT,
  looks INT NOT NULL DEFAULT 0,
  tries INT NOT NULL DEFAULT 0,
  doubt INT NOT NULL DEFAULT 0,
  written_at INT NOT NULL,
  decided_at INT,
  due_at INT NOT NULL,
  waited_at INT NOT NULL,
  receipt_uri TEXT UNIQUE,
  receipt TEXT,
  reason TEXT,
  after TEXT CHECK(after IN ('reread','deleted')),
  CHECK((state = 'sending') <= (prepared IS NOT NULL AND owner IS NOT NULL)),
  CHECK((state = 'sent') = (receipt_uri IS NOT NULL))
) STRICT;
CREATE INDEX unsettled ON outbox(due_at) WHERE state IN ('held','queued','sending','unsure','asks') OR after = 'reread';
CREATE TABLE quiet (
  account_id INT NOT NULL REFERENCES account,
  thread TEXT NOT NULL,
  place TEXT NOT NULL,
  via TEXT NOT NULL,
  want INT NOT NULL,
  have INT,
  changed_at INT NOT NULL,
  due_at INT,
  waited_at INT NOT NULL DEFAULT 0,
  tries INT NOT NULL DEFAULT 0,
  PRIMARY KEY(account_id, thread)
) STRICT, WITHOUT ROWID;
CREATE TABLE nod (
  account_id INT NOT NULL REFERENCES account,
  uri TEXT NOT NULL,
  ref TEXT NOT NULL,
  want INT NOT NULL,
  have INT,
  changed_at INT NOT NULL,
  due_at INT,
  waited_at INT NOT NULL DEFAULT 0,
  tries INT NOT NULL DEFAULT 0,
  PRIMARY KEY(account_id, uri)
) STRICT, WITHOUT ROWID;
CREATE TABLE distance (
  account_id INT NOT NULL REFERENCES account,
  person_id INT NOT NULL REFERENCES person,
  way TEXT NOT NULL CHECK(way IN ('mute','block')),
  want INT NOT NULL,
  have INT,
  changed_at INT NOT NULL,
  due_at INT,
  waited_at INT NOT NULL DEFAULT 0,
  tries INT NOT NULL DEFAULT 0,
  PRIMARY KEY(account_id, person_id, way)
) STRICT, WITHOUT ROWID;
CREATE TABLE door (
  receipt_uri TEXT PRIMARY KEY,
  receipt TEXT NOT NULL,
  account_id INT NOT NULL REFERENCES account,
  conversation_id INT NOT NULL REFERENCES conversation,
  greeted_id INT NOT NULL REFERENCES person,
  opened_at INT NOT NULL,
  token TEXT,
  looked_at INT,
  read_at INT
) STRICT;
CREATE INDEX door_opened ON door(account_id, opened_at);
CREATE TABLE undo (
  id INTEGER PRIMARY KEY,
  visit TEXT NOT NULL,
  kind TEXT NOT NULL,
  conversation_id INT REFERENCES conversation,
  before TEXT NOT NULL,
  after TEXT,
  draft_key TEXT,
  nodded TEXT,
  quieted INT NOT NULL DEFAULT 0,
  about TEXT,
  batch INT,
  undone_at INT
) STRICT;
CREATE INDEX undo_batch ON undo(batch) WHERE batch IS NOT NULL;
CREATE TABLE company(conversation_id INTEGER PRIMARY KEY, until TEXT NOT NULL) STRICT;
CREATE TABLE told(what TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"""

_WORDS = "folded(new.text || char(10) || ifnull(new.warning, '') || char(10) || words_beside(new.body))"
# Folded already, so that what is left are letters and spaces: to the plainest tokenizer a word is what stands between.
# Without an index of prefixes: it costs a catch-up as much as all the rest, and spares a search no more than 3 ms.
_INDEX = "tokenize = 'ascii', columnsize = 0"
_SEARCHED = (
    f"CREATE VIRTUAL TABLE message_fts USING fts5(words, {_INDEX})",
    "CREATE TRIGGER message_words_come AFTER INSERT ON message BEGIN "
    f"INSERT INTO message_fts(rowid, words) VALUES(new.id, {_WORDS}); END",
    "CREATE TRIGGER message_words_change AFTER UPDATE OF text, warning, body ON message BEGIN "
    f"UPDATE message_fts SET words = {_WORDS} WHERE rowid = new.id; END",
    "CREATE TRIGGER message_words_go AFTER DELETE ON message BEGIN DELETE FROM message_fts WHERE rowid = old.id; END",
    f"CREATE VIRTUAL TABLE person_fts USING fts5(name, handle, {_INDEX})",
    "CREATE TRIGGER person_words_come AFTER INSERT ON person BEGIN INSERT INTO person_fts(rowid, name, handle) "
    "VALUES(new.id, folded(new.name), folded(new.handle)); END",
    "CREATE TRIGGER person_words_change AFTER UPDATE OF name, handle ON person "
    "WHEN old.name IS NOT new.name OR old.handle IS NOT new.handle BEGIN UPDATE person_fts "
    "SET name = folded(new.name), handle = folded(new.handle) WHERE rowid = new.id; END",
    "CREATE TRIGGER person_words_go AFTER DELETE ON person BEGIN DELETE FROM person_fts WHERE rowid = old.id; END",
)


def _fold(text: str) -> str:
    from introvert_tui.text.matching import folded  # nothing is written before the first frame

    return folded(text)


def _words_beside(body: str) -> str:
    if '"attachments"' not in body:
        return ""
    from introvert_tui.store.codec import load_body

    return "\n".join(one.text for one in load_body(body)[1] if one.gone is None)


def teach(db: sqlite3.Connection) -> None:
    """Give a connection that writes the functions that the triggers call."""
    db.create_function("folded", 1, _fold, deterministic=True)
    db.create_function("words_beside", 1, _words_beside, deterministic=True)


def _first(db: sqlite3.Connection) -> None:
    for statement in (*_FIRST.split(";"), *_SEARCHED):
        if statement.strip():
            db.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first,)
"""Each runs once, in order, inside one exclusive transaction; never edit one that was released."""
