from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceDismissalWizard(models.TransientModel):
    """Asks why documents are to be taken out. It holds no right of its own."""

    _name = "kehu.service.dismissal.wizard"
    _description = "Why It Is Taken Out"

    document_model = fields.Char(required=True, readonly=True)
    document_ids = fields.Json(required=True, readonly=True)
    kind = fields.Selection(
        lambda self: self.env["kehu.service.dismissal.mixin"]._fields["kind"]._description_selection(self.env),
        string="Why",
        required=True,
    )
    reason = fields.Text(required=True)
    duplicate_complaint_id = fields.Many2one("kehu.complaint", string="Same As Complaint")
    joinable_complaint_ids = fields.Many2many("kehu.complaint", string="Complaints", compute="_compute_joinable")

    # === COMPUTE ===

    @api.depends("document_model", "document_ids")
    def _compute_joinable(self):
        names = self.env["kehu.service.dismissal.mixin"]._duplicate_fields()
        for wizard in self:
            document = wizard._documents().exists()._filtered_access("read")
            for name in names:
                others = self.env[self._fields[name].comodel_name]
                if len(document) == 1:
                    others = document._search_joinable(others._name)
                wizard[f"joinable_{name.removeprefix('duplicate_')}s"] = others

    # === ACTIONS ===

    @api.model
    def _action_open(self, documents):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose to Take Out"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_document_model": documents._name, "default_document_ids": documents.ids},
        }

    def action_confirm(self):
        """Propose to take out the documents from which the dialog was opened."""
        self.ensure_one()
        documents = self._documents()
        if not documents:
            raise UserError(self.env._("Open this from the complaint or ticket."))
        documents.action_propose_dismissal(
            self.kind,
            self.reason,
            **{
                name.removeprefix("duplicate_"): self[name].id
                for name in self.env["kehu.service.dismissal.mixin"]._duplicate_fields()
                if self[name]
            },
        )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS ===

    def _documents(self):
        ids = self.document_ids if isinstance(self.document_ids, list) else ()
        model = self.env.get(self.document_model)
        if not isinstance(model, self.env.registry["kehu.service.mixin"]) or model._abstract:
            return self.env["kehu.complaint"]
        return model.browse(id_ for id_ in ids if type(id_) is int)  # not True
