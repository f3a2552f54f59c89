"""The conversations of the chat stand-in, and what each of its methods does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from .people import Json, now

Params = Mapping[str, Sequence[str]]
T = TypeVar("T")

_DEFS = "chat.bsky.convo.defs#"
_MAX_TEXT_BYTES = 10_000
_MAX_COUNT = 100


class ChatError(Exception):
    """A refusal, by the lexicon's name for it."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(f"{status} {error}")
        self.error = error
        self.status = status


@dataclass
class Message:
    """A message; `content` is what the sender wrote: text, and perhaps facets, embed and replyTo."""

    id: str
    rev: str
    sender: str
    sent_at: str
    content: Json
    deleted: bool = False

    def view(self) -> Json:
        """Return the messageView, or the deletedMessageView."""
        about = {"id": self.id, "rev": self.rev, "sender": {"did": self.sender}, "sentAt": self.sent_at}
        if self.deleted:
            return {"$type": f"{_DEFS}deletedMessageView", **about}
        return {"$type": f"{_DEFS}messageView", **about, **self.content}


@dataclass
class Member:
    """A conversation as one of its members has it."""

    accepted: bool = False
    muted: bool = False
    read_rev: str = ""


@dataclass
class Convo:
    """A conversation; the order of members is the order of joining, the one who began it first."""

    id: str
    rev: str
    created_at: str
    members: dict[str, Member]
    group_name: str | None = None
    messages: list[Message] = field(default_factory=list)

    def unread_count(self, did: str) -> int:
        """Return how many messages of others a member has not read."""
        read_rev = self.members[did].read_rev
        unread = (message for message in self.messages if message.rev > read_rev and not message.deleted)
        return sum(message.sender != did for message in unread)


class ChatState:
    """All conversations, with the log of what happened in them."""

    def __init__(self) -> None:
        self.convos: dict[str, Convo] = {}
        self._handles: dict[str, str] = {}
        # The revision, the member who sees it (None: all of the conversation's), the conversation, the event.
        self._log: list[tuple[str, str | None, Convo, Json]] = []
        self._revisions = 0
        self._methods: dict[str, Callable[[str, Params, Json], Json]] = {
            "listConvos": self._list_convos,
            "listConvoRequests": self._list_convo_requests,
            "getConvo": self._get_convo,
            "getConvoForMembers": self._get_convo_for_members,
            "getMessages": self._get_messages,
            "getLog": self._get_log,
            "getUnreadCounts": self._get_unread_counts,
            "sendMessage": self._send_message,
            "updateRead": self._update_read,
            "acceptConvo": self._accept_convo,
            "muteConvo": self._mute_convo,
            "unmuteConvo": self._unmute_convo,
        }

    def call(self, name: str, caller: str, params: Params, body: Json) -> Json:
        """Do a method of the lexicon as somebody and return its answer."""
        if method := self._methods.get(name):
            return method(caller, params, body)
        raise ChatError("MethodNotImplemented", 501)

    def register(self, did: str, handle: str) -> None:
        """Make an account known."""
        self._handles[did] = handle

    def create(self, dids: Sequence[str], group_name: str | None = None) -> Convo:
        """Open a conversation which the first of its members has accepted."""
        number = len(self.convos) + 1
        members = {did: Member(accepted=did == dids[0]) for did in dids}
        convo = Convo(f"convo{number}", self._next_rev(), now(), members, group_name)
        self.convos[convo.id] = convo
        self._append_log(convo, "logBeginConvo")
        return convo

    def send(self, convo: Convo, sender: str, content: Json) -> Message:
        """Append a message; who writes accepts."""
        rev = self._next_rev()
        message = Message(f"message{rev}", rev, sender, now(), content)
        convo.messages.append(message)
        convo.rev = rev
        convo.members[sender].accepted = True
        details = {"message": message.view(), "relatedProfiles": self._profiles(convo)}
        self._append_log(convo, "logCreateMessage", details)
        return message

    def delete(self, convo: Convo, message_id: str) -> None:
        """Mark a message as deleted."""
        message = next(message for message in convo.messages if message.id == message_id)
        message.deleted = True
        convo.rev = self._next_rev()
        self._append_log(convo, "logDeleteMessage", {"message": message.view()})

    def _list_convos(self, caller: str, params: Params, _: Json) -> Json:
        status = _one(params, "status")
        unread_only = _one(params, "readState") == "unread"
        kind = _one(params, "kind")
        convos = [
            convo
            for convo in self._convos_of(caller)
            if status in (None, _status(convo, caller))
            and (not unread_only or convo.unread_count(caller))
            and kind in (None, "direct" if convo.group_name is None else "group")
        ]
        page, cursor = _page(convos, params)
        return {"convos": [self._view(convo, caller) for convo in page], **cursor}

    def _list_convo_requests(self, caller: str, params: Params, _: Json) -> Json:
        requests = [convo for convo in self._convos_of(caller) if not convo.members[caller].accepted]
        page, cursor = _page(requests, params)
        return {"requests": [self._view(convo, caller) for convo in page], **cursor}

    def _get_convo(self, caller: str, params: Params, _: Json) -> Json:
        return {"convo": self._view(self._convo(caller, _one(params, "convoId")), caller)}

    def _get_convo_for_members(self, caller: str, params: Params, _: Json) -> Json:
        dids = [caller, *(did for did in params.get("members", ()) if did != caller)]
        if len(dids) == 1:
            raise ChatError("InvalidRequest")
        if not set(dids) <= self._handles.keys():
            raise ChatError("RecipientNotFound")
        existing = (convo for convo in self._convos_of(caller) if convo.members.keys() == set(dids))
        convo = next((convo for convo in existing if convo.group_name is None), None) or self.create(dids)
        return {"convo": self._view(convo, caller)}

    def _get_messages(self, caller: str, params: Params, _: Json) -> Json:
        convo = self._convo(caller, _one(params, "convoId"))
        page, cursor = _page(convo.messages[::-1], params)
        return {"messages": [message.view() for message in page], "relatedProfiles": self._profiles(convo), **cursor}

    def _get_log(self, caller: str, params: Params, _: Json) -> Json:
        since = _one(params, "cursor") or ""
        visible = [
            (rev, event)
            for rev, viewer, convo, event in self._log
            if rev > since and caller in convo.members and viewer in (None, caller)
        ]
        visible = visible[:_MAX_COUNT]
        return {"logs": [event for _, event in visible], "cursor": visible[-1][0] if visible else since}

    def _get_unread_counts(self, caller: str, params: Params, _: Json) -> Json:
        with_groups = _one(params, "includeGroupChats") != "false"
        unread = [
            _status(convo, caller)
            for convo in self._convos_of(caller)
            if convo.unread_count(caller)
            and not convo.members[caller].muted
            and (with_groups or convo.group_name is None)
        ]
        return {
            "unreadAcceptedConvos": min(unread.count("accepted"), _MAX_COUNT),
            "unreadRequestConvos": min(unread.count("request"), _MAX_COUNT),
        }

    def _send_message(self, caller: str, _: Params, body: Json) -> Json:
        convo = self._convo(caller, body.get("convoId"))
        content = {key: value for key, value in body["message"].items() if key != "$type"}
        if len(content["text"].encode()) > _MAX_TEXT_BYTES:
            raise ChatError("InvalidRequest")
        if reply_to := content.pop("replyTo", None):
            target = next((message for message in convo.messages if message.id == reply_to["messageId"]), None)
            if target is None:
                raise ChatError("ReplyTargetNotFound")
            content["replyTo"] = target.view()
        return self.send(convo, caller, content).view()

    def _update_read(self, caller: str, _: Params, body: Json) -> Json:
        convo = self._convo(caller, body.get("convoId"))
        upto = body.get("messageId")
        read = [message for message in convo.messages if upto in (None, message.id)]
        if read:
            member = convo.members[caller]
            member.read_rev = max(member.read_rev, read[-1].rev)
            self._change(convo, caller, "logReadConvo", {"message": read[-1].view()})
        return {"convo": self._view(convo, caller)}

    def _accept_convo(self, caller: str, _: Params, body: Json) -> Json:
        convo = self._convo(caller, body.get("convoId"))
        if convo.members[caller].accepted:
            return {}
        convo.members[caller].accepted = True
        self._change(convo, caller, "logAcceptConvo")
        return {"rev": convo.rev}

    def _mute_convo(self, caller: str, _: Params, body: Json) -> Json:
        return self._set_muted(caller, body, True, "logMuteConvo")

    def _unmute_convo(self, caller: str, _: Params, body: Json) -> Json:
        return self._set_muted(caller, body, False, "logUnmuteConvo")

    def _set_muted(self, caller: str, body: Json, muted: bool, event: str) -> Json:
        convo = self._convo(caller, body.get("convoId"))
        convo.members[caller].muted = muted
        self._change(convo, caller, event)
        return {"convo": self._view(convo, caller)}

    def _convo(self, caller: str, convo_id: str | None) -> Convo:
        convo = self.convos.get(convo_id or "")
        if convo is None or caller not in convo.members:
            raise ChatError("InvalidConvo")
        return convo

    def _convos_of(self, caller: str) -> list[Convo]:
        mine = [convo for convo in self.convos.values() if caller in convo.members]
        return sorted(mine, key=lambda convo: convo.rev, reverse=True)

    def _view(self, convo: Convo, viewer: str) -> Json:
        view: Json = {
            "$type": f"{_DEFS}convoView",
            "id": convo.id,
            "rev": convo.rev,
            "members": self._profiles(convo),
            "muted": convo.members[viewer].muted,
            "status": _status(convo, viewer),
            "unreadCount": convo.unread_count(viewer),
            "kind": _kind(convo),
        }
        if convo.messages:
            view["lastMessage"] = convo.messages[-1].view()
        return view

    def _profiles(self, convo: Convo) -> list[Json]:
        return [{"did": did, "handle": self._handles[did]} for did in convo.members]

    def _change(self, convo: Convo, viewer: str, event: str, details: Json | None = None) -> None:
        convo.rev = self._next_rev()
        self._append_log(convo, event, details, viewer)

    def _append_log(self, convo: Convo, event: str, details: Json | None = None, viewer: str | None = None) -> None:
        entry = {"$type": f"{_DEFS}{event}", "convoId": convo.id, "rev": convo.rev, **(details or {})}
        self._log.append((convo.rev, viewer, convo, entry))

    def _next_rev(self) -> str:
        self._revisions += 1
        return f"3k{self._revisions:011}"


def _status(convo: Convo, viewer: str) -> str:
    return "accepted" if convo.members[viewer].accepted else "request"


def _kind(convo: Convo) -> Json:
    if convo.group_name is None:
        return {"$type": f"{_DEFS}directConvo"}
    return {
        "$type": f"{_DEFS}groupConvo",
        "name": convo.group_name,
        "createdAt": convo.created_at,
        "lockStatus": "unlocked",
        "lockStatusModerationOverride": False,
        "memberCount": len(convo.members),
        "memberLimit": 50,
    }


def _one(params: Params, name: str) -> str | None:
    return params[name][0] if name in params else None


def _page(items: list[T], params: Params) -> tuple[list[T], Json]:
    start = int(_one(params, "cursor") or 0)
    end = start + int(_one(params, "limit") or 50)
    return items[start:end], {"cursor": str(end)} if end < len(items) else {}
