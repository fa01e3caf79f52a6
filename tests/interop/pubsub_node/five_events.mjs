// Five change events and a resume by replay id with npm salesforce-pubsub-api-client, unedited, TLS verified.
// Reads the practice org's ready line from standard input; prints one JSON line.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const ready = JSON.parse(fs.readFileSync(0, 'utf8'));

// the client trusts only the PEM file that it ships: add our authority as that file is read
const readFileSync = fs.readFileSync;
fs.readFileSync = (path, ...options) => {
    const text = readFileSync(path, ...options);
    return /cacert-.*\.pem$/.test(String(path)) ? Buffer.concat([Buffer.from(text), readFileSync(ready.ca_file)]) : text;
};
syncBuiltinESMExports();
const { default: PubSubApiClient } = await import('salesforce-pubsub-api-client');

const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
const topic = '/data/LeadChangeEvent';

async function control(path, shape) {
    const answer = await fetch(ready.control_url + path, {
        method: shape ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${ready.control_secret}`, 'Content-Type': 'application/json' },
        body: shape ? JSON.stringify(shape) : undefined
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
}

async function subscribed() {
    while (!(await control('/state')).streams.length) await new Promise((resolve) => setTimeout(resolve, 20));
}

const tokenInHand = {
    authType: 'user-supplied',
    accessToken: ready.access_token,
    instanceUrl: ready.rest_url,
    organizationId: ready.organization_id
};
// signs in by itself, over http: Node reads NODE_EXTRA_CA_CERTS at its start only
const ownSignIn = {
    authType: 'oauth-client-credentials',
    loginUrl: ready.rest_http_url,
    clientId: ready.client_id,
    clientSecret: 'any'
};

async function connected(signIn) {
    const client = new PubSubApiClient({ ...signIn, pubSubEndpoint: ready.events_endpoint }, quiet);
    await client.connect();
    return client;
}

// hands out events one by one
function inbox() {
    const events = [];
    const waiting = [];
    const take = () =>
        events.length ? Promise.resolve(events.shift()) : new Promise((resolve) => waiting.push(resolve));
    const put = (subscription, type, data) => {
        if (type === 'error') throw data;
        if (type !== 'event') return;
        const next = waiting.shift();
        next ? next(data) : events.push(data);
    };
    return { put, take };
}

const shown = (event) => ({
    replayId: event.replayId,
    changeType: event.payload.ChangeEventHeader.changeType,
    recordIds: event.payload.ChangeEventHeader.recordIds,
    changedFields: event.payload.ChangeEventHeader.changedFields,
    nulledFields: event.payload.ChangeEventHeader.nulledFields,
    Title: event.payload.Title,
    City: event.payload.Address?.City ?? null
});

const rows = JSON.parse(process.env.LEADS);
const first = await connected(tokenInHand);
const live = inbox();
first.subscribe(topic, live.put, 10);
await subscribed();
const received = [];
for (let number = 0; number < 5; number++) {
    await control('/edit', {
        sobject: 'Lead',
        id: rows[number],
        fields: { Title: `node ${number}`, City: `Town ${number}`, Industry: null }
    });
    received.push(shown(await live.take()));
}
first.close(); // its stream stays open on the wire until the process ends

const second = await connected(ownSignIn);
const resumed = inbox();
second.subscribeFromReplayId(topic, resumed.put, 10, received[1].replayId);
const again = [];
for (let number = 0; number < 3; number++) again.push(shown(await resumed.take()));
second.close();

console.log(JSON.stringify({ received, again }));
process.exit(0);
