// Who looks at the pages, and what they may do: what they can't, they are not shown.
import { get } from "./api.js";

const lets = {
  submit: ["submit", "admin"],
  read: ["read", "operate", "admin"],
  operate: ["operate", "admin"],
  admin: ["admin"],
};

export let me = { name: "", roles: [], queues: [], tasks: [], signedIn: false, links: {} };

export async function loadMe() {
  me = await get("/me");
}

export const can = (role) => lets[role].some((one) => me.roles.includes(one));

/** Whether what concerns the grid as a whole is shown to them. */
export const seesAll = () => me.queues.length === 0 && me.tasks.length === 0;

/** What a curl command needs besides, so that it works when it is pasted. */
export const curlKey = () => (me.signedIn ? ` -H "Authorization: Bearer $KEY"` : "");
