"""JSON with exact numbers: text in, Decimal and int out, and back.

`loads_canonical` is for what the server sends: it also refuses a number that
is not the shortest exact text, NaN, and a key that comes twice.
"""

import json
import re
from decimal import Context, Decimal, ROUND_HALF_UP

# Wide enough for every product of the contract; ROUND_HALF_UP is half away from zero.
EXACT = Context(prec=200, rounding=ROUND_HALF_UP)

_CANONICAL_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]*[1-9]")


class NotCanonical(AssertionError):
    """A number's text is not the shortest exact one."""


def _fraction(text):
    if not _CANONICAL_FRACTION.fullmatch(text):
        raise NotCanonical(f"number is not the shortest exact text: {text}")
    return Decimal(text)


def _whole(text):
    if text == "-0":
        raise NotCanonical("number is -0")
    return int(text)


def _refuse_constant(text):
    raise NotCanonical(f"{text} is not JSON")


def _unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical(f"a key comes twice among {[key for key, _ in pairs]}")
    return members


def loads_canonical(text):
    return json.loads(
        text,
        parse_float=_fraction,
        parse_int=_whole,
        parse_constant=_refuse_constant,
        object_pairs_hook=_unique,
    )


def loads(text):
    return json.loads(text, parse_float=Decimal)


def number_text(number):
    """The shortest exact text of an int or a Decimal."""
    if isinstance(number, int):
        return str(number)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def dumps(value, comma=",", colon=":"):
    """JSON text in which a Decimal is a number with exactly its digits."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, float)):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        members = (json.dumps(key) + colon + dumps(item, comma, colon) for key, item in value.items())
        return "{" + comma.join(members) + "}"
    return "[" + comma.join(dumps(item, comma, colon) for item in value) + "]"


def to_units(number, decimals=8):
    """The number in units of 10^-decimals; it must be a whole count of them."""
    scaled = EXACT.scaleb(Decimal(number), decimals)
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"{number} has more than {decimals} decimals")
    return units


def from_units(units, decimals=8):
    """The inverse of to_units: an int when it is whole, else a Decimal without trailing zeros."""
    whole, rest = divmod(units, 10**decimals)
    if rest == 0:
        return whole
    return Decimal(number_text(EXACT.scaleb(Decimal(units), -decimals)))
