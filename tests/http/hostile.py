"""Bodies, values and addresses that corrupt, hide, reorder, swell or pretend."""

from typing import Any, Final

DEEP: Final = 40

BODIES: Final[dict[str, bytes]] = {
    "nothing": b"",
    "white space": b" \n",
    "no JSON": b"{channel: hotline_117}",
    "half a body": b'{"channel": "hotline_117"',
    "two bodies": b'{"channel": "hotline_117"}{}',
    "a raw NUL": b'{"channel": "hotline_117", "narrative": "a\x00b"}',
    "an escaped NUL": b'{"channel": "hotline_117", "narrative": "a\\u0000b"}',
    "a NUL in a name": b'{"channel": "hotline_117", "a\\u0000b": 1}',
    "a raw control": b'{"channel": "hotline_117", "narrative": "a\x07b"}',
    "a lone surrogate": b'{"channel": "hotline_117", "narrative": "a\\ud800b"}',
    "a lone low surrogate": b'{"channel": "hotline_117", "narrative": "a\\udc00b"}',
    "a surrogate in a name": b'{"channel": "hotline_117", "\\ud800": 1}',
    "surrogates as UTF-8": b'{"channel": "hotline_117", "narrative": "\xed\xa0\x80"}',
    "broken UTF-8": b'{"channel": "hotline_117", "narrative": "\xff\xfe"}',
    "overlong UTF-8": b'{"channel": "hotline_117", "narrative": "\xc0\x80"}',
    "UTF-16": '{"channel": "hotline_117"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"channel": "hotline_117"}'.encode("utf-16-le"),
    "UTF-32": '{"channel": "hotline_117"}'.encode("utf-32"),
    "a byte-order mark": b'\xef\xbb\xbf{"channel": "hotline_117"}',
    "a member twice": b'{"channel": "hotline_117", "channel": "ngo"}',
    "a member twice, once escaped": b'{"channel": "hotline_117", "ch\\u0061nnel": "ngo"}',
    "a member twice, deep": b'{"channel": "hotline_117", "persons": [{"sex": "male", "sex": "female"}]}',
    "NaN": b'{"channel": "hotline_117", "head_count": {"low": NaN}}',
    "Infinity": b'{"channel": "hotline_117", "head_count": {"low": -Infinity}}',
    "a number beyond all": b'{"channel": "hotline_117", "head_count": {"low": 1e400}}',
    "2 to the 63": b'{"channel": "hotline_117", "head_count": {"low": 9223372036854775808}}',
    "2 to the 31": b'{"channel": "hotline_117", "head_count": {"low": 2147483648}}',
    "five thousand digits": b'{"channel": "hotline_117", "head_count": {"low": ' + b"9" * 5000 + b"}}",
    "deep lists": b'{"channel": "hotline_117", "persons": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a list bomb": b"[" * 60_000,
    "an array on top": b'[{"channel": "hotline_117"}]',
    "text on top": b'"hotline_117"',
    "null on top": b"null",
    "a number on top": b"117",
    "an empty object": b"{}",
    "a form": b"channel=hotline_117",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
}

TEXTS: Final[dict[str, str]] = {
    "a hundred accents": "a" + "\u0301" * 100,
    "a hundred enclosing marks": "a" + "\u20dd" * 100,
    "a hundred vowel signs": "ก" + "\u0e34" * 100,
    "escape": "a\x1b[31mb",
    "delete": "a\x7fb",
    "private use": "a\ue000b",
    "no character": "a\uffffb",
    "nothing that shows": "\u200b\u200b\u200b",
    "white space": " \u3000 ",
    "empty": "",
    "too long": "x" * 20_001,
}
"""Refused in every text, short or long."""

LINE_TEXTS: Final[dict[str, str]] = {"a long line": "x" * 201}
"""Refused where one line is asked for."""

NO_TEXT: Final[dict[str, Any]] = {
    "a number": 7,
    "true": True,
    "a list": ["x"],
    "an object": {"x": "y"},
    "null in a list": [None],
}
NO_NUMBER: Final[dict[str, Any]] = {
    "true": True,
    "a decimal": 1.0,
    "digits as text": "7",
    "a list": [7],
    "an object": {},
    "negative": -1,
    "huge": 2**63,
    "text": "seven",
    "empty": "",
}
NO_LIST: Final[dict[str, Any]] = {
    "an object": {},
    "an object by number": {"0": {}},
    "text": "x",
    "a number": 1,
    "true": True,
}
NO_OBJECT: Final[dict[str, Any]] = {"a list": [], "pairs": [["text", "x"]], "text": "x", "a number": 1, "true": True}
NO_CODE: Final[dict[str, Any]] = {
    "another code": "no_such_code",
    "upper case": "HOTLINE_117",
    "padded": " male ",
    "a number": 1,
    "true": True,
    "a list": ["male"],
    "full width": "\uff4d\uff41\uff4c\uff45",
    "empty": "",
}
NO_FLAG: Final[dict[str, Any]] = {"1": 1, "0": 0, "text": "true", "a list": [True], "an object": {}}
NO_DAY: Final[dict[str, Any]] = {
    "no such day": "2022-02-30",
    "an instant": "2022-09-01T00:00:00Z",
    "a number": 20220901,
    "seconds": 1661990400,
    "year nought": "0000-01-01",
    "long ago": "1899-12-31",
    "the future": "2022-10-02",
    "far away": "9999-12-31",
    "other digits": "\u0662\u0660\u0662\u0662-\u0660\u0669-\u0660\u0661",
    "two digits": "22-09-01",
    "a list": ["2022-09-01"],
    "empty": "",
}

TARGETS: Final = (
    b"/v1/cases/%00",
    b"/v1/cases/KH22-0000-%00000",
    b"/v1/persons/%ff%fe%fd%fc%fb%fa%f9%f8%f7%f6",
    b"/v1/cases/%zz%zz%zz%zz",
    b"/v1/cases/..%2f..%2fetc%2fpasswd",
    b"/v1/cases/%2e%2e%2fusers",
    b"/v1//cases",
    b"/v1/cases;x=1",
    b"/V1/cases",
    b"/v1/cases/" + b"9" * 5000,
    b"/v1/cases/' OR 1=1 --      ".replace(b" ", b"%20"),
    b"/v1/cases?status=%00",
    b"/v1/cases?status=%ff",
    b"/v1/cases?cursor=%00",
    b"/v1/cases?cursor=" + b"A" * 5000,
    b"/v1/cases?%00=1",
    b"/v1/cases?status=" + b"&status=".join([b"received"] * 11),
    b"/v1/cases?limit=9223372036854775808",
    b"/v1/cases?assigned=%00",
    b"/v1/cases?received_from=%00",
    b"/v1/cases?%zz=%zz",
    b"/v1/persons?purpose=%00",
    b"/v1/persons?nationality=TW%00",
    b"/v1/reference/%00",
    b"/v1/reference/provinces%00",
    b"/v1/figures/%00",
    b"/v1/figures/persons_repatriated?from=%00&to=%00",
    b"/problems/%00",
    b"/v1/events/%00/void",
)
"""Addresses that are never a server's mistake, whoever asks."""
