"""The confidentiality tiers 密级 (X1), compared as text everywhere: in Python, in domains and in SQL."""

from dataclasses import dataclass

TIERS = [
    ("0", "Normal"),
    ("1", "Internal"),
    ("2", "Confidential"),
    ("3", "Top secret"),
]
INTERNAL = "1"
CONFIDENTIAL = "2"  # the first tier that hides a record
TOP_SECRET = "3"
MASKING_PARAMETER = "kehu_confidential.masking_tier"
LOWERING_PERMIT = "kehu_lowering_permit"


@dataclass(frozen=True, slots=True, eq=False)
class LoweringPermit:
    """Lets the server lower a tier, as was agreed; it travels in the context, where no client can put an instance of
    this class.
    """


def masking_tier(env):
    """Return the tier from which on a customer's documents are hidden and the name is masked (a system parameter)."""
    tier = env["ir.config_parameter"].sudo().get_param(MASKING_PARAMETER)
    return tier if tier in (CONFIDENTIAL, TOP_SECRET) else TOP_SECRET
