"""Other inflections of a word, for the Arabic dictionary, which has no citation forms.

It lists English inflections as separate headwords ("wrote", "albums"). Under the citation form of an English verb it
often has an Arabic imperative, while the starter lexicon has the past, which is the citation form of Arabic.
"""

from __future__ import annotations

_PAST = {
    "beat": "beat", "become": "became", "begin": "began", "blow": "blew", "break": "broke", "bring": "brought",
    "build": "built", "buy": "bought", "catch": "caught", "choose": "chose", "come": "came", "draw": "drew",
    "drink": "drank", "drive": "drove", "eat": "ate", "fall": "fell", "feel": "felt", "fight": "fought",
    "find": "found", "fly": "flew", "forget": "forgot", "get": "got", "give": "gave", "go": "went", "grow": "grew",
    "hear": "heard", "hide": "hid", "hold": "held", "keep": "kept", "know": "knew", "lay": "laid", "lead": "led",
    "leave": "left", "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "pay": "paid", "ride": "rode",
    "rise": "rose", "run": "ran", "say": "said", "see": "saw", "seek": "sought", "sell": "sold", "send": "sent",
    "shoot": "shot", "sing": "sang", "sit": "sat", "sleep": "slept", "speak": "spoke", "spend": "spent",
    "stand": "stood", "steal": "stole", "take": "took", "teach": "taught", "tell": "told", "think": "thought",
    "throw": "threw", "understand": "understood", "wake": "woke", "wear": "wore", "win": "won", "write": "wrote",
}  # fmt: skip
_VOWELS = "aeiou"


def english(word: str) -> tuple[set[str], set[str]]:
    """Return the past of an English word as if it were a verb, and its form in -s as if it were a verb or a noun."""
    if word[-1] == "y" and word[-2:-1] not in _VOWELS:
        return {word[:-1] + "ied"}, {word[:-1] + "ies"}
    regular = {word + "d"} if word.endswith("e") else {word + "ed", word + word[-1] + "ed"}
    plural = word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    return {_PAST[word]} if word in _PAST else regular, {plural}


def arabic_verb(past: str) -> set[str]:
    """Return regular imperatives and imperfects of an Arabic verb (folded, third person masculine past)."""
    if " " in past or len(past) < 2:
        return set()
    weak_end, hollow = past[-1] in "اي", past[-2] == "ا"
    short = past[:-1] if weak_end else past[:-2] + past[-1] if hollow else past  # weak letters are lost
    if len(past) == 3 and past[0] in "وا":  # وصف: صف, أكل: كل
        short = short[1:]
    longs = [past[:-1] + end for end in "ايو"] if weak_end else [past[:-2] + mid + past[-1] for mid in "ايو"]
    stems = longs if weak_end or hollow else [short, past]
    return {short, "ا" + short, *("ي" + stem.removeprefix("ا") for stem in stems)}


def arabic_noun(singular: str) -> set[str]:
    """Return the sound plurals and the adverbial accusative of an Arabic noun or adjective (folded)."""
    return {singular.removesuffix("ه") + "ات", singular + "ون", singular + "ين", singular + "ا"}
