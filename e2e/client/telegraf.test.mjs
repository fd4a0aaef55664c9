// Telegraf, as it is, against the simulated Bot API: a bot behind a webhook.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Input, Markup, Telegraf, TelegramError } from 'telegraf';
import { inbox, sandbox } from './sandbox.mjs';
import { picture, telegram } from './telegram.mjs';

let world, there, apiRoot, bot, heard, server;
before(async () => {
  world = await sandbox();
  there = await telegram(world, 'telegraf_bot');
  apiRoot = `${there.apiRoot}/`; // it resolves paths against it
  bot = new Telegraf(there.bot.token, { telegram: { apiRoot } });
  heard = inbox();
  bot.use((context) => heard.put(context));
  bot.botInfo = await bot.telegram.getMe();
  server = createServer(bot.webhookCallback('/hook', { secretToken: 'only_we_know' }));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${server.address().port}/hook`;
  assert.equal(await bot.telegram.setWebhook(url, { secret_token: 'only_we_know', allowed_updates: ['message', 'callback_query', 'edited_message'] }), true);
  assert.equal((await bot.telegram.getWebhookInfo()).url, url);
  await there.act({ do: 'start' });
  assert.equal((await heard.take('/start')).message.text, '/start');
});
after(async () => {
  server?.close();
  server?.closeAllConnections();
  await world?.stop();
});

test('a conversation by webhook', async () => {
  await there.act({ do: 'text', text: 'Oi' });
  const context = await heard.take('the text');
  await context.sendChatAction('typing');
  await context.reply('Como ajudo?', Markup.inlineKeyboard([[Markup.button.callback('Preço', 'price'), Markup.button.url('Loja', 'https://loja.example/')]]));
  const asked = (await there.shown()).at(-1);
  await there.act({ do: 'press', message: asked.message_id, data: 'price' });
  const tap = await heard.take('the tap');
  await tap.answerCbQuery('Já digo');
  await tap.editMessageText('R$ 49,90');
  assert.equal((await there.shown()).at(-1).text, 'R$ 49,90');
});

test('files of each kind, and their bytes', async () => {
  const id = there.person.id;
  const sent = await bot.telegram.sendPhoto(id, Input.fromBuffer(picture, 'a.png'), { caption: 'um ponto' });
  await bot.telegram.sendDocument(id, Input.fromBuffer(Buffer.from('nota'), 'nota.pdf'));
  await bot.telegram.sendVoice(id, Input.fromBuffer(Buffer.from('opus'), 'v.ogg'));
  await bot.telegram.sendMediaGroup(id, [
    { type: 'photo', media: Input.fromBuffer(picture, 'a.png') },
    { type: 'photo', media: sent.photo.at(-1).file_id },
  ]);
  const link = await bot.telegram.getFileLink(sent.photo.at(-1).file_id);
  assert.ok(Buffer.from(await fetch(link).then((response) => response.arrayBuffer())).equals(picture));
  assert.equal((await bot.telegram.getUserProfilePhotos(id)).total_count, 0);
});

test('keys in place of the keyboard, and their end', async () => {
  await bot.telegram.sendMessage(there.person.id, 'Onde?', Markup.keyboard([[Markup.button.locationRequest('Aqui')]]).oneTime());
  assert.equal((await there.view()).keyboard.keyboard[0][0].request_location, true);
  await there.act({ do: 'location', latitude: -8.05, longitude: -34.88 });
  assert.equal((await heard.take('the place')).message.location.latitude, -8.05);
  await bot.telegram.sendMessage(there.person.id, 'Obrigado', Markup.removeKeyboard());
  assert.equal((await there.view()).keyboard, undefined);
});

test('a webhook that fails is repeated, and the update is not lost', async () => {
  const before = server.listeners('request');
  let refused = 0;
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (refused++ > 0) return before[0](request, response);
    request.resume();
    response.writeHead(500).end();
  });
  await there.act({ do: 'text', text: 'de novo' });
  assert.equal((await heard.take('the repeated text')).message.text, 'de novo');
  assert.equal(refused, 2);
  server.removeAllListeners('request');
  server.on('request', before[0]);
});

test('refusals are errors of the library', async () => {
  await assert.rejects(bot.telegram.sendMessage(1, 'x'), (error) => error instanceof TelegramError && error.code === 400);
  await assert.rejects(new Telegraf('123456789:wrong', { telegram: { apiRoot } }).telegram.getMe(), (error) => error.code === 401);
});
