from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.web.controllers.home import Home


class SuperuserHome(Home):
    @route()
    def switch_to_admin(self):
        """Refuse to make an administrator the system's own user (X3).

        Whatever the system does is neither limited nor noted, as it stands for nobody.

        :raise AccessError: always
        """
        raise AccessError(request.env._("Nobody logs in as the system itself: use your own account."))
