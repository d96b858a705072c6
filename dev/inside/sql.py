"""Executes SQL for ./kehu, which itself has no database driver.

Reads {"connection": …, "statements": [[text, parameters], …]} from standard input, each statement commits by itself;
prints {"rows": the last statement's rows} or {"error": message, "code": SQLSTATE or null}.
"""

import json
import sys

import psycopg2

request = json.load(sys.stdin)
rows = []
try:
    connection = psycopg2.connect(connect_timeout=10, **request["connection"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement, parameters in request["statements"]:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall() if cursor.description else []
    answer = {"rows": rows}
except psycopg2.Error as error:
    answer = {"error": str(error).strip(), "code": error.pgcode}
print(json.dumps(answer, default=str))
