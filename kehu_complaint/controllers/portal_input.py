"""What customers type and upload in the portal is looked at before it is kept (C1, C7)."""

from pathlib import PurePath

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

LONGEST_LINE, LONGEST_TEXT = 200, 20_000
MOST_FILES, LARGEST_FILE = 10, 10 * 1024 * 1024
FILE_KINDS = (
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".webp",
    ".heic",
    ".bmp",
    ".mp4",
    ".mov",
    ".mp3",
    ".m4a",
    ".amr",
    ".aac",
    ".wav",
    ".zip",
    ".rar",
    ".7z",
    ".ofd",
    ".pdf",
    ".txt",
    ".csv",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".ppt",
    ".pptx",
    ".wps",
    ".et",
)
# Whatever they are called, these are run or rendered by who opens them.
DANGEROUS = (
    "text/html",
    "application/xhtml+xml",
    "image/svg+xml",
    "text/xml",
    "application/xml",
    "application/x-dosexec",
)
MOST_MESSAGES = 30  # in an hour


def read_text(text, longest):
    """Return what a customer typed, without outer blanks.

    :param longest: in characters
    :raise ValidationError: it is too long
    """
    text = (text or "").replace("\x00", "").strip()
    if len(text) > longest:
        raise ValidationError(request.env._("That is too long: at most %s characters, please.", longest))
    return text


def read_files():
    """Return the uploaded files as ``[(name, content)]``.

    :raise ValidationError: there are too many, or one is too large or of a kind that is not taken
    """
    uploads = [upload for upload in request.httprequest.files.getlist("files") if upload.filename]
    if len(uploads) > MOST_FILES:
        raise ValidationError(request.env._("At most %s files at once, please.", MOST_FILES))
    files = []
    for upload in uploads:
        name, content = PurePath(upload.filename.replace("\\", "/")).name, upload.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ValidationError(
                request.env._(
                    "“%(name)s” is too large: at most %(size)s MB, please.", name=name, size=LARGEST_FILE // 1024**2
                )
            )
        if not name.lower().endswith(FILE_KINDS) or guess_mimetype(content) in DANGEROUS:
            raise ValidationError(
                request.env._("“%s” is not taken: send photos, videos, PDF or office documents.", name)
            )
        files.append((name, content))
    return request.env["kehu.service.mixin"]._service_veil_files(files)


def check_pace(document):
    """Refuse another message on the document within the hour.

    :raise ValidationError: the customer, or a machine, writes faster than people do
    """
    since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
    if (
        document.env["mail.message"].search_count(
            [
                ("model", "=", document._name),
                ("res_id", "=", document.id),
                ("create_date", ">=", since),
                ("message_type", "in", ("comment", "email")),
            ]
        )
        >= MOST_MESSAGES
    ):
        raise ValidationError(request.env._("That is a lot at once: wait an hour, or call us."))
