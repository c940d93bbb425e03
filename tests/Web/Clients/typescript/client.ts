// What a TypeScript program makes of the grid's OpenAPI document: every path, body and answer below is checked against it.
//
//     npm ci && npm run generate && npm run check && node client.js http://localhost:5000 [KEY]
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Task = components["schemas"]["TaskSnapshot"];

const [address, key] = process.argv.slice(2);
const grid = createClient<paths>({
  baseUrl: address ?? "http://localhost:5000",
  headers: key ? { Authorization: `Bearer ${key}` } : {},
});

function taken<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }

  return answer.data;
}

const sum: Task = taken(await grid.POST("/api/v1/tasks", {
  body: { task: "add", args: [2, 3], priority: 9, tags: ["from-typescript"] },
  params: { query: { wait: 30 } },
}));
console.log("state", sum.state, sum.result);

const later = taken(await grid.POST("/api/v1/tasks", {
  body: { task: "add", args: { x: 1, y: 1 }, delay: 3600, maxAttempts: 3, backoff: { kind: "fixed", delay: 1 } },
}));
const moved = taken(await grid.PATCH("/api/v1/tasks/{id}", {
  params: { path: { id: later.id } },
  body: { queue: "elsewhere" },
}));
console.log("moved", moved.queue);
const cancelled = taken(await grid.POST("/api/v1/tasks/{id}/cancel", { params: { path: { id: later.id } } }));
console.log("cancel", cancelled.outcome);

const none = await grid.GET("/api/v1/tasks/{id}", { params: { path: { id: "never-submitted" } } });
console.log("none", none.response.status, none.error?.code);

const batch = taken(await grid.POST("/api/v1/tasks/batch", { body: [{ task: "add", args: [1, 2] }, { task: "nobody-runs-it" }] }));
console.log("batch", batch.items.map(item => item.status).join(" "));
const listed = taken(await grid.GET("/api/v1/tasks", { params: { query: { state: "Succeeded", task: "add", limit: 200 } } }));
console.log("listed", listed.items.some(item => item.id === sum.id), listed.scanned > 0);
console.log("queues", taken(await grid.GET("/api/v1/queues")).items.some(queue => queue.queue === "elsewhere"));
console.log("slots", taken(await grid.GET("/api/v1/workers")).items.reduce((sum, worker) => sum + worker.slots, 0) > 0);
