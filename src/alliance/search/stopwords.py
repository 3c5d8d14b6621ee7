"""Words that carry no meaning of their own in a search, a short list a language.

Negations ("no", "sans", "inte") are left on purpose: "no effect" is something people seek.
"""

from __future__ import annotations

_ENGLISH = """
a about above after again all also am an and any are as at be because been being between both but
by can could did do does doing during each every few for from further had has have having he
her here hers him his how i if in into is it its itself just me more most my of on once only
or other our ours out own same she should so some such than that the their theirs them then
there these they this those through to too under until upon very was we were what when where
which while who whom why will with would you your
"""
_FRENCH = """
à a ai alors après au aujourd aussi autre autres aux avant avec avoir avons ayant c ce ceci
cela celle celles celui ces cet cette ceux chez ci comme comment contre d dans de depuis des deux
dont du elle elles en encore entre est et étaient était étant été être eu eux fait faire faut font
il ils j je l la là le les leur leurs lui m ma mais même mes moi mon n ne nos notre nous on ont ou
où par peu peut plus pour pourquoi pouvoir puis qu quand que quel quelle quelles quels qui s
sa se sera ses si soi son sont sous sur t ta te tes toi ton tous tout toute toutes très tu un une
vers voici voilà vos votre vous y
"""
_SWEDISH = """
alla allt att av bara behöver blev bli blir blivit både de dem den denna deras dess dessa det
detta dig din dina dit ditt du där därför då efter eller en er era ert ett finns fler flera fram
från får för före ha hade han hans har hela hellre henne hennes hon honom hos hur här i ibland
igen in inför inom innan ja jag kan kommer kunde man med mellan men mer mest mig min mina
mitt mot mycket måste ni nu nya när någon något några och också om oss på samma sedan sig sin
sina sitt ska skall skulle som så sådan sådana till under upp ut vad var vara varför varit varje
vars vem vi vid vilka vilken vilket vår våra vårt vårt än är åt över
"""

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "sv": frozenset(_SWEDISH.split()),
}
