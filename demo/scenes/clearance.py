"""Undertakings and training, one of them to be confirmed by the officer; a new salesperson who would come to read a
confidential customer.
"""

import base64

_PAPER = base64.b64encode("保密承诺书\n".encode())


def play(stage):
    records = stage.env["kehu.clearance.record"]
    confirmed = records.create(
        [
            {
                "user_id": stage["user_gm"].id,
                "kind": "undertaking",
                "date": stage.day(months=-7),
                "file": _PAPER,
                "file_name": "保密承诺书.txt",
            },
            {
                "user_id": stage["user_gm"].id,
                "kind": "training",
                "date": stage.day(months=-7),
                "note": "客户档案保密制度，市场部王志远主讲，考核合格。",
            },
        ]
    )
    confirmed._move("confirm")
    records.create(
        {
            "user_id": stage["user_service"].id,
            "kind": "undertaking",
            "date": stage.day(days=-2),
            "file": _PAPER,
            "file_name": "保密承诺书.txt",
        }
    )
    # Waits for a confidentiality officer.
    archive = stage["archive_yuexing"].with_env(stage.as_user("clerk"))
    archive.with_context(kehu_right_reason="罗明要求更换业务员").user_id = stage["user_sales1"].id
