"""A mail server on loopback: what the company sends arrives there, by SMTP."""

import email.policy
import socket
import threading

import pytest
from aiosmtpd.controller import Controller

COMPANY = "锐达电子有限公司"


class Postbox:
    """What arrived by SMTP, parsed."""

    def __init__(self):
        self.mails = []
        self._lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        with self._lock:
            self.mails.append(
                (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
            )
        return "250 OK"

    def to(self, address, subject=""):
        return [mail for recipients, mail in self.mails if address in recipients and subject in mail["Subject"]]


@pytest.fixture(scope="module")
def postbox(rpc):
    """The mail server with which the company sends; the desk has an address."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    admin = rpc("admin")
    server = admin.call(
        "ir.mail_server",
        "create",
        [
            {
                "name": "Loopback",
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_encryption": "none",
                "sequence": 1,
                "from_filter": "ruida.example.com",
            }
        ],
    )
    company = admin.call("res.company", "search", [["name", "=", COMPANY]])
    domain = admin.call("mail.alias.domain", "search", [["name", "=", "ruida.example.com"]]) or admin.call(
        "mail.alias.domain", "create", [{"name": "ruida.example.com"}]
    )
    admin.call("res.company", "write", company, {"alias_domain_id": domain[0]})
    desk = rpc("director").call("kehu.service.desk", "search", [["alias_name", "=", "tousu"]])
    rpc("director").call("kehu.service.desk", "write", desk, {"alias_domain_id": domain[0]})
    yield box
    controller.stop()
    admin.call("ir.mail_server", "write", server, {"active": False})


def run_job(rpc, *names):
    for name in names:
        cron = rpc("admin").call("ir.model.data", "check_object_reference", *name.split("."))[1]
        rpc("admin").call("ir.cron", "method_direct_trigger", [cron])


def deliver(rpc):
    run_job(rpc, "kehu_complaint.ir_cron_confirm", "mail.ir_cron_mail_scheduler_action")


def text_of(mail):
    return mail.get_body(("html",)).get_content()
