import { Component, onWillUnmount, useState } from "@odoo/owl";
import { formatDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const MINUTE = 60 * 1000;
const LOOK = {
    late: { colour: "text-bg-danger", icon: "fa-exclamation-triangle" },
    today: { colour: "text-bg-warning", icon: "fa-clock-o" },
    warning: { colour: "text-bg-warning", icon: "fa-clock-o" },
    running: { colour: "text-bg-success", icon: "fa-clock-o" },
    paused: { colour: "text-bg-secondary", icon: "fa-pause" },
};

/** The time left, or past: in hours up to three days, since whole days are rounded down ("1 day" of 47 hours). */
function timeLeft(due, base) {
    const hours = Math.abs(due.diff(base, "hours").hours);
    return due.toRelative({ base, ...(hours >= 24 && hours < 72 && { unit: "hours" }) });
}

/**
 * The clocks of a record: how long is left, how urgent it is, why a clock stands still.
 * Lists show the most urgent one, forms all of them.
 */
export class DeadlineField extends Component {
    static template = "kehu_workflow.DeadlineField";
    static props = { ...standardFieldProps, onlyFirst: { type: Boolean, optional: true } };

    setup() {
        this.action = useService("action");
        this.now = useState({ value: luxon.DateTime.now() });
        const timer = setInterval(() => (this.now.value = luxon.DateTime.now()), MINUTE);
        onWillUnmount(() => clearInterval(timer));
    }

    get clocks() {
        const clocks = this.props.record.data[this.props.name] || [];
        const shown = clocks.map((clock) => this.describe(clock));
        return this.props.onlyFirst ? shown.slice(0, 1) : shown;
    }

    describe(clock) {
        const due = deserializeDateTime(clock.due);
        const state = clock.state !== "paused" && due < this.now.value ? "late" : clock.state;
        const paused = state === "paused";
        return {
            id: clock.id,
            ...LOOK[state],
            name: clock.name,
            label: paused ? _t("paused") : timeLeft(due, this.now.value),
            reason: clock.reason,
            title: paused
                ? _t("%(clock)s: paused. %(reason)s", { clock: clock.name, reason: clock.reason || "" })
                : _t("%(clock)s: due %(date)s", { clock: clock.name, date: formatDateTime(due) }),
        };
    }

    onClick(clock) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: clock.name,
            res_model: "kehu.deadline",
            res_id: clock.id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

export const deadlineField = {
    component: DeadlineField,
    displayName: _t("Clocks"),
    supportedTypes: ["json"],
    extractProps: ({ viewType }) => ({ onlyFirst: viewType !== "form" }),
};

registry.category("fields").add("kehu_deadline", deadlineField);
