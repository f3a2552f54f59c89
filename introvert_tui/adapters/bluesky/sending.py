"""Sending exactly once: everything is minted by `prepare` and stored, `send` may be repeated, `find` looks.

Posts go out by com.atproto.repo.putRecord under a key of our own with `swapRecord: null`: the server takes an
identical repeat for what it is and never overwrites. Direct messages (chat.bsky.convo.sendMessage) have no such thing,
so that for them there is never a proof of absence.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from introvert_tui.adapters.answers import lost
from introvert_tui.adapters.shape import Json, moment, objects, stored, sub, text
from introvert_tui.errors import AdapterError, Gone, NotAllowed, Refused
from introvert_tui.model import (
    Absent,
    CannotTell,
    Draft,
    FindResult,
    Found,
    Message,
    MessageRef,
    Obstacle,
    ObstacleKind,
    Prepared,
    Receipt,
    RoomRef,
)

from . import facets, lookup, posts, rooms, sdk, tid
from .catching_up import hydrate
from .chat import gone_if_missing, read_convo
from .conversations import recheck, strong_refs
from .failures import Rejected
from .shape import split_uri, stamp
from .wire import Wire, stored_record

_LOOK_BACK = 100


async def prepare(wire: Wire, me: str, draft: Draft) -> Prepared:
    """Mint the record or the message. `before` is the repository's or the room's revision."""
    if isinstance(draft.to.place, RoomRef):
        convo = await read_convo(wire, draft.to.place.id)
        message: Json = {"text": draft.text}
        if found := sdk.detect_facets(draft.text):
            message["facets"] = found
        return _prepared({"kind": "direct", "convo": draft.to.place.id, "message": message}, text(convo, "rev"))
    await _check_open(wire, me, draft.to)
    root, parent = await strong_refs(wire, draft.to)
    record: Json = {
        "$type": posts.POST,
        "text": draft.text,
        "createdAt": stamp(datetime.now(UTC)),
        "reply": {"root": root, "parent": parent},
    }
    if found := await _facets(wire, draft):
        record["facets"] = found
    if language := draft.language or draft.to.language:
        record["langs"] = [language]
    before = await _revision(wire, me)
    return _prepared({"kind": "post", "repo": me, "rkey": tid.new(), "record": record}, before)


async def _check_open(wire: Wire, me: str, to: Message) -> None:
    """Raise `Refused` or `Gone` where an answer would arrive nowhere: servers take it, and show it to nobody."""
    found = await recheck(wire, me, to)
    kind = found.kind if isinstance(found, Obstacle) else None
    if kind is ObstacleKind.DELETED:
        raise Gone("what it answers was deleted")
    if kind is ObstacleKind.CLOSED:
        raise Refused("closed", "replies are closed there")
    if kind is ObstacleKind.BLOCKED:
        raise Refused("blocked", "one of you has blocked the other")


async def send(wire: Wire, prepared: Prepared) -> Receipt:
    """Send what was prepared; see `Adapter.send` for the errors."""
    load = stored(prepared, _is_ours)
    return await (_send_direct(wire, load) if load["kind"] == "direct" else _send_post(wire, load))


async def find(wire: Wire, me: str, prepared: Prepared) -> FindResult:
    """Look for what was prepared; an unchanged repository proves that it was never there.

    In a changed one it may have been deleted since, and must not be brought back.
    """
    load = stored(prepared, _is_ours)
    if load["kind"] == "direct":
        return await _find_direct(wire, me, load, prepared.before or "")
    if prepared.before is None:
        return await _find_alike(wire, load)
    record = await stored_record(wire, load["repo"], posts.POST, load["rkey"])
    if record is None and await _revision(wire, load["repo"]) == prepared.before:
        return Absent(proof=True)
    if record is None or not _is_same(record, load):
        return CannotTell()
    return Found(await _receipt(wire, load, text(record, "cid")))


async def delete(wire: Wire, receipt: Receipt) -> None:
    """Delete a post of one's own (com.atproto.repo.deleteRecord, which knows no second time)."""
    if rooms.is_direct(receipt.ref.uri):
        raise NotAllowed("delete", "On Bluesky a direct message can't be taken back from the person who got it.")
    repo, collection, rkey = split_uri(receipt.ref.uri)
    await wire.procedure("com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": rkey})


async def _send_post(wire: Wire, load: Json) -> Receipt:
    body = {
        "repo": load["repo"],
        "collection": posts.POST,
        "rkey": load["rkey"],
        "record": load["record"],
        "swapRecord": None,
    }
    try:
        answer = await wire.procedure("com.atproto.repo.putRecord", body, sending=True)
    except Rejected as error:
        if error.name != "InvalidSwap":
            raise
        return await _settle_conflict(wire, load)
    if not text(answer, "cid"):
        raise lost("Bluesky's answer could not be read.", sending=True)
    committed = tid.time_of(text(sub(answer, "commit"), "rev"))
    if committed is None:  # an identical repeat changes nothing, and so has no time of its own
        return await _receipt(wire, load, text(answer, "cid"))
    return Receipt(_ref(load, text(answer, "cid")), committed)


async def _settle_conflict(wire: Wire, load: Json) -> Receipt:
    """There is a record under our key: ours, or somebody else's whom we must not overwrite."""
    try:
        record = await stored_record(wire, load["repo"], posts.POST, load["rkey"])
    except AdapterError as error:
        raise lost("Bluesky did not say what became of it.", sending=True) from error
    if record is None or not _is_same(record, load):
        raise Refused("conflict", "Bluesky holds something else in this place; nothing was overwritten.")
    return await _receipt(wire, load, text(record, "cid"))


async def _send_direct(wire: Wire, load: Json) -> Receipt:
    body = {"convoId": load["convo"], "message": load["message"]}
    with gone_if_missing():
        answer = await wire.procedure("chat.bsky.convo.sendMessage", body, chat=True, sending=True)
    receipt = _direct_receipt(answer, load["convo"])
    if receipt is None:
        raise lost("Bluesky's answer could not be read.", sending=True)
    return receipt


async def _find_alike(wire: Wire, load: Json) -> FindResult:
    """The same words to the same message among one's newest posts (com.atproto.repo.listRecords)."""
    asked = {"repo": load["repo"], "collection": posts.POST, "limit": _LOOK_BACK}
    answer = await wire.query("com.atproto.repo.listRecords", asked, expect="records")
    for record in objects(answer, "records"):
        value = sub(record, "value")
        parent = text(sub(sub(value, "reply"), "parent"), "uri")
        if text(value, "text") == load["record"]["text"] and parent == load["record"]["reply"]["parent"]["uri"]:
            _, _, rkey = split_uri(text(record, "uri"))
            return Found(await _receipt(wire, {**load, "rkey": rkey}, text(record, "cid")))
    return Absent(proof=False)


async def _find_direct(wire: Wire, me: str, load: Json, before: str) -> FindResult:
    if not before:
        return CannotTell()  # an older message with the same words could be mistaken for this one
    asked = {"convoId": load["convo"], "limit": _LOOK_BACK}
    try:
        answer = await wire.query("chat.bsky.convo.getMessages", asked, expect="messages", chat=True)
    except Rejected:
        return CannotTell()
    views = objects(answer, "messages")
    later = [view for view in views if text(view, "rev") > before]
    # The oldest first: a hello with the same words that was sent after this one is another draft's.
    for view in reversed(later):
        if text(sub(view, "sender"), "did") == me and text(view, "text") == load["message"]["text"]:
            receipt = _direct_receipt(view, load["convo"])
            if receipt is not None:
                return Found(receipt)
    return CannotTell()  # there is no key by which a repeat would be known for one


async def _receipt(wire: Wire, load: Json, cid: str) -> Receipt:
    """A receipt for what is there already, with the time when the server first showed it, else the record's own."""
    ref = _ref(load, cid)
    at = tid.time_of(load["rkey"]) or datetime.now(UTC)
    try:
        shown = await hydrate(wire, load["repo"], [ref.uri])
    except AdapterError:
        return Receipt(ref, at)  # it is out, which is what matters
    return Receipt(ref, shown.messages[0].seen_at if shown.messages else at)


async def _revision(wire: Wire, did: str) -> str:
    answer = await wire.query("com.atproto.sync.getLatestCommit", {"did": did}, expect="rev", kind=str)
    return text(answer, "rev")


async def _facets(wire: Wire, draft: Draft) -> list[Json]:
    """Mentions, by the DIDs of those whom the draft answers or names and of whoever else is named; links and tags."""
    dids = {person.handle.lower(): person.uri for person in (*draft.naming, draft.to.author) if person.handle}
    mentions = []
    for found in facets.mentions(draft.text):
        if found.handle not in dids:
            dids[found.handle] = await lookup.did_of(wire, found.handle) or ""
        if did := dids[found.handle]:
            mentions.append(facets.mention(did, found.byte_start, found.byte_end))
    return facets.without_overlaps([*mentions, *sdk.detect_facets(draft.text)])


def _prepared(load: Json, before: str) -> Prepared:
    return Prepared(json.dumps({"v": 1, **load}, ensure_ascii=False, separators=(",", ":")), before or None)


def _is_ours(load: Json) -> bool:
    return load.get("kind") in ("post", "direct")


def _is_same(record: Json, load: Json) -> bool:
    return bool(record.get("value") == load["record"])


def _ref(load: Json, cid: str) -> MessageRef:
    uri = f"at://{load['repo']}/{posts.POST}/{load['rkey']}"
    return MessageRef(uri, uri, cid or None)


def _direct_receipt(view: Json, convo: str) -> Receipt | None:
    name, sent = text(view, "id"), moment(text(view, "sentAt"))
    if not name or sent is None:
        return None
    return Receipt(MessageRef(rooms.uri_of(convo, name), name, text(view, "rev") or None), sent)
