"""Keys under which two spellings of one customer meet. Plain text functions, no database."""

import re
import unicodedata

from stdnum.cn import uscc

_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|x|#).*$", re.IGNORECASE | re.DOTALL)
_NUMBER_SEPARATOR = re.compile(r"[,;/|、]")
_DIALLED = re.compile(r"[\d\s()+./-]+")
_WEB_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)

_NONE = {"无", "暂无", "没有", "無", "暫無", "none", "n/a", "na"}

_BLANKS_AND_DOTS = re.compile("[\\s·•・‧]")
_DASHES = re.compile("[‐‑‒–—―−]")
_PLATE = re.compile("^([\u4e00-\u9fff][A-Z])-")


def half_width(text):
    """Return ``text`` without full-width forms, outer blanks and doubled spaces.

    Line breaks stay: they are a mistake for the user to see, not for us to hide.
    """
    text = unicodedata.normalize("NFKC", text or "").strip()
    return re.sub(r"[^\S\r\n]+", " ", text)


def registered_name(text):
    """Return a name as the register writes it, without outer blanks and doubled spaces: its brackets and signs stay."""
    return re.sub(r"[^\S\r\n]+", " ", (text or "").strip())


def credit_code(text):
    """Return a unified social credit code in its canonical spelling, unchecked (A2)."""
    return uscc.compact(half_width(text))


def code_key(text):
    """Return what identifies in a credit code or foreign tax number; nothing for “/”, the sign of having none (A21)."""
    return "".join(char for char in credit_code(text) if char.isalnum())


def says_none(text):
    """Return whether people say by ``text`` that there is no code: “/”, “无”, “暂无” …"""
    word = half_width(text)
    return not any(char.isalnum() for char in word) or word.casefold() in _NONE


def name_key(name):
    """Return what of a customer's name decides identity: letters and digits, folded (A21).

    >>> name_key("阿里巴巴（中国）有限公司 ") == name_key("阿里巴巴(中国)有限公司")
    True
    """
    return "".join(char for char in half_width(name).casefold() if char.isalnum())


def phone_key(phone):
    """Return the dialled digits of the first number in ``phone``, without +86, trunk zero or extension (A21).

    >>> phone_key("+86 755 2878-0808 转 12") == phone_key("(0755)28780808")
    True
    """
    first = _NUMBER_SEPARATOR.split(half_width(phone))[0]
    digits = re.sub(r"\D", "", _EXTENSION.sub("", first))
    international = first.startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if digits.startswith("86") and (international or len(digits) > 11):
        digits = digits[2:].lstrip("0")
    return digits


def serial_number(text):
    """Return a serial number, plate or SIM number in its canonical spelling (A20)."""
    return half_width(text).upper()


def serial_key(text):
    """Return what of a serial number or plate decides identity: no blanks, no middle dots, one kind of dash, and none
    after the letter of a plate (A20).

    >>> serial_key("sn–001 ") == serial_key("ＳＮ-001") and serial_key("粤B·12345") == serial_key("粤B 12345")
    True
    """
    return _PLATE.sub(r"\1", _DASHES.sub("-", _BLANKS_AND_DOTS.sub("", serial_number(text))))


def is_web_address(text):
    """Tell whether ``text`` can be opened as a web address; the scheme may be missing."""
    return bool(_WEB_ADDRESS.fullmatch(text))


def keys_typed(text):
    """Return the names of the keys under which somebody who types ``text`` may look for a customer (A17)."""
    keys = ["name_key"] if name_key(text) else []
    if code_key(text):
        keys.append("code_key")
    if phone_key(text) and _DIALLED.fullmatch(half_width(text)):
        keys.append("phone_key")
    if "@" in half_width(text):
        keys.append("email_key")
    return keys
