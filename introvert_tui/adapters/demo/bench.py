"""The bench by the ferry landing: four people who go on and on, before you leave and after."""

from __future__ import annotations

from introvert_tui.adapters.demo.script import HOUR, YOU, Line, Scene

BENCH = Scene(
    "bench",
    (
        Line(
            "bram",
            9 * HOUR,
            "The bench at the landing wants painting. I have green left over from the shed. Any objections?",
            key="start",
        ),
        Line("odile", 8.9 * HOUR, "Several. It was blue. It has always been blue."),
        Line("bram", 8.8 * HOUR, "It was blue after it was green."),
        Line("kit", 8.6 * HOUR, "It was wood before it was either, and nobody asked it.", to="start"),
        Line(YOU, 8.2 * HOUR, "I only ever noticed that it's dry when it rains from the west.", key="mine", to="start"),
        Line("fenna", 8 * HOUR, "See, that is somebody who sits on it.", key="sits"),
        Line("odile", 7.5 * HOUR, "Blue hides the gulls better.", to="sits"),
        Line("bram", 7.4 * HOUR, "Nothing hides the gulls."),
        Line("kit", 5 * HOUR, "Could it be blue from the water and green from the road?"),
        Line("fenna", 4.7 * HOUR, "Kit, that's the most expensive sentence of the day."),
        Line("bram", 3 * HOUR, "I've opened the tin. This is not a threat, it's a smell."),
        Line("odile", 2.6 * HOUR, "Then close it. I have asked the council, which is to say Tomasz."),
        Line("kit", 2 * HOUR, "What did Tomasz say?"),
        Line("odile", 1.8 * HOUR, "He said it's a bench."),
        Line("odile", 40, "@you sits there most. So, @you: blue, yes?", key="asks", to="mine"),
        Line("bram", 26, "Don't be led. You said dry, and dry is a green sort of word.", to="mine"),
        Line("kit", 12, "Or say nothing and let them argue, it keeps the gulls off.", to="mine"),
        Line("fenna", 9, "I brought cake. I'm not saying which colour the icing is.", to="asks"),
        # From here on the town is awake: these come while you are looking, or long after you have left.
        Line("odile", -0.7, "It's blue, Fenna. I can see it from my window."),
        Line("bram", -1.2, "Window cleaners, all of you."),
        Line("kit", -2, "There's a gull on the icing. Repeat, a gull."),
        Line("fenna", -2.6, "@you would have saved the cake, I'm just saying."),
        Line("odile", -3.5, "I'm going down there. With a brush."),
        Line("bram", -4, "You said dry in the rain, so what about varnish? Everyone loses equally.", to="mine"),
        Line("kit", -5, "Varnish! The coward's rainbow."),
        Line("fenna", -6.5, "The gull has feathers the colour of both tins now. I hope you're proud."),
        Line("odile", -8, "He looks rather well in blue."),
        Line("bram", -9, "Green side's his better side."),
        Line("bram", -11, "@you come and look at this gull before it washes off."),
        Line("odile", -13, "Nobody touch the bench, it's wet."),
        Line("fenna", -14, "Which half?"),
        Line("bram", -16, "Both halves. We ran out of arguments at the same time."),
        Line("kit", -19, "So it's two colours. From the water and from the road. I said that this morning."),
        Line(
            "odile",
            -22,
            "You'd have sat on it in any colour, wouldn't you? Same time next year, then, with the railings.",
            to="mine",
        ),
        Line("fenna", -25, "I'll bring cake. Indoors."),
    ),
    answers={
        "odile": ("That isn't a no to blue. I'm taking it down to the landing with me.",),
        "bram": ("Diplomat. All right, I'll leave the lid on till tomorrow.",),
        "kit": ("Good to see you at the bench, even for a minute.",),
        "fenna": ("I'll save you a slice, colour undisclosed.",),
    },
)
