"""Runs the clients in Python: a question is a line of JSON, and so is what the client understood.

It runs in the environment of the clients, and imports nothing of the product.
"""

import json
import sys
import traceback
from importlib import import_module

for line in sys.stdin:
    question = json.loads(line)
    try:
        client = import_module(question.pop("client"))
        answer = {"understood": client.read(**question)}
    except Exception:  # noqa: BLE001 - whatever it is, who asked shall read it
        answer = {"failed": traceback.format_exc()}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
