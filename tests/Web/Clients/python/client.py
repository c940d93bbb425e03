"""Everything that a program needs of the grid, with Python's standard library alone.

    python3 client.py http://localhost:5000 [KEY]
"""
import json
import sys
import urllib.error
import urllib.request


class Grid:
    """A grid, by its address and the key of whoever asks."""

    def __init__(self, address, key=None):
        self.address = address.rstrip("/") + "/api/v1"
        self.headers = {"Content-Type": "application/json"}
        if key:
            self.headers["Authorization"] = "Bearer " + key

    def ask(self, method, path, body=None, **headers):
        """Returns what was answered; a refusal is raised as a Refused."""
        data = None if body is None else json.dumps(body).encode()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, data, {**self.headers, **more}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                text = response.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.loads(error.read())) from None

    def submit(self, task, *args, key=None, **options):
        headers = {"Idempotency_Key": key} if key else {}
        return self.ask("POST", "/tasks", {"task": task, "args": list(args), **options}, **headers)

    def result(self, task_id, wait=30):
        return self.ask("GET", f"/tasks/{task_id}/result?wait={wait}")


class Refused(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status} {problem['code']}: {problem['detail']}")
        self.status, self.problem = status, problem


def main(address, key=None):
    grid = Grid(address, key)

    task = grid.submit("add", 2, 3)
    print("result", grid.result(task["id"]))

    first = grid.submit("add", 4, 5, key="python-1")
    again = grid.submit("add", 4, 5, key="python-1")
    print("same", first["id"] == again["id"])

    later = grid.submit("add", 1, 1, delay=3600, tags=["from-python"])
    print("state", later["state"])
    print("cancel", grid.ask("POST", f"/tasks/{later['id']}/cancel")["outcome"])
    try:
        grid.result(later["id"])
    except Refused as refused:
        print("refused", refused.status, refused.problem["code"])

    batch = grid.ask("POST", "/tasks/batch", [{"task": "add", "args": [i, i]} for i in range(3)] + [{"task": "nobody-runs-it"}])
    print("batch", [item["status"] for item in batch["items"]])
    print("results", [grid.result(item["task"]["id"]) for item in batch["items"][:3]])
    found = grid.ask("GET", "/tasks?state=Cancelled&tag=from-python&limit=1")
    print("list", found["items"][0]["id"] == later["id"])
    print("queues", "default" in [queue["queue"] for queue in grid.ask("GET", "/queues")["items"]])


if __name__ == "__main__":
    main(*sys.argv[1:])
