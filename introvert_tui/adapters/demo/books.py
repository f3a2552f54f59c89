"""The long thread: the first book that was yours."""

from __future__ import annotations

from introvert_tui.adapters.demo.script import DAY, HOUR, YOU, Line, Scene, picture

_START = 6 * DAY

# Who, what, and which line it answers where that is not the one before; they follow each other at equal distance.
_TALK: tuple[tuple[str, str, str, str], ...] = (
    ("ines", "An atlas with a torn-out Portugal. I used to think it had sunk.", "atlas", "start"),
    ("tomasz", "Tide tables, 1981. My father gave them to me like a crown.", "tides", "start"),
    ("noor", "I have those in the back room, you know. Nobody has asked for them since you.", "", ""),
    ("tomasz", "Keep them there. I know where they are, that's enough.", "", ""),
    ("sam", "My gran's notebook. Half recipes, half arguments with the neighbours.", "gran", "start"),
    ("priya", "Please tell me there's a recipe in the middle of an argument.", "", ""),
    ("sam", "Plum cake, page forty. It ends with 'and she can keep the ladder'.", "", ""),
    ("ana", "Reading that in blue-black, no question.", "", ""),
    ("lena", "A ghost story that I wasn't allowed. I read it in the boat shed, by the exit.", "ghost", "start"),
    ("jun", "By the exit is the right place for a ghost story.", "", ""),
    ("lena", "The ghost turned out to be a landlord. I was very disappointed.", "", ""),
    ("hester", "Radio Repair for Boys. I crossed out the last two words.", "radio", "start"),
    ("ines", "I'm reading this to the class on Monday. The crossing out, I mean.", "", ""),
    ("hester", "Then tell them I fixed the radio, too.", "", ""),
    ("mor", "ספר של סבתא, poems, with the spine held on by tape. I could not read it yet.", "poems", "start"),
    ("noor", "The ones one can't read yet are the ones one keeps.", "", ""),
    ("mor", "I can read it now. The tape is still the best part.", "", ""),
    ("kit", "A dictionary. I liked that nobody in it ever raised their voice.", "", "start"),
    ("bram", "Mine was a seed catalogue, and I'll hear nothing against it.", "seeds", "start"),
    ("odile", "I grew up next door to that seed catalogue. The sweet peas came over the wall.", "", ""),
    ("bram", "You kept them.", "", ""),
    ("odile", "I kept them very well.", "", ""),
    ("fenna", "A cookbook with no pictures, so that I had to believe it.", "", "start"),
    ("jun", "A detective story without its last eight pages. I have written nine endings.", "ending", "start"),
    ("priya", "Which one do you believe?", "", ""),
    ("jun", "The seventh. It was the dog.", "", ""),
    ("lena", "It is very often the dog.", "", ""),
    ("noor", "I've found a copy, Jun. Do you want to know?", "", "ending"),
    ("jun", "Give me a week to decide.", "", ""),
    ("tomasz", "He stood on the ferry with that question this morning. Missed his stop.", "", ""),
    ("ana", "A stamp album, if it counts. I read the perforations.", "", "start"),
    ("noor", "It counts. What do perforations say?", "", ""),
    ("ana", "'Tear here', mostly. I never could.", "", ""),
    ("sam", "That's the whole of me in two words.", "", ""),
    ("priya", "A bus timetable, for a city I'd never been to. I planned such a lot of days.", "buses", "start"),
    ("ines", "Did you ever go?", "", ""),
    ("priya", "Last year. They'd changed all the numbers. I wept at a tram stop and it was lovely.", "", ""),
    ("hester", "I'd have come and wept with you, I had the week off.", "", ""),
    (YOU, "A library book that I said I'd lost. I've paid for it twice since, in other ways.", "mine", "start"),
    ("noor", "I knew. The slip is still in the drawer, and I've no plans for it.", "knew", ""),
    ("lena", "Of all the confessions to make to the librarian in public.", "", "mine"),
    ("sam", "What was it called?", "", "knew"),
    ("noor", "A librarian doesn't tell.", "", ""),
    ("sam", "A baker would have, by nine in the morning.", "", ""),
    ("kit", "The dictionary had 'confess' between 'cone' and 'confetti'. I always liked that.", "", "mine"),
    ("fenna", "Confetti is what happens if you take too long over it.", "", ""),
    ("bram", "Put it back on the shelf one night and say nothing. That's what I did with the rake.", "rake", "mine"),
    ("odile", "So that's where the rake came from.", "", ""),
    (YOU, "One night, then. I'd need a boat and a hat.", "", "rake"),
    ("tomasz", "Two people have asked me today if the library boat takes returns. It does.", "", "start"),
    ("noor", "It takes returns and asks nothing. I've painted that on the side, small.", "", ""),
    ("hester", "I'd like that over my own door.", "", ""),
    ("mor", "גם אני. Small letters.", "", ""),
    ("ana", "I'll do the lettering. You choose the ink.", "", ""),
    ("priya", "It seems this thread has become a street.", "", "start"),
    ("jun", "All right, Noor. A week is over. Tell me: was it the dog?", "", "ending"),
    ("noor", "It's in an envelope, at the desk. Nobody says you have to open it.", "", ""),
)

_STEP = (_START - 27 * HOUR) / (len(_TALK) + 1)

BOOKS = Scene(
    "books",
    (
        Line(
            "noor",
            _START,
            "A question for a slow week at the library: what was the first book that was really yours? كتابك الأول؟",
            key="start",
            beside=(picture("A card catalogue drawer pulled out, one card standing up higher than the rest"),),
        ),
        *(
            Line(who, _START - number * _STEP, text, key=key, to=to)
            for number, (who, text, key, to) in enumerate(_TALK, 1)
        ),
        Line(
            "ines",
            26 * HOUR,
            "We talked about your library book at supper 👩‍👩‍👧‍👦 and the verdict was: "
            "keep it, but read it aloud to somebody.",
            to="mine",
        ),
    ),
    answers={
        "ines": (
            "The jury 👩‍👩‍👧‍👦 is pleased and has gone to brush its teeth.",
            "Then it's settled. Page one, tonight, out loud.",
        ),
        "noor": ("The drawer is closed again. Your secret has good company in there.",),
    },
)
