"""The three ways into Odoo from outside: XML-RPC, JSON-2 with an API key, and the session of the web client.

All of them raise `RemoteError` when the server refuses, so that one test can try a refusal on every route.
"""

import http.cookiejar
import itertools
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import xmlrpc.client
from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    url: str
    database: str


class RemoteError(Exception):
    """The server refused: `kind` is the exception's name there (may be empty), `str(error)` its message to the user."""

    def __init__(self, message, kind=""):
        super().__init__(message)
        self.kind = kind


class XmlRpcClient:
    def __init__(self, server, login, password):
        self._server, self._password = server, password
        common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common", allow_none=True)
        self.uid = common.authenticate(server.database, login, password, {})
        if not self.uid:
            raise RemoteError(f"XML-RPC: {login} cannot log in.", "AccessDenied")

    def call(self, model, method, *args, **kwargs):
        # One connection a call: a ServerProxy is not for several threads, and tests press buttons at once.
        models = xmlrpc.client.ServerProxy(f"{self._server.url}/xmlrpc/2/object", allow_none=True)
        try:
            return models.execute_kw(self._server.database, self.uid, self._password, model, method, args, kwargs)
        except xmlrpc.client.Fault as fault:
            raise RemoteError(fault.faultString, str(fault.faultCode)) from None


class Json2Client:
    def __init__(self, server, api_key):
        self._server, self._api_key = server, api_key

    def call(self, model, method, ids=(), **kwargs):
        request = urllib.request.Request(
            f"{self._server.url}/json/2/{model}/{method}",
            data=json.dumps({"ids": list(ids), **kwargs}).encode(),
            headers={
                "Authorization": f"bearer {self._api_key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self._server.database,
            },
        )
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            body = error.read().decode()
            try:
                answer = json.loads(body)
            except ValueError:
                answer = {"message": body, "name": str(error.code)}
            raise RemoteError(answer.get("message", body), answer.get("name", "").rpartition(".")[2]) from None


class WebSession:
    def __init__(self, server, login, password):
        self._server, self._password = server, password
        self._counter = itertools.count(1)
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.info = self._json("/web/session/authenticate", db=server.database, login=login, password=password)
        if not self.info.get("uid"):
            raise RemoteError(f"Web: {login} cannot log in.", "AccessDenied")
        self.uid = self.info["uid"]

    def call(self, model, method, *args, **kwargs):
        return self._json(
            f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs
        )

    def get(self, path):
        """Returns (status, body as bytes); a refusal is a status, not an exception."""
        return self._send(urllib.request.Request(self._server.url + path))

    def post(self, path, **fields):
        """Posts a form with the session's CSRF token. Returns (status, body as bytes)."""
        fields["csrf_token"] = self._csrf_token()
        return self._send(urllib.request.Request(self._server.url + path, urllib.parse.urlencode(fields).encode()))

    def make_api_key(self):
        """A key for JSON-2, made the way a user does it: the dialog asks for the password first."""
        wizard = self.call("res.users.apikeys.description", "create", [{"name": "tests", "duration": "1"}])
        action = self.call("res.users.apikeys.description", "make_key", wizard)
        if action.get("res_model") == "res.users.identitycheck":
            action = self.call(
                "res.users.identitycheck", "run_check", [action["res_id"]], context={"password": self._password}
            )
        return action["context"]["default_key"]

    def _csrf_token(self):
        _status, page = self.get("/odoo")
        return re.search(r'csrf_token: "(\w+)"', page.decode()).group(1)

    def _send(self, request):
        try:
            with self._opener.open(request) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def _json(self, path, **params):
        request = urllib.request.Request(
            self._server.url + path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "id": next(self._counter), "params": params}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with self._opener.open(request) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data", {})
            raise RemoteError(
                data.get("message") or answer["error"]["message"], data.get("name", "").rpartition(".")[2]
            )
        return answer.get("result")
