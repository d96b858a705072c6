import { Dialog } from "@web/core/dialog/dialog";
import { patch } from "@web/core/utils/patch";

/**
 * A dialog stays until the page below it has been read anew. Odoo removes it at once when it is dismissed a second time
 * meanwhile: a user who then leaves the page stops that reading, and the action service waits for it for ever, with no
 * row of a list to be opened until the page is reloaded. So a dialog that is being dismissed is not dismissed again.
 */
patch(Dialog.prototype, {
    async dismiss() {
        if (this.isBeingDismissed) {
            return;
        }
        this.isBeingDismissed = true;
        try {
            return await super.dismiss();
        } finally {
            this.isBeingDismissed = false;
        }
    },
});
