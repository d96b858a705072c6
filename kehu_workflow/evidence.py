"""What may be done to rows that are kept as evidence, past the guard of ``kehu.evidence.mixin``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class MergePermit:
    """Lets the server carry the history of documents to the one with which they are merged, and delete them (A14).

    It travels in the context, where no client can put an instance of this class.
    """

    model: str
    gone: frozenset[int]
    stays: int

    def deletes(self, records) -> bool:
        """Whether the records may be deleted: all that they leave behind was carried over."""
        return records._name == self.model and self.gone.issuperset(records._ids)

    def carries(self, rows, values) -> bool:
        """Whether ``values`` only move rows about a document that goes to the document that stays."""
        return values == {"res_id": self.stays} and all(
            row.res_model == self.model and row.res_id in self.gone for row in rows.sudo()
        )
