"""What has been said in Tidemill lately, as far as it has to do with you."""

from __future__ import annotations

from introvert_tui.adapters.demo.bench import BENCH
from introvert_tui.adapters.demo.books import BOOKS
from introvert_tui.adapters.demo.script import DAY, HOUR, YOU, Line, Scene, card, picture

_INK = Scene(
    "ink",
    (
        Line(YOU, 27 * HOUR, "I keep three inks on the desk and use one.", key="start"),
        Line("lena", 25 * HOUR, "I keep one and use it on three desks.", key="desks"),
        Line(YOU, 24 * HOUR, "That explains the trail from the landing."),
        Line("hester", 23 * HOUR, "Two of mine are for looking at.", to="start", nodded=True),
        Line(
            "ana",
            20,
            "Have you tried the new ink? It never dries on my desk either.",
            to="start",
            beside=(picture("smudge", "A blue smudge right across a page of a notebook, in the shape of a sleeve"),),
        ),
    ),
    answers={
        "ana": (
            "Blotting paper, then. I'll bring you a sheet on Thursday, it's the good pink kind.",
            "I'm glad it isn't only my desk. Goodnight from the smudge and me.",
        ),
        "hester": ("The green one is for bad days. I have only looked at it twice.",),
    },
)

_CHAPTER = Scene(
    "chapter",
    (
        Line("jun", 2 * DAY, "Reading circle: we said chapter nine by Sunday. I said it, and then I hid.", key="start"),
        Line("priya", 2 * DAY - 40, "Nine is a good one to hide in. Nobody finds anybody in nine."),
        Line(
            YOU,
            30 * HOUR,
            "I got as far as the storm and had to stop, for the sake of the neighbours.",
            key="mine",
            to="start",
        ),
        Line("jun", 3.4 * HOUR, "The storm! Which chapter did you end on?", to="mine"),
        Line(
            "priya", 3 * HOUR, "And did the dog survive? A yes or no will do. Actually only a yes will do.", to="mine"
        ),
    ),
    answers={
        "jun": ("Then we're on the same page, nearly to the word. See you Sunday, or not, as you like.",),
        "priya": ("I'll take that as a yes and sleep on it. Thank you 🐕",),
    },
)

_CARD = Scene(
    "card",
    (
        Line(YOU, 4 * DAY, "I put a card in your letter box. There's no need to answer it."),
        Line("mor", 31 * HOUR, "It came on the right day."),
        Line("mor", 30.8 * HOUR, "Thank you for the card, truly. תודה רבה. It stands by the radio now 💛"),
    ),
    answers={
        "mor": (
            "לילה טוב. I'm reading it once more and then the light goes out.",
            "Good. Then we've both said it.",
        ),
    },
    private=True,
)

_SLOES = Scene(
    "sloes",
    (
        Line(
            "sam",
            50,
            "@you the sloes behind the mill are early, and nobody else walks that way. First frost is Thursday. "
            "I've left the low branches for you.",
            beside=(
                picture("sloes", "Dark blue berries on a thorny branch, a floury hand behind them for scale"),
                picture("mill"),
            ),
        ),
    ),
    answers={
        "sam": (
            "Grand. Take the old basket from behind the door, it's used to thorns.",
            "Then I'll keep quiet about it. The mill's a good place for not meeting anyone.",
        ),
    },
)

_ROPES = Scene(
    "ropes",
    (
        Line(
            YOU, 2 * DAY, "It was so quiet at the harbour this morning that I could hear the ropes think.", key="start"
        ),
        Line("tomasz", 2 * DAY - 90, "They think about Wednesdays, mostly.", nodded=True),
    ),
)

_QUOTE = Scene(
    "landing",
    (
        Line(
            "lena",
            5 * HOUR,
            "I've been at the ferry landing since six trying to write this sentence, and it was here all along. "
            "May I steal it for a lighthouse keeper?",
            quote="ropes/start",
        ),
    ),
    answers={
        "lena": (
            "He'll say it on page two hundred and then nothing more for a whole chapter. I owe you a coffee.",
            "You're generous. I'll put a rope in the acknowledgements.",
        ),
    },
)

_WARD = Scene(
    "ward",
    (
        Line("hester", 5 * DAY, "Off to the mainland for a few days. Somebody please talk to my radios.", key="start"),
        Line(YOU, 5 * DAY - 60, "I'll go by on Friday and read them the weather."),
        Line(
            "hester",
            2 * DAY + 3 * HOUR,
            "They kept me one night longer, and it was the right thing. The window looks out on a car park with one "
            "very good tree. I heard that you went by. The radios told me.",
            warning="hospital",
        ),
    ),
    answers={
        "hester": (
            "Thank you. The tree says hello, in its way. Home on Saturday.",
            "I read that twice and then slept well.",
        ),
    },
)

_TIMETABLE = Scene(
    "timetable",
    (
        Line(
            "tomasz",
            28 * HOUR,
            "Winter timetable is up. @you asked for the late boat back, and it's in, Fridays only. Answers are off "
            "because last year's are still coming in.",
            beside=(
                card(
                    "https://example.org/tidemill/ferry/winter",
                    "Tidemill ferry, winter timetable\nLast boat 21:40, Fridays 23:10. No boat in fog, no boat in "
                    "a mood.",
                ),
            ),
        ),
    ),
    closed=True,
)

_GATE = Scene(
    "gate",
    (
        Line(YOU, 3 * DAY, "Somebody is living past the chapel again. There's a light on, and a bicycle.", key="start"),
        Line("bram", 3 * DAY - 120, "Quiet sort. Waved with the whole hat.", nodded=True),
        Line(
            "wil",
            7 * HOUR,
            "That's my light, I think. And my bicycle, badly. I don't know anyone here yet, I only wanted to say that "
            "it's a kind town to be noticed in.",
            to="start",
        ),
    ),
    answers={
        "wil": (
            "Thank you. I'll leave the light on, then, so there's something to see.",
            "That was the first hello. I've written the date down, I'm afraid.",
        ),
    },
)

_WORD = Scene(
    "word",
    (
        Line(
            "noor",
            3 * DAY + 2 * HOUR,
            "Word of the week on the library door: دِفء, warmth. Yours, please, in any language.",
            key="start",
        ),
        Line("mor", 3 * DAY, "שקט. Quiet. It has a k in it that closes the door."),
        Line("kit", 3 * DAY - 30, "", to="start", deleted=True),
        Line("fenna", 3 * DAY - 45, "Gezellig. I'm sorry, somebody had to."),
        Line(YOU, 2 * DAY + 5 * HOUR, "Enough. I like how it stops.", key="mine", to="start"),
        Line(
            "noor",
            2 * DAY,
            "In Arabic that's كفاية (kifaya), and it stops too, but it looks back once at the corner. "
            "I've put yours on the door.",
            to="mine",
            language="ar",
        ),
    ),
    answers={
        "noor": (
            "يا سلام. Then the door is complete until Monday.",
            "It has had three readers already, and one of them was the postman.",
        ),
    },
)

_RADIO = Scene(
    "radio",
    (
        Line(YOU, 8 * DAY, "My kitchen radio speaks only when I lean on the table.", key="start"),
        Line("hester", 8 * DAY - 45, "Then it likes company. Bring it round, it's the aerial.", key="aerial"),
        Line(YOU, 7.9 * DAY, "I'll leave it on your step, with a biscuit."),
        Line("ana", 7.8 * DAY, "What did it say, when you leaned?", to="start", key="ask"),
        Line(YOU, 7.7 * DAY, "Rain, then a waltz."),
    ),
)

_NIB = Scene(
    "nib",
    (
        Line(
            "ana",
            11 * DAY,
            "@you the nib you found under the stairs is from 1932, from Besançon, and it has opinions.",
            key="start",
        ),
        Line(YOU, 10.8 * DAY, "So did the stairs. It's yours if you get on with it."),
        Line("ana", 10.7 * DAY, "We get on. It writes your name very well.", nodded=True),
    ),
)

SCENES = (
    _INK,
    _CHAPTER,
    _CARD,
    _SLOES,
    _ROPES,
    _QUOTE,
    BENCH,
    BOOKS,
    _WARD,
    _TIMETABLE,
    _GATE,
    _WORD,
    _RADIO,
    _NIB,
)

REQUEST = Line(
    "roz",
    9 * HOUR,
    "Hello, we haven't met. I mend books on the mainland, and Noor said you might know who owned the one with the "
    "ferry tickets pressed in it. No hurry at all.",
)
"""A stranger who wrote privately, and waits to be let in."""
