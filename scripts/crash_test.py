"""The two halves of crash-test.sh: `load` fires the requests and kills the server, `check` looks what is left."""

import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlparse

BASE = urlparse(os.environ["CRASH_BASE"])
WORK = Path(os.environ["CRASH_WORK"])
RUN = os.environ["CRASH_RUN"]
REQUESTS = int(os.environ["REQUESTS"])
ACKNOWLEDGED = WORK / "acknowledged.json"


def call(method, path, token=None, body=None, headers=None, timeout=30):
    """One request on a connection of its own: (status, headers, body)."""
    connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=timeout)
    sent = {"Accept": "application/json", **(headers or {})}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    data = None
    if body is not None:
        data = json.dumps(body)
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def get(path, token=None):
    status, _, body = call("GET", path, token)
    if status != 200:
        fail(f"GET {path} answered {status}: {body[:300]!r}")
    return json.loads(body)


def sign_in():
    credentials = {"email": os.environ["CRASH_EMAIL"], "password": os.environ["CRASH_PASSWORD"]}
    status, _, body = call("POST", "/api/admin/auth/login", body=credentials)
    if status != 200:
        fail(f"sign-in answered {status}: {body[:300]!r}")
    return json.loads(body)["accessToken"]


def subdomain(number):
    return f"crash-{RUN}-{number:04}"


def owner_email(number):
    return f"owner-{RUN}-{number:04}@crash.example"


def create(token, number):
    body = {
        "name": f"Crash {number}",
        "subdomain": subdomain(number),
        "plan": "PROFESSIONAL",
        "owner": {"firstName": "Jo", "lastName": "Crash", "email": owner_email(number)},
    }
    return call("POST", "/api/admin/tenants", token, body, {"Idempotency-Key": f"{RUN}-{number}"})


def fail(message):
    print(f"FAILED: {message}", file=sys.stderr)
    sys.exit(1)


def load():
    token = sign_in()
    acknowledged, refused, lock = {}, [], threading.Lock()
    barrier = threading.Barrier(REQUESTS)

    def fire(number):
        barrier.wait()
        # Overload may answer 503, which acknowledges nothing; a client tries again.
        for _ in range(100):
            try:
                status, _, body = create(token, number)
            except (OSError, http.client.HTTPException):
                return  # The server is dead; whether this one counts is unknown, as for a real client.
            if status == 201:
                with lock:
                    acknowledged[number] = body.decode()
                    if len(acknowledged) == int(os.environ["KILL_AFTER"]):
                        os.kill(int(os.environ["CRASH_PID"]), signal.SIGKILL)
                return
            if status != 503:
                refused.append((number, status, body[:300]))
                return
            time.sleep(0.05)

    with ThreadPoolExecutor(REQUESTS) as pool:
        list(pool.map(fire, range(REQUESTS)))
    if refused:
        fail(f"refused: {refused[:3]}")
    ACKNOWLEDGED.write_text(json.dumps(acknowledged))
    print(f"   {len(acknowledged)} acknowledged when the server died")
    if not int(os.environ["KILL_AFTER"]) <= len(acknowledged) < REQUESTS:
        fail("the server was not killed in the middle; try another KILL_AFTER")


def check():
    token = sign_in()
    acknowledged = {int(number): body for number, body in json.loads(ACKNOWLEDGED.read_text()).items()}
    for number, body in acknowledged.items():
        there = get(f"/api/admin/tenants/by-subdomain/{subdomain(number)}", token)["tenant"]
        if there["id"] != json.loads(body)["tenant"]["id"]:
            fail(f"tenant {number} is there with another id")
    print(f"   all {len(acknowledged)} acknowledged tenants are there")
    tenants = repeat_all(token, acknowledged)
    check_tenants(token, tenants)
    check_audit(token, tenants)
    check_mailbox()
    check_outbox(tenants)


def repeat_all(token, acknowledged):
    """Sends everything again with its key; waits for keys that died in flight until their lease has ended."""
    deadline = time.monotonic() + 180

    def again(number):
        while True:
            status, headers, body = create(token, number)
            if status == 201:
                replayed = headers.get("idempotent-replayed") == "true"
                return number, body.decode(), replayed
            if status not in (409, 503) or time.monotonic() > deadline:
                fail(f"repeating {number} answered {status}: {body[:300]!r}")
            time.sleep(min(float(headers.get("retry-after", "1")), 5))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(again, range(REQUESTS)))
    replays = 0
    for number, body, replayed in answers:
        replays += replayed
        if number in acknowledged and not (replayed and body == acknowledged[number]):
            fail(f"repeating the acknowledged {number} did not give its first answer again")
    print(f"   {REQUESTS} requests repeated: {replays} had their first answer again, {REQUESTS - replays} were done now")
    return {json.loads(body)["tenant"]["id"]: number for number, body, _ in answers}


def check_tenants(token, tenants):
    listed = get(f"/api/admin/tenants?search=crash-{RUN}-&limit=500", token)
    found = {tenant["id"] for tenant in listed["tenants"]}
    if len(tenants) != REQUESTS or (REQUESTS <= 500 and found != set(tenants)):
        fail(f"{REQUESTS} keys made {len(found)} tenants")
    print(f"   {REQUESTS} keys made {REQUESTS} tenants")


def check_audit(token, tenants):
    def entries(tenant):
        logs = get(f"/api/admin/audit-logs?action=TENANT_CREATED&tenantId={tenant}", token)
        return tenant, logs["pagination"]["total"]

    with ThreadPoolExecutor(10) as pool:
        wrong = [(tenant, count) for tenant, count in pool.map(entries, tenants) if count != 1]
    if wrong:
        fail(f"tenants without exactly one TENANT_CREATED entry: {wrong[:3]}")
    for _ in range(50):
        verdict = get("/api/admin/audit-logs/verify", token)
        if verdict["verified"] and verdict["checked"] >= REQUESTS:
            print(f"   each has its TENANT_CREATED entry; the chain of {verdict['checked']} entries verifies")
            return
        time.sleep(0.2)  # The sealer follows within a second.
    fail(f"the audit chain does not verify: {verdict}")


def check_mailbox():
    """One invitation each; events that the dead server had in hand come back when their lease has ended."""
    wanted = {owner_email(number) for number in range(REQUESTS)}
    deadline = time.monotonic() + 90
    while True:
        messages = [message["to"] for message in get("/dev/mailbox")["messages"] if message["to"] in wanted]
        if len(set(messages)) == min(len(wanted), 500):
            break
        if time.monotonic() > deadline:
            fail(f"{len(wanted) - len(set(messages))} invitations never came")
        time.sleep(0.5)
    if len(messages) != len(set(messages)):
        fail("an invitation came twice")
    print(f"   each owner has one invitation ({len(messages)})")


def check_outbox(tenants):
    rows = run("SELECT subject, count(*) FROM outbox WHERE kind = 'tenant.created.v1' GROUP BY subject")
    if rows is None:
        print("   (no psql here: the outbox itself was not looked into)")
        return
    ours = {subject: int(count) for subject, count in rows if subject in tenants}
    if set(ours) != set(tenants) or any(count != 1 for count in ours.values()):
        fail("a tenant without exactly one event")
    print(f"   each has one event ({len(ours)})")


def run(query):
    """The rows, or None where there is no client."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite://"):
        database = sqlite3.connect(url.removeprefix("sqlite://"), timeout=10)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()
    if not shutil.which("psql"):
        return None
    out = subprocess.run(["psql", "-XAtF", "\t", url, "-c", query], check=True, capture_output=True, text=True).stdout
    return [re.split("\t", line) for line in out.splitlines()]


if __name__ == "__main__":
    {"load": load, "check": check}[sys.argv[1]]()
