from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import LazyTranslate, hmac

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move, Turn

from ..archive.archive import MANAGERS

_lt = LazyTranslate(__name__)

RUN = "kehu_archive_import"  # the key of the context under which archives come to belong to an import


@dataclass(frozen=True, slots=True, eq=False)
class ImportPermit:
    """Says to which import new archives belong; no client can put an instance into its context."""

    import_id: int


class ArchiveImport(models.Model):
    """The archives that came in with one file, in however many batches (A24).

    Until the import is kept they have no number. Archives of an old register carry its number, filing date and status,
    which take force with the approval of the whole import. Nobody but the server writes it.
    """

    _name = "kehu.archive.import"
    _description = "Import of Archives"
    _inherit = ["kehu.turn.mixin", "kehu.approval.mixin", "kehu.server.rows.mixin"]
    _order = "id desc"
    _evidence_refusal = _lt("This import was decided once and is kept:")

    _workflow_moves = (
        Move(
            "submit",
            _lt("Ask for Take-Over"),
            source=("draft",),
            target="pending",
            groups=MANAGERS,
            access="read",
            approval="takeover",
        ),
        Move(
            "keep",
            _lt("Keep"),
            source=("draft",),
            target="kept",
            groups=MANAGERS,
            roles=("user_id",),
            access="read",
            after="_after_keep",
            confirm=_lt("The archives get their numbers, and the import cannot be undone any more."),
        ),
        Move("take", _lt("Take Over"), source=("pending",), target="taken", granted="takeover", after="_after_take"),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="takeover"),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=("pending",),
            target="draft",
            roles=("approval_requester",),
            access="read",
            reason=True,
        ),
    )
    _workflow_turns = (
        Turn(
            "check",
            ("draft",),
            "user_id",
            _lt("Check what was imported, then keep it, undo it or ask for its take-over"),
            reminds_actor=True,
        ),
    )
    _workflow_statusbar = ("draft", "pending", "taken")
    _approval_kinds = (ApprovalKind("takeover", _lt("Take-over of an old register"), watched=("rows_digest",)),)

    name = fields.Char(string="File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users", string="Imported By", required=True, readonly=True, default=lambda self: self.env.user
    )
    dialog = fields.Integer(readonly=True, index=True, help="The upload from which all batches come.")
    archive_ids = fields.One2many(
        "kehu.archive", "import_id", string="Archives", readonly=True, context={"active_test": False}
    )
    archive_count = fields.Integer(string="Number of Archives", compute="_compute_counts")
    taken_count = fields.Integer(string="With Old Register", compute="_compute_counts")
    rows_digest = fields.Char(
        string="Archives as Submitted",
        compute="_compute_rows_digest",
        help="Another one as soon as an archive, or what it carries from the old register, is another one.",
    )
    state = fields.Selection(
        [
            ("draft", "Being checked"),
            ("pending", "Under approval"),
            ("taken", "Taken over"),
            ("kept", "Kept"),
            ("undone", "Undone"),
        ],
        default="draft",
    )

    # === COMPUTE ===

    @api.depends("archive_ids.taken_state")
    def _compute_counts(self):
        # Superuser: the number alone names no customer.
        groups = (
            self.env["kehu.archive"]
            .sudo()
            .with_context(active_test=False)
            ._read_group([("import_id", "in", self.ids)], ["import_id", "taken_state"], ["__count"])
        )
        for run in self:
            counts = [(state, count) for other, state, count in groups if other.id == run.id]
            run.archive_count = sum(count for _state, count in counts)
            run.taken_count = sum(count for state, count in counts if state)

    @api.depends(
        "archive_ids.partner_id.name",
        "archive_ids.partner_id.vat",
        "archive_ids.taken_number",
        "archive_ids.taken_date",
        "archive_ids.taken_state",
    )
    def _compute_rows_digest(self):
        for run in self:
            rows = [
                (a.id, a.name, a.vat, a.taken_number, str(a.taken_date), a.taken_state)
                for a in run.sudo()._get_archives().sorted("id")
            ]
            # With the secret of the database: who may not read a row tries no names and codes until it fits.
            run.rows_digest = hmac(self.env(su=True), "kehu_archive_import_rows", repr(rows))

    # === BUSINESS ===

    @api.model
    def _of_dialog(self, dialog):
        """Return the import to which the batches of an upload belong, in sudo; make it for the first one."""
        runs = self.sudo()
        return runs.search(
            [("dialog", "=", dialog.id), ("user_id", "=", self.env.uid), ("state", "=", "draft")], limit=1
        ) or runs.create({"name": dialog.file_name or "?", "dialog": dialog.id})

    def _get_archives(self):
        return self.env["kehu.archive"].sudo().with_context(active_test=False).search([("import_id", "in", self.ids)])

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        for run in self:
            if move.name == "submit" and not run.taken_count:
                blockers[run.id].append(
                    self.env._("No archive carries a number, a filing date or a status of an old register: keep them.")
                )
            if move.name == "keep" and run.taken_count:
                blockers[run.id].append(
                    self.env._("Archives of an old register are taken over with an approval: ask for it.")
                )
        return blockers

    def _after_keep(self):
        self._get_archives()._draw_missing_numbers()

    def _after_take(self):
        archives = self._get_archives()
        archives.filtered("taken_state")._take_over()
        archives._draw_missing_numbers()
