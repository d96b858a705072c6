import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Why a score is what it is: a bar for each indicator, with its value, points and weight, and the sentence that explains them. */
export class BreakdownField extends Component {
    static template = "kehu_grading.BreakdownField";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    get total() {
        return this.format(this.rows.reduce((sum, row) => sum + row.adds, 0));
    }

    format(figure) {
        return figure === null ? "–" : formatFloat(figure, { digits: [16, 1] });
    }
}

registry.category("fields").add("kehu_breakdown", {
    component: BreakdownField,
    displayName: _t("Breakdown of a Score"),
    supportedTypes: ["json"],
});
