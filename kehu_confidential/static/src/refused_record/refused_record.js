import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * The refusal to show a record offers to ask for access to its customer. It is a notification: the client closes dialogs
 * when it goes back to the list.
 */
export function refusedRecordHandler(env, error, originalError) {
    const met = originalError instanceof RPCError && originalError.data?.context?.kehu_access_request;
    if (!met) {
        return false;
    }
    error.unhandledRejectionEvent?.preventDefault();
    const close = env.services.notification.add(
        _t("You may not read this record. If you need it for your work, ask for access."),
        {
            type: "warning",
            sticky: true,
            buttons: [
                {
                    name: _t("Ask for Access"),
                    primary: true,
                    onClick: () => {
                        close();
                        env.services.action.doAction("kehu_confidential.kehu_access_request_action_ask", {
                            additionalContext: met,
                        });
                    },
                },
            ],
        }
    );
    return true;
}

registry.category("error_handlers").add("kehuRefusedRecordHandler", refusedRecordHandler, { sequence: 90 });
