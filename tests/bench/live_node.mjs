// npm salesforce-pubsub-api-client, unedited, hears events and decodes each, as it does by itself.
// Called as: node live_node.mjs CLIENT_JS; see live_clients.py for what it reads and prints.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';

const byte = Buffer.alloc(1);
let line = '';
while (fs.readSync(0, byte) && byte.toString() !== '\n') line += byte;
const told = JSON.parse(line);

// the client trusts only the PEM file that it ships: add the server's authority as that file is read
const readFileSync = fs.readFileSync;
fs.readFileSync = (path, ...options) => {
    const text = readFileSync(path, ...options);
    return /cacert-.*\.pem$/.test(String(path)) ? Buffer.concat([Buffer.from(text), readFileSync(told.trust)]) : text;
};
syncBuiltinESMExports();
const { default: PubSubApiClient } = await import(pathToFileURL(process.argv[2]));

const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
const client = new PubSubApiClient(
    {
        authType: 'user-supplied',
        accessToken: 'x',
        instanceUrl: 'https://localhost',
        organizationId: told.tenant,
        pubSubEndpoint: told.endpoint
    },
    quiet
);
await client.connect();
let seen = 0;
client.subscribe(told.topic, (subscription, type, data) => {
    if (type === 'error') throw data;
    if (type === 'event' && ++seen % told.count === 0) console.log('done');
});
