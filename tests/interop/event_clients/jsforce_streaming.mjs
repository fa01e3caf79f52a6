// Change events over CometD with npm jsforce (its faye client), unedited, TLS verified through NODE_EXTRA_CA_CERTS.
// Reads the ready line from standard input; prints one JSON line.
import fs from 'node:fs';
import jsforce from 'jsforce';
import { StreamingExtension } from 'jsforce/lib/api/streaming.js';

const ready = JSON.parse(fs.readFileSync(0, 'utf8'));
const leads = JSON.parse(process.env.LEADS);
const topic = '/data/LeadChangeEvent';

async function edit(number) {
    const answer = await fetch(ready.control_url + '/edit', {
        method: 'POST',
        headers: { Authorization: `Bearer ${ready.control_secret}` },
        body: JSON.stringify({ sobject: 'Lead', id: leads[number], fields: { Title: `faye ${number}` } })
    });
    if (!answer.ok) throw new Error(await answer.text());
}

function listen(replayId, wanted) {
    const connection = new jsforce.Connection({ instanceUrl: ready.rest_url, accessToken: ready.access_token });
    const client = connection.streaming.createClient([new StreamingExtension.Replay(topic, replayId)]);
    const messages = [];
    let enough;
    const all = new Promise((resolve) => (enough = resolve));
    const subscription = client.subscribe(topic, (message) => {
        messages.push(message);
        if (messages.length === wanted) enough(messages);
    });
    return { subscribed: subscription, all };
}

const live = listen(-1, 3);
await live.subscribed;
for (let number = 0; number < 3; number++) await edit(number);
const received = await live.all;
const again = listen(received[0].event.replayId, 2);
await again.subscribed;
const repeated = await again.all;
console.log(
    JSON.stringify({
        received: received.map((message) => message.payload),
        again: repeated.map((message) => message.payload.Title)
    })
);
process.exit(0);
