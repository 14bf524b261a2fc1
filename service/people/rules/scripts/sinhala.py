"""Sinhala, whose block has places of its own."""

from typing import Final

from service.people.rules.scripts.indic import Block
from service.people.rules.scripts.script import Reading, Script

_AS_DEVANAGARI: Final = dict(
    zip(
        map(ord, "කඛගඝඞචඡජඣඤටඨඩඪණතථදධනපඵබභමයරලවශෂසහළෆඅආඇඈඉඊඋඌඍඑඒඓඔඕඖාැෑිීුූෘෙේෛොෝෞ්ංඃ"),
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळफअआएएइईउऊऋऎएऐऒओऔाेेिीुूृॆेैॊोौ्ंः",
        strict=True,
    )
) | {ord("ඟ"): "ङ्ग", ord("ඬ"): "ण्ड", ord("ඳ"): "न्द", ord("ඹ"): "म्ब", ord("ඥ"): "ज्ञ"}  # fmt: skip
_BLOCK: Final = Block(0x0900, own={0x24: "th", 0x35: "w", 0x1A: "ch"}, dropped=False)
_PLAIN: Final = Block(0x0900, dropped=False)


def read(word: str) -> tuple[Reading, ...]:
    """Return a name with th and w for the dental and the lip sound, as in Sri Lanka, and with t and v."""
    written = word.translate(_AS_DEVANAGARI)
    return (_BLOCK.spell(written),), (_PLAIN.spell(written),)


SCRIPT: Final = Script("Sinhala", ((0x0D80, 0x0DFF),), "ISO 15919 for Sinhala without marks; Sri Lankan usage", read)
