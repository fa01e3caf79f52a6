// jsforce, unedited, against the practice org: prints one JSON object with what each call gave.
import jsforce from "jsforce";

const ready = JSON.parse(process.env.PRACTICE_ORG);
const conn = new jsforce.Connection({
  instanceUrl: ready.rest_url,
  accessToken: ready.access_token,
  version: "66.0",
});
const seen = {};

const identity = await conn.identity();
seen.identity = { user: identity.user_id, org: identity.organization_id };
const info = await conn.request("/services/oauth2/userinfo");
seen.userinfo = { user: info.user_id, org: info.organization_id, name: info.preferred_username };
seen.oldUser = (await conn.request(`/services/data/v51.0/sobjects/User/${info.user_id}`)).Username;
seen.orgId = (await conn.query("SELECT Id, Name, IsSandbox FROM Organization")).records[0].Id;
const columns = await conn.request(`/services/data/v66.0/query?q=${encodeURIComponent("SELECT Id, Owner.Name FROM Lead")}&columns=true`);
seen.columns = columns.columnMetadata.map((one) => one.columnName);

const page = await conn.query("SELECT Id, Name FROM Contact ORDER BY Id", { headers: { "Sforce-Query-Options": "batchSize=200" } });
let rows = page.records.length;
let next = page;
while (!next.done) {
  next = await conn.queryMore(next.nextRecordsUrl);
  rows += next.records.length;
}
seen.paging = { total: page.totalSize, rows };

seen.objects = (await conn.describeGlobal()).sobjects.map((one) => one.name);
seen.taskFields = (await conn.sobject("Task").describe()).fields.length;
seen.limits = (await conn.limits()).DailyApiRequests.Max;
seen.usage = conn.limitInfo.apiUsage.limit;

const lead = await conn.sobject("Lead").create({ LastName: "Kim", Company: "A", Email: "k@a.example", Phone: "1" });
const task = await conn.sobject("Task").create({ Subject: "Call", WhoId: lead.id, TaskSubtype: "Call" });
await conn.sobject("Task").update({ Id: task.id, Status: "Completed" });
seen.closed = (await conn.sobject("Task").retrieve(task.id)).IsClosed;
const upserted = await conn.sobject("Task").upsert({ CD_Op_Id__c: "jsforce-1", Subject: "once" }, "CD_Op_Id__c");
seen.upserted = upserted.success;
const many = await conn.sobject("Task").create([{ Subject: "a" }, { Subject: "b" }]);
seen.many = many.map((one) => one.success);
const gone = await conn.sobject("Task").destroy([task.id, ...many.map((one) => one.id)]);
seen.gone = gone.map((one) => one.success);
seen.missing = await conn.sobject("Task").retrieve(task.id).catch((error) => error.errorCode);

const base = "/services/data/v66.0";
seen.actions = (await conn.request(`${base}/actions/standard`)).actions.map((one) => one.name);
seen.inputs = (await conn.request(`${base}/actions/standard/assignTargetToSalesCadence`)).inputs.map((one) => one.name);
const cadence = (await conn.query("SELECT Id FROM ActionCadence WHERE State = 'Active' AND Type = 'Standard' LIMIT 1")).records[0].Id;
const act = (inputs) => conn.requestPost(`${base}/actions/standard/assignTargetToSalesCadence`, { inputs });
seen.assigned = await act([{ targetId: lead.id, salesCadenceNameOrId: cadence }]);
seen.refused = await act([{ targetId: lead.id, salesCadenceNameOrId: "none" }]).catch((error) => ({ code: error.errorCode, text: error.message }));

seen.queryError = await conn.query("SELECT Nothing FROM Lead").catch((error) => error.errorCode);
const composite = await conn.requestPost(`${base}/composite`, {
  compositeRequest: [{ method: "GET", url: `${base}/limits`, referenceId: "one" }],
});
seen.composite = composite.compositeResponse[0].httpStatusCode;
const batch = await conn.requestPost(`${base}/composite/batch`, { batchRequests: [{ method: "GET", url: "v66.0/limits" }] });
seen.batch = batch.results[0].statusCode;
seen.search = (await conn.search("FIND {Kim} RETURNING Lead(Id, Name)")).searchRecords.length;
seen.recent = Array.isArray(await conn.recent("Task", 5));

let refreshed = 0;
const stale = new jsforce.Connection({
  instanceUrl: ready.rest_url,
  accessToken: "00Dxx!stale",
  version: "66.0",
  refreshFn: (_conn, done) => {
    refreshed += 1;
    done(null, ready.access_token);
  },
});
await stale.limits();
seen.refreshed = refreshed;

console.log(JSON.stringify(seen));
