"""Who lives in Tidemill, and how they answer when you say hello."""

from __future__ import annotations

from introvert_tui.adapters.demo.script import Resident

RESIDENTS = (
    Resident(
        "ana",
        "Ana Prado",
        pace=24,
        answers=(
            "You made me put the pen down, and I needed to. Go well.",
            "That's kind. I'll keep a sample of the next bottle for you.",
            "Good to hear from you. My fingers are blue and I regret nothing.",
        ),
        asked=("Ask me again when it has dried. So, in spring.",),
    ),
    Resident(
        "sam",
        "Sam Okafor",
        pace=27,
        answers=(
            "Cheers. There's a heel of rye with your name on it, whenever you pass.",
            "Ha, you too. Oven's calling.",
            "That warmed me more than the oven did. See you when I see you.",
        ),
        asked=("Short answer, yes. Long answer smells of bread. Come by.",),
    ),
    Resident(
        "jun",
        "Jun Takeda",
        pace=31,
        answers=(
            "Noted in the margin, in pencil.",
            "Fair. I'll stop there too, then, so we stay level.",
            "Good to see you in here. No hurry with the rest.",
        ),
        asked=("I'd tell you, but it's on the next page and I'm honourable.",),
    ),
    Resident(
        "priya",
        "Priya Nair",
        pace=36,
        answers=(
            "Right, I'm making tea and not reading ahead. Probably.",
            "I knew you'd say that. Sleep well.",
            "Thank you. I can go to bed now.",
        ),
        asked=("I asked first! But all right: no, and I cried.",),
    ),
    Resident(
        "mor",
        "מור לוי",
        pace=29,
        answers=(
            "שמחתי לשמוע ממך. It's enough that you wrote.",
            "Nothing to add, only a wave from the window.",
            "תודה. Come in April, the orange tree is loud then.",
        ),
        asked=("Better than last week. Asking helps, by the way.",),
    ),
    Resident(
        "lena",
        "Lena Brandt",
        pace=33,
        answers=(
            "The ferry's in, so I have eleven minutes of quiet. One of them is for you: hello.",
            "I wrote four hundred words and kept this one: thanks.",
            "You're a good harbour. Back to the page.",
        ),
        asked=("In chapter twelve, I think. It might be you who finds out first.",),
    ),
    Resident(
        "noor",
        "نور الهادي",
        pace=26,
        answers=(
            "يا هلا. The library is warm, the chair by the stove is free.",
            "A hello before closing time is the best kind.",
            "شكراً. I've put a slip of paper in a book for you; you'll know which.",
        ),
        asked=("Second shelf, left of the window. But let me look, I enjoy looking.",),
    ),
    Resident(
        "ines",
        "Ines Moreau",
        pace=39,
        answers=(
            "The small one says hello back, twice, with her whole arm.",
            "Merci. It's bath time here, so this is short and wet.",
            "That's sweet. We'll leave it there before somebody eats the chalk.",
        ),
        asked=("I asked the class. Eleven yes, four no, one horse.",),
    ),
    Resident(
        "tomasz",
        "Tomasz Wren",
        pace=22,
        answers=(
            "All well on the water. Wind's gone round to the west.",
            "Good of you. Last boat's in, lamp's out.",
            "I'll sound the horn once, and you'll know.",
        ),
        asked=("Depends on the tide, like everything. Ask me at the slip.",),
    ),
    Resident(
        "hester",
        "Hester Bly",
        pace=38,
        answers=(
            "Thank you. I don't need more than that.",
            "You're good to me. I'm going to sit in the sun for a bit.",
        ),
        asked=("Better, and bored, which they tell me is a good sign.",),
    ),
    Resident(
        "wil",
        "Wil Aster",
        followed=False,
        pace=28,
        answers=(
            "Oh, hello! I didn't expect an answer. Thank you for that.",
            "I'll find my way around. It's nice to know one name already.",
        ),
        asked=("Third house past the chapel, the one with the crooked gate. For a year, at least.",),
    ),
    Resident(
        "bram",
        "Bram Tuck",
        pace=20,
        answers=("Ha! Good to have you, however briefly.", "Off you go then. We'll still be here, arguing."),
        asked=("Green. It was always green. Don't let Odile tell you otherwise.",),
    ),
    Resident(
        "odile",
        "Odile Sarr",
        pace=23,
        answers=("I'll count that as a vote for blue.", "Wise of you to leave. I can't, I brought the paint."),
        asked=("Blue, obviously. I have a photograph somewhere.",),
    ),
    Resident("kit", "Kit Lowther", pace=21, answers=("Someone sensible at last. Don't go. Well, all right, go.",)),
    Resident("fenna", "Fenna de Wit", pace=25, answers=("Hi! There's cake at the bench if this ever ends.",)),
    Resident("roz", "Roz Quill", followed=False),
)
