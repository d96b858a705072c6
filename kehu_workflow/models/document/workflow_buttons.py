from lxml.builder import E

from odoo import api, models


class WorkflowButtons(models.AbstractModel):
    """Buttons, status bar and history of every view, from the declared moves.

    They only offer what the server would accept; it decides again when they are pressed.
    """

    _inherit = "kehu.workflow.mixin"

    # States always shown in the status bar; others appear when they are the present one.
    _workflow_statusbar = ()

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and arch.find(".//sheet") is not None:
            self._workflow_add_header(arch)
            self._workflow_add_history(arch)
        elif view_type == "list":
            self._workflow_add_batch_buttons(arch)
        return arch, view

    @api.model
    def _workflow_add_header(self, arch):
        header = arch.find("header")
        if header is None:
            header = E.header()
            arch.insert(0, header)
        # What the view itself calls its main action stands first.
        first = sum("btn-primary" in button.get("class", "") for button in header.findall("button"))
        moves = [move for move in self._workflow_move_map().values() if move.is_for_people]
        main = moves[0] if moves and not self._workflow_is_back(moves[0]) else None
        # Steps back stand after the steps on: a phone shows the first button alone.
        moves.sort(key=self._workflow_is_back)
        for index, move in enumerate(moves):
            button = self._workflow_button(move)
            button.set("invisible", f"not id or '{move.name}' not in (workflow_moves or [])")
            button.set("class", "btn-primary" if move is main else "btn-secondary")
            if self._workflow_as_shown:
                button.set("context", "{'kehu_shown_on': write_date}")
            header.insert(first + index, button)
        if moves:
            explain = E.button(name="action_workflow_explain", type="object", string=self.env._("Why can't I?"))
            explain.set("class", "btn-link")
            explain.set("invisible", "not id")
            header.insert(first + len(moves), explain)
        header.append(E.field(name="workflow_moves", invisible="1"))
        if self._workflow_as_shown:
            header.append(E.field(name="write_date", invisible="1"))
        if arch.find(".//header/field[@name='state']") is None:
            statusbar = E.field(name="state", widget="statusbar", readonly="1")
            if self._workflow_statusbar:
                statusbar.set("statusbar_visible", ",".join(self._workflow_statusbar))
            header.append(statusbar)

    @api.model
    def _workflow_is_back(self, move):
        """Return whether a move leads back: a reason is needed, or an earlier state follows."""
        states = self._fields["state"].get_values(self.env)
        return move.reason or states.index(move.target) < min(map(states.index, move.source), default=0)

    @api.model
    def _workflow_add_history(self, arch):
        if arch.find(".//field[@name='workflow_log_ids']") is not None:
            return
        history = E.field(
            E.list(
                E.field(name="date"),
                E.field(name="user_id"),
                E.field(name="move_label"),
                E.field(name="state_from_label"),
                E.field(name="state_to_label"),
                E.field(name="reason"),
            ),
            name="workflow_log_ids",
            readonly="1",
            invisible="not workflow_log_ids",
            nolabel="1",
            colspan="2",
        )
        self._workflow_history_page(arch).append(history)

    @api.model
    def _workflow_history_page(self, arch):
        """The notebook page of the form on which histories are shown; made if it is missing."""
        page = arch.find(".//page[@name='workflow_history']")
        if page is None:
            notebook = arch.find(".//notebook")
            if notebook is None:
                notebook = E.notebook()
                arch.find(".//sheet").append(notebook)
            page = E.page(name="workflow_history", string=self.env._("History"))
            page.set("invisible", "not id")
            notebook.append(page)
        return page

    @api.model
    def _workflow_add_batch_buttons(self, arch):
        moves = [move for move in self._workflow_move_map().values() if move.batch and move.is_for_people]
        if not moves:
            return
        header = arch.find("header")
        if header is None:
            header = E.header()
            arch.insert(0, header)
        for move in moves:
            header.append(self._workflow_button(move))

    @api.model
    def _workflow_button(self, move):
        button = E.button(
            name="action_workflow_move",
            type="object",
            args=f'["{move.name}"]',
            string=self._workflow_label(move),
        )
        if move.groups and not move.roles:
            button.set("groups", ",".join(move.groups))
        if move.confirm:
            button.set("confirm", self.env._(move.confirm))  # pylint: disable=gettext-variable
        return button
