from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request


class EvaluationWorkbook(http.Controller):
    @http.route("/kehu_grading/evaluations.xlsx", type="http", auth="user")
    def evaluations(self, ids):
        """Hand out the evaluation sheets as a workbook, as far as the user may take them away.

        :param ids: ids of evaluations, separated by commas
        """
        try:
            evaluations = request.env["kehu.evaluation"].browse(int(id_) for id_ in ids.split(",")).exists()
        except ValueError as error:
            raise NotFound() from error
        content = evaluations._workbook()
        return request.make_response(
            content,
            [
                ("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                ("Content-Disposition", content_disposition(request.env._("Evaluation Sheets") + ".xlsx")),
            ],
        )
