import { toRaw } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";

patch(Record.prototype, {
    /** Names the fields that are missing; Odoo only says that some are. */
    _displayInvalidFieldNotification() {
        const labels = [...toRaw(this._invalidFields)].map((name) => this.fields[name]?.string).filter(Boolean);
        if (!labels.length) {
            return super._displayInvalidFieldNotification();
        }
        return this.model.notification.add(labels.join(", "), {
            title: _t("Missing required fields"),
            type: "danger",
        });
    },
});
