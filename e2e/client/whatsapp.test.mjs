// whatsapp-cloud-api, as it is, against the simulated Cloud API. It knows one
// address only, Meta's own: its calls are turned to the simulator on their way
// out.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { inbox, sandbox } from './sandbox.mjs';

const require = createRequire(import.meta.url);
const { createBot } = require('whatsapp-cloud-api');
// The very axios and express that the client uses.
const theirs = createRequire(require.resolve('whatsapp-cloud-api'));
const axios = theirs('axios');
const express = theirs('express');

const meta = 'https://graph.facebook.com/';
const person = '5581988887777';
let world, number, bot, heard, server, turned;
before(async () => {
  world = await sandbox();
  const app = await world.control('POST', '/meta/_sandbox/apps', { app_id: '402290129340398', app_secret: 'only_meta_knows', name: 'Loja Aurora' });
  number = await world.control('POST', '/meta/_sandbox/numbers', {
    phone_number_id: '106540352242922', waba_id: '102290129340398', display_phone_number: '+55 81 3333-1212', verified_name: 'Loja Aurora',
  });
  await world.control('POST', '/meta/_sandbox/customers', { wa_id: person, name: 'Rui Nery' });
  // The client reads the first event of a webhook only, and nothing of one that
  // brings a status along, while the platform sends them together: no statuses
  // here.
  await world.control('PUT', '/meta/_sandbox/settings', { sent_ms: -1, delivered_ms: -1, read_ms: -1 });
  turned = axios.interceptors.request.use((config) => {
    assert.ok(config.url.startsWith(`${meta}v14.0/`), config.url);
    return { ...config, url: config.url.replace(meta, `${world.base}/meta/`) };
  });
  bot = createBot(number.phone_number_id, number.token);
  heard = inbox();
  bot.on('message', (message) => heard.put(message));
  const pages = express();
  await bot.startExpressServer({ app: pages, webhookPath: '/hook', webhookVerifyToken: 'only_we_know' });
  server = createServer(pages);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  // Subscribed as on Meta's dashboard: the address answers the handshake.
  const subscribed = await fetch(`${world.base}/meta/v23.0/${app.app_id}/subscriptions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${app.app_id}|${app.app_secret}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      object: 'whatsapp_business_account', callback_url: `http://127.0.0.1:${server.address().port}/hook`, verify_token: 'only_we_know', fields: 'messages',
    }),
  });
  assert.equal(subscribed.status, 200, await subscribed.text());
  const joined = await fetch(`${world.base}/meta/v23.0/${number.waba_id}/subscribed_apps`, { method: 'POST', headers: { Authorization: `Bearer ${number.token}` } });
  assert.equal(joined.status, 200, await joined.text());
});
after(async () => {
  if (turned !== undefined) axios.interceptors.request.eject(turned);
  server?.close();
  server?.closeAllConnections();
  await world?.stop();
});

const act = (action) => world.control('POST', `/meta/_sandbox/customers/${person}/actions`, { number: number.phone_number_id, ...action });
const shown = async () => (await world.control('GET', `/meta/_sandbox/chats/${number.phone_number_id}/${person}`)).messages.filter((message) => message.dir === 'out');

test('words both ways', async () => {
  await act({ do: 'text', text: 'Oi 💙' });
  const message = await heard.take('the text');
  assert.equal(message.from, person);
  assert.equal(message.name, 'Rui Nery');
  assert.equal(message.data.text, 'Oi 💙');
  const sent = await bot.sendText(message.from, 'Olá, Rui');
  assert.ok(sent.messageId.startsWith('wamid.'));
  assert.equal(sent.whatsappId, person);
  assert.equal((await shown()).at(-1).id, sent.messageId);
});

test('buttons and lists come back as what was tapped', async () => {
  const asked = await bot.sendReplyButtons(person, 'Confirma?', { yes: 'Sim', no: 'Não' }, { footerText: 'Loja Aurora' });
  await act({ do: 'tap', message: asked.messageId, choice: 'yes' });
  const tap = await heard.take('the tap');
  assert.equal(tap.type, 'button_reply');
  assert.equal(tap.data.id, 'yes');
  const list = await bot.sendList(person, 'Ver', 'Qual cor?', { Cores: [{ id: 'blue', title: 'Azul' }, { id: 'green', title: 'Verde' }] });
  await act({ do: 'tap', message: list.messageId, choice: 'green' });
  assert.equal((await heard.take('the choice')).data.id, 'green');
});

test('each kind that the client can send is taken', async () => {
  await bot.sendImage(person, 'https://loja.example/a.jpg', { caption: 'a loja' });
  await bot.sendDocument(person, 'https://loja.example/a.pdf', { filename: 'nota.pdf' });
  await bot.sendAudio(person, 'https://loja.example/a.mp3');
  await bot.sendVideo(person, 'https://loja.example/a.mp4');
  await bot.sendSticker(person, 'https://loja.example/a.webp');
  await bot.sendLocation(person, -8.05, -34.88, { name: 'Marco Zero', address: 'Recife' });
  await bot.sendContacts(person, [{ name: { formatted_name: 'Ana Sá', first_name: 'Ana' }, phones: [{ phone: '+5581977776666', type: 'CELL' }] }]);
  assert.deepEqual((await shown()).slice(-7).map((message) => message.kind), ['image', 'document', 'audio', 'video', 'sticker', 'location', 'contacts']);
});

test('what comes is read', async () => {
  await act({ do: 'location', latitude: -8.05, longitude: -34.88 });
  assert.equal((await heard.take('the place')).data.latitude, -8.05);
  await act({ do: 'image', data: Buffer.from('jpeg').toString('base64'), mime: 'image/jpeg', caption: 'veja' });
  const image = await heard.take('the picture');
  assert.equal(image.type, 'image');
  assert.equal(image.data.caption, 'veja');
});

test('refusals carry the codes of the Cloud API', async () => {
  await assert.rejects(bot.sendText(person, 'x'.repeat(4097)), (refusal) => refusal.error.code === 100 || refusal.error.code === 131009);
  await assert.rejects(bot.sendReplyButtons(person, 'x', { a: 'A', b: 'B', c: 'C', d: 'D' }), (refusal) => refusal.error.code > 0);
  await assert.rejects(createBot(number.phone_number_id, 'wrong').sendText(person, 'x'), (refusal) => refusal.error.code === 190);
});
