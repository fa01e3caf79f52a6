// jsforce OAuth2 with PKCE, unedited: prints an authorize address, reads the address the browser was sent to,
// then exchanges, refreshes and revokes.
import { createInterface } from "node:readline";
import jsforce from "jsforce";

const ready = JSON.parse(process.env.PRACTICE_ORG);
const oauth2 = new jsforce.OAuth2({
  loginUrl: ready.rest_url,
  clientId: ready.client_id,
  redirectUri: ready.redirect_uris[0],
  useVerifier: true,
});
console.log(oauth2.getAuthorizationUrl({ scope: "api refresh_token", state: "s" }));
const lines = createInterface({ input: process.stdin });
const back = new URL((await lines[Symbol.asyncIterator]().next()).value);
lines.close();

const conn = new jsforce.Connection({ oauth2, version: "66.0" });
const user = await conn.authorize(back.searchParams.get("code"));
const first = conn.accessToken;
const seen = { user: user.id, org: user.organizationId, instance: conn.instanceUrl, state: back.searchParams.get("state") };
seen.limits = (await conn.limits()).DailyApiRequests.Max;
const fresh = await oauth2.refreshToken(conn.refreshToken);
seen.fresh = fresh.access_token !== first;
await oauth2.revokeToken(conn.refreshToken);
const revoked = new jsforce.Connection({ instanceUrl: ready.rest_url, accessToken: fresh.access_token, version: "66.0" });
seen.afterRevoke = await revoked.limits().then(
  () => "still works",
  (error) => error.errorCode,
);
console.log(JSON.stringify(seen));
