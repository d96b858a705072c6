"""Settings of admissions and grading whose changes are noted (X5)."""

from odoo import api, models

from odoo.addons.kehu_archive.groups import FINANCE

from ...groups import COMMITTEE, GRADING_MANAGER


class AdmissionPaperType(models.Model):
    """What applicants have to show: switched off for a while, it would be missed by nobody."""

    _name = "kehu.admission.paper.type"
    _inherit = ["kehu.admission.paper.type", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"sequence"})


class GradingScheme(models.Model):
    """Whom it grades, when the committee votes, and what new customers get."""

    _name = "kehu.grading.scheme"
    _inherit = ["kehu.grading.scheme", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "sequence", "date_next"})
    _kehu_is_told = False


class GradingSchemeLine(models.Model):
    """What counts how much."""

    _name = "kehu.grading.scheme.line"
    _inherit = ["kehu.grading.scheme.line", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"sequence"})
    _kehu_is_told = False


class GradingIndicator(models.Model):
    """What is measured."""

    _name = "kehu.grading.indicator"
    _inherit = ["kehu.grading.indicator", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"sequence"})
    _kehu_is_told = False


class GradingBand(models.Model):
    _name = "kehu.grading.band"
    _inherit = ["kehu.grading.band", "kehu.watched.settings"]

    _kehu_is_told = False


class GradingThreshold(models.Model):
    _name = "kehu.grading.threshold"
    _inherit = ["kehu.grading.threshold", "kehu.watched.settings"]

    _kehu_is_told = False


class PaymentTerm(models.Model):
    """What customers get with their grade: the decision names the terms, not the days (G7)."""

    _name = "account.payment.term"
    _inherit = ["account.payment.term", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"note", "sequence"})
    _kehu_is_told = False


class PaymentTermLine(models.Model):
    _name = "account.payment.term.line"
    _inherit = ["account.payment.term.line", "kehu.watched.settings"]

    _kehu_is_told = False


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _kehu_noted_groups(self):
        """Who grades, votes and sets limits of credit."""
        return (
            *super()._kehu_noted_groups(),
            GRADING_MANAGER,
            COMMITTEE,
            FINANCE,
        )
