"""Headers of mails as mail programs in China write them, in the words of the standard (C1, RFC 2047, RFC 2231).

They say GB2312 and write GBK, split words inside a character, write bytes without saying of what, and so in the names
of files, too.
"""

import binascii
import codecs
import re
from base64 import b64decode, b64encode
from quopri import decodestring

# GB18030 reads what all of these write.
CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "ms936"}
# A word, and those after it that go on in the same charset and encoding.
_WORDS = re.compile(rb"=\?([\w.:-]+)\?([bq])\?[^?\s]*\?=(?:\s+=\?\1\?\2\?[^?\s]*\?=)*", re.IGNORECASE)
_PAYLOAD = re.compile(rb"=\?[^?]+\?[^?]\?([^?\s]*)\?=")
_EXTENDED = re.compile(rb"(\*(?:0\*)?=\s*\"?)(%s)''" % "|".join(map(re.escape, CHINESE)).encode(), re.IGNORECASE)
_LINES = rb"^%s:[^\n]*(?:\n[ \t][^\n]*)*"
_SUBJECT = re.compile(_LINES % rb"subject", re.IGNORECASE | re.MULTILINE)
# The lines of a head: from the beginning, or from what begins a part, to the first blank one.
_HEADS = re.compile(rb"(?:\A|^--[^\n]*\n)(?:[^\r\n][^\n]*\n)*", re.MULTILINE)
_PART = re.compile(_LINES % rb"content-(?:type|disposition)", re.IGNORECASE | re.MULTILINE)


def mend(raw):
    """Return the bytes of a mail with headers that the standard library reads; the text of its parts stays."""
    head, blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    head = _SUBJECT.sub(_mend_bytes, _WORDS.sub(_mend_words, head))
    return _HEADS.sub(lambda lines: _PART.sub(_mend_part, lines[0]), head + blank + body)


def is_known(charset):
    try:
        return bool(codecs.lookup(charset))
    except LookupError:
        return False


def _mend_part(match):
    header = _EXTENDED.sub(rb"\1gb18030''", _WORDS.sub(_mend_words, match[0]))
    return _mend_bytes([header])


def _mend_words(match):
    charset, is_base64 = match[1].decode().lower(), match[2] in b"Bb"
    try:
        payload = b"".join(
            b64decode(word + b"=" * (-len(word) % 4)) if is_base64 else decodestring(word, header=True)
            for word in _PAYLOAD.findall(match[0])
        )
    except binascii.Error:  # not base64 at all: it stays as it came
        return match[0]
    try:
        return _word(payload.decode("gb18030" if charset in CHINESE else charset, "replace"))
    except (LookupError, UnicodeError):  # no charset, or none of text
        return _word(_guess(payload))


def _mend_bytes(match):
    if match[0].isascii():
        return match[0]
    return re.sub("[^\x00-\x7f]+", lambda run: _word(run[0]).decode(), _guess(match[0])).encode()


def _word(text):
    return b"=?utf-8?B?" + b64encode(text.encode()) + b"?="


def _guess(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
